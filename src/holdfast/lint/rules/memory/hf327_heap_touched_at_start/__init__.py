"""AlwaysPreTouch makes the whole heap real at the start, and it is more than 90 % of the limit.

What happens
------------
With -XX:+AlwaysPreTouch the JVM writes to every page of the initial heap before the program begins.
Metaspace, code cache and threads come on top.

Why it hurts
------------
The container is killed while it starts, at every start: measured with a heap of 90 % of the limit.

How we know
-----------
The initial heap (-Xms, or InitialRAMPercentage) and the memory limit.

What else it could be
---------------------
A limit that a webhook or a LimitRange raises.

Fix
---
A heap of at most 75 % of the limit.

When the fix is wrong
---------------------
Never.

References
----------
docs/specs/tuning.md 2.3 and 8.
"""

from collections.abc import Iterator

from holdfast.lint.options import Option
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem, Replay
from holdfast.model.heap_setting import jvm_bytes
from holdfast.model.quantity import format_bytes
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF327",
    "the JVM touches a heap at its start that does not fit beside the rest",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=(
        "D03",
        "D04",
    ),
)


_TOUCHES = "-XX:+AlwaysPreTouch"
_INITIAL = regex(r"-Xms(\d+[kKmMgGtT]?)\b")
_PERCENTAGE = regex(r"-XX:InitialRAMPercentage=(\d+(?:\.\d+)?)")
# tuning.md 2.3: killed at start.
_FULL_SHARE = 0.9
# rules.md HF318: what a JVM needs beside its heap, at the least.
_REST_BYTES = 128 * 2**20


def check_java(container: ContainerSubject, options: list[Option]) -> Iterator[Problem]:
    """A heap that is touched at once against the limit."""
    limit = container.limit_bytes()
    if limit is None or not any(_TOUCHES in option.text for option in options):
        return
    heaps = [
        (size, option)
        for option in options
        for size in (
            *((jvm_bytes(found) or 0) for found in _INITIAL.findall(option.text)),
            *(int(float(found) / 100 * limit) for found in _PERCENTAGE.findall(option.text)),
        )
    ]
    if heaps and heaps[-1][0] > _FULL_SHARE * limit:
        size, option = heaps[-1]
        yield container.problem(
            f"{format_bytes(size)} of {format_bytes(limit)} are written to before the program "
            "begins, and metaspace, code cache and threads come on top",
            at=option.place,
            fix=Fix("an initial heap of at most 75 % of the limit"),
            replay=Replay(
                f"it takes the heap and the {format_bytes(_REST_BYTES)} of the smallest JVM",
                {"memory": {"start": str(size + _REST_BYTES)}},
            ),
        )
