"""Neither -Xmx nor a percentage is set.

What happens
------------
Without a flag the JVM takes 25 % of the container's limit as its largest heap (50 % of small ones).

Why it hurts
------------
Three quarters of the memory that was paid for stay unused, while the heap is short and the
collector busy.

How we know
-----------
The command or the image is a JVM's, and no option sets the heap.

What else it could be
---------------------
An image whose start script computes a heap.

Fix
---
-XX:MaxRAMPercentage=70 in JAVA_TOOL_OPTIONS.

When the fix is wrong
---------------------
Where much memory is used outside the heap.

References
----------
docs/specs/rules.md HF307, docs/specs/tuning.md on JVM memory.
"""

from collections.abc import Iterator

from holdfast.lint.options import JAVA_VARIABLES, java_options
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.quantity import format_bytes
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF307",
    "the JVM takes a quarter of its limit for the heap",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("A13",),
)


_SETS_HEAP = regex(r"-Xmx|MaxRAMPercentage|MaxHeapSize|MaxRAMFraction|-XX:MaxRAM=")


def check_command_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """A JVM by its command, with a limit and without a heap."""
    limit = container.limit_bytes()
    if limit is None or "java" not in container.programs:
        return
    if any(_SETS_HEAP.search(option.text) for option in java_options(container, world)):
        return
    variables = world.environment_of(container)
    if any(v.value is None for v in variables.values() if v.name in JAVA_VARIABLES):
        return
    yield container.problem(
        f"the heap may grow to a quarter of {format_bytes(limit)} only",
        "resources",
        "limits",
        "memory",
        fix=Fix("-XX:MaxRAMPercentage=70 in JAVA_TOOL_OPTIONS"),
    )
