"""-Xms is above the memory request.

What happens
------------
The JVM commits the initial heap when it starts, and uses it as the program does. The scheduler has
counted less, so the node is short of memory when several such pods are on it.

Why it hurts
------------
The pod uses more than its request from the first minutes on, and is among the first to be evicted.

How we know
-----------
-Xms in the command or in a variable, and the request (or the limit in its place).

What else it could be
---------------------
A heap of which the program never touches more than a part.

Fix
---
A memory request of the heap and what lies beside it, or a smaller -Xms.

When the fix is wrong
---------------------
On nodes that are mostly empty.

References
----------
docs/specs/rules.md HF306, docs/specs/kubelet.md Q35 and 6.4.
"""

from collections.abc import Iterator

from holdfast.lint.options import Option
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.heap_setting import jvm_bytes
from holdfast.model.quantity import format_bytes
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF306",
    "the heap begins larger than what the scheduler counts",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=(
        "E01",
        "D04",
    ),
)


_INITIAL = regex(r"-Xms(\d+[kKmMgGtT]?)\b")


def check_java(container: ContainerSubject, options: list[Option]) -> Iterator[Problem]:
    """An initial heap above the request."""
    request = container.request_bytes()
    if request is None:
        return
    for option in options:
        for found in _INITIAL.findall(option.text)[-1:]:
            size = jvm_bytes(found) or 0
            if size > request:
                yield container.problem(
                    f"-Xms{found} is {format_bytes(size)}, and the scheduler counts "
                    f"{format_bytes(request)}",
                    at=option.place,
                    fix=Fix("a memory request of the heap and what lies beside it"),
                )
