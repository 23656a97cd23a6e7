"""The JVM is told both a heap size and a share of the limit, and follows the size.

What happens
------------
-Xmx sets the heap; MaxRAMPercentage then says nothing. Whoever changes the memory limit later finds
that the heap stays as it was.

Why it hurts
------------
A larger limit helps nothing, a smaller one is exceeded by the heap.

How we know
-----------
Both options in command and variables of one container.

What else it could be
---------------------
Options that the start script of the image removes.

Fix
---
One of the two: the percentage, so that the heap follows the limit.

When the fix is wrong
---------------------
Never.

References
----------
docs/specs/tuning.md 2.3; java(1).
"""

from collections.abc import Iterator

from holdfast.lint.options import Option
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF326",
    "-Xmx makes MaxRAMPercentage void",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("D04",),
)


def check_java(container: ContainerSubject, options: list[Option]) -> Iterator[Problem]:
    """Both ways to bound the heap."""
    sizes = [option for option in options if _SIZE.search(option.text)]
    shares = [option for option in options if _SHARE.search(option.text)]
    if sizes and shares:
        size, share = _SIZE.search(sizes[-1].text), _SHARE.search(shares[-1].text)
        if size is not None and share is not None:
            yield container.problem(
                f"{size.group()} decides, and {share.group()} says nothing",
                at=shares[-1].place,
                fix=Fix(f"leave {size.group()} out, so that the heap follows the limit"),
            )


_SIZE = regex(r"-Xmx\d+[kKmMgGtT]?\b")
_SHARE = regex(r"-XX:MaxRAMPercentage=\d+(?:\.\d+)?")
