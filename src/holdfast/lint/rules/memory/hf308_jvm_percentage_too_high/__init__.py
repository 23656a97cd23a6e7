"""-XX:MaxRAMPercentage is 85 or more.

What happens
------------
Metaspace, code cache, threads and buffers have to fit into the rest, and do not.

Why it hurts
------------
The kernel kills the process when the heap is full: OOMKilled, without a line in the log.

How we know
-----------
The option's number.

What else it could be
---------------------
A very large limit, of which the rest is gigabytes.

Fix
---
60 to 75 %.

When the fix is wrong
---------------------
With very large limits, of which the rest is gigabytes: measure what is used outside of the heap.

References
----------
docs/specs/rules.md HF308, docs/specs/tuning.md on JVM memory.
"""

from collections.abc import Iterator

from holdfast.lint.options import Option
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.quantity import format_bytes
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF308",
    "MaxRAMPercentage leaves too little beside the heap",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("D04",),
)


_PERCENTAGE = regex(r"-XX:MaxRAMPercentage=(\d+(?:\.\d+)?)")
# rules.md HF308
_HIGH = 85.0


def check_java(container: ContainerSubject, options: list[Option]) -> Iterator[Problem]:
    """A share of the limit that is too large for the heap."""
    limit = container.limit_bytes()
    for option in options:
        for found in _PERCENTAGE.findall(option.text)[-1:]:
            if float(found) < _HIGH:
                continue
            rest = f" ({format_bytes(int(limit * (1 - float(found) / 100)))})" if limit else ""
            yield container.problem(
                f"{100 - float(found):g} % of the limit{rest} are left for metaspace, code cache, "
                "threads and buffers",
                at=option.place,
                fix=Fix("60 to 75 %"),
            )
