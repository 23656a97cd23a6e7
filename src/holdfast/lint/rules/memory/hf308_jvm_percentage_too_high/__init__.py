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
A very large limit, of which 15 % are gigabytes.

Fix
---
60 to 75 %.

When the fix is wrong
---------------------
With limits above some 8 GiB.

References
----------
docs/specs/rules.md HF308, docs/specs/tuning.md on JVM memory.
"""

import re
from collections.abc import Iterator

from holdfast.lint.options import java_options
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.quantity import format_bytes
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF308",
    "MaxRAMPercentage leaves too little beside the heap",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("D04",),
)


_PERCENTAGE = re.compile(r"-XX:MaxRAMPercentage=(\d+(?:\.\d+)?)")
# rules.md HF308
_HIGH = 85.0
# Above this, the rest is more than a JVM needs outside of its heap (tuning.md).
_LARGE_BYTES = 8 * 2**30


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """A share of the limit that is too large for the heap."""
    limit = container.limit_bytes()
    for option in java_options(container, world):
        for found in _PERCENTAGE.findall(option.text)[-1:]:
            if float(found) < _HIGH or (limit or 0) > _LARGE_BYTES:
                continue
            rest = f" ({format_bytes(int(limit * (1 - float(found) / 100)))})" if limit else ""
            yield container.problem(
                f"{100 - float(found):g} % of the limit{rest} are left for metaspace, code cache, "
                "threads and buffers",
                at=option.place,
                fix=Fix("60 to 75 %"),
            )
