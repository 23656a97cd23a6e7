"""The heap of the JVM may grow beyond the memory limit of its container.

What happens
------------
`-Xmx` allows the heap as much as the limit or more. The heap grows into it when the load comes, and
the kernel kills the process: exit code 137, OOMKilled, no line in the log.

Why it hurts
------------
The garbage collector sees no reason to collect before -Xmx, so it is a matter of time and not of a
leak.

How we know
-----------
Both numbers are in the manifest or in a ConfigMap beside it. The limit holds the heap and
everything else of the process: metaspace, code cache, threads, buffers.

What else it could be
---------------------
A flag in a variable that the image's script does not use.

Fix
---
Leave -Xmx out and give the heap a share of the limit: -XX:MaxRAMPercentage=70. Or raise the limit.

When the fix is wrong
---------------------
Where much memory is used outside the heap (direct buffers, native libraries) 70 % is too much:
measure it.

References
----------
docs/specs/rules.md HF304, docs/specs/tuning.md on JVM memory, docs/specs/causes.md D04.
"""

from collections.abc import Iterator

from holdfast.lint.options import Option
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.heap_setting import settings_in
from holdfast.model.quantity import format_bytes
from holdfast.model.rule import Confidence, Rule, Severity

_FLAGS = ("-Xmx", "-XX:MaxHeapSize")

RULE = Rule(
    "HF304",
    "the heap may grow beyond the memory limit",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("D04",),
)


def check_java(container: ContainerSubject, options: list[Option]) -> Iterator[Problem]:
    """-Xmx of the limit or more, in a command or a variable."""
    limit = container.limit_bytes()
    if limit is None:
        return
    for option in options:
        heaps = [s for s in settings_in(option.name, option.text, limit) if s.flag in _FLAGS]
        for heap in heaps[-1:]:
            if heap.bytes < limit:
                continue
            yield container.problem(
                f"{heap.flag} lets the heap grow to {format_bytes(heap.bytes)}, and the memory "
                f"limit of {format_bytes(limit)} holds the heap and everything else",
                at=option.place,
                fix=Fix(
                    "replace -Xmx by -XX:MaxRAMPercentage=70, or raise the memory limit above the "
                    "heap, metaspace, code cache and threads together"
                ),
            )
