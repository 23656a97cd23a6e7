"""-Xms is above the memory request, above -Xmx, or below -Xmx where all memory is reserved.

What happens
------------
The JVM commits the initial heap when it starts, and uses it as the program does. The scheduler has
counted less, so the node is short of memory when several such pods are on it. Where the request is
the limit, a smaller initial heap saves nothing: the heap grows in steps, with pauses, and a limit
that is too small kills hours after the start instead of at the start. Above -Xmx the JVM ends with
"Initial heap size set to a larger value than the maximum heap size".

Why it hurts
------------
The pod uses more than its request from the first minutes on, and is among the first to be evicted.

How we know
-----------
-Xms and -Xmx in the command or in one variable, and the request (or the limit in its place).

What else it could be
---------------------
A heap of which the program never touches more than a part.

Fix
---
A memory request of the heap and what lies beside it, or a smaller -Xms; -Xms equal to -Xmx where
the request is the limit.

When the fix is wrong
---------------------
On nodes that are mostly empty; for several JVMs in one container.

References
----------
docs/specs/rules.md HF306, docs/specs/kubelet.md Q35 and 6.4.
"""

from collections.abc import Iterator
from re import Pattern
from typing import NamedTuple

from holdfast.lint.options import Option
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.heap_setting import jvm_bytes
from holdfast.model.quantity import format_bytes
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF306",
    "the heap does not begin with what is reserved for it",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=(
        "E01",
        "D04",
    ),
)


_INITIAL = regex(r"-Xms(\d+[kKmMgGtT]?)\b")
_GREATEST = regex(r"-Xmx(\d+[kKmMgGtT]?)\b")


def check_java(container: ContainerSubject, options: list[Option]) -> Iterator[Problem]:
    """An initial heap above the request, or other than the greatest one."""
    # A limit alone is the request as well; of none nothing is reserved.
    request, limit = container.request_bytes(), container.limit_bytes() or 0
    for name in dict.fromkeys(option.name for option in options):
        together = [option for option in options if option.name == name]
        initial, greatest = _last(_INITIAL, together), _last(_GREATEST, together)
        if initial is None:
            continue
        if greatest is not None and initial.bytes > greatest.bytes:
            yield container.problem(
                f"{initial.flag} is above {greatest.flag}: the JVM refuses to start",
                at=initial.option.place,
                fix=Fix(f"an -Xms of at most {greatest.flag.removeprefix('-Xmx')}"),
            )
        elif request is not None and initial.bytes > request:
            yield container.problem(
                f"{initial.flag} is {format_bytes(initial.bytes)}, and the scheduler counts "
                f"{format_bytes(request)}",
                at=initial.option.place,
                fix=Fix("a memory request of the heap and what lies beside it"),
            )
        elif greatest is not None and initial.bytes < greatest.bytes and limit == request:
            yield container.problem(
                f"{initial.flag} grows to {greatest.flag} in steps, although all "
                f"{format_bytes(limit)} are reserved: what does not fit shows hours after the "
                "start",
                at=initial.option.place,
                fix=Fix(f"-Xms{greatest.flag.removeprefix('-Xmx')}"),
            )


class _Size(NamedTuple):
    """A size of the heap, as it is written and in bytes."""

    flag: str
    bytes: int
    option: Option


def _last(flag: Pattern[str], options: list[Option]) -> _Size | None:
    """The one that counts: of several the last."""
    found = [
        _Size(match.group(), jvm_bytes(match[1]) or 0, option)
        for option in options
        for match in flag.finditer(option.text)
    ]
    return found[-1] if found else None
