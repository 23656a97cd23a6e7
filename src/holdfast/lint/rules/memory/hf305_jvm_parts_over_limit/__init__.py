"""The parts of the JVM that have bounds add up to more than the container may use.

What happens
------------
The heap alone fits. With metaspace, the code cache and the stacks of threads the process grows
beyond the limit, and the kernel kills it.

Why it hurts
------------
It happens after hours, when classes are loaded and code is compiled, with no line in the log.

How we know
-----------
The sum of -Xmx, -XX:MaxMetaspaceSize, -XX:ReservedCodeCacheSize (240 MB unless set) and
-XX:MaxDirectMemorySize against 95 % of the limit.

What else it could be
---------------------
A service whose code cache never fills.

Fix
---
A smaller heap (-XX:MaxRAMPercentage=60 to 75 instead of -Xmx), or a higher limit.

When the fix is wrong
---------------------
Where the bounds are far above what is used: measure with native memory tracking.

References
----------
docs/specs/rules.md HF305, docs/specs/tuning.md on JVM memory.
"""

from collections.abc import Iterator

from holdfast.lint.options import Option
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.values import whole_mebibytes
from holdfast.model.heap_setting import jvm_bytes, settings_in
from holdfast.model.quantity import format_bytes
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF305",
    "heap, metaspace, code cache and threads together exceed the limit",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("D04", "D01"),
)


_HEAPS = ("-Xmx", "-XX:MaxHeapSize")
_FLAG = regex(r"-XX:(MaxMetaspaceSize|ReservedCodeCacheSize|MaxDirectMemorySize)=(\d+[kKmMgGtT]?)")
# java(1): the default of a server JVM with tiered compilation.
_CODE_CACHE_BYTES = 240 * 2**20
# rules.md HF305
_FULL_SHARE = 0.95


def check_java(container: ContainerSubject, options: list[Option]) -> Iterator[Problem]:
    """Bounds of a JVM that add up to more than the limit, where the heap alone fits (HF304)."""
    limit = container.limit_bytes()
    heaps = [
        (setting.bytes, option)
        for option in options
        for setting in settings_in(option.name, option.text, limit or 0)
        if setting.flag in _HEAPS
    ]
    if limit is None or not heaps:
        return
    heap, option = heaps[-1]
    parts = {"heap": heap, "code cache": _CODE_CACHE_BYTES}
    for found in (f for o in options for f in _FLAG.findall(o.text)):
        name = {"MaxMetaspaceSize": "metaspace", "ReservedCodeCacheSize": "code cache"}
        parts[name.get(found[0], "direct buffers")] = jvm_bytes(found[1]) or 0
    total = sum(parts.values())
    if parts["heap"] < limit and total > _FULL_SHARE * limit:
        listed = " + ".join(f"{name} {format_bytes(size)}" for name, size in parts.items())
        yield container.problem(
            f"{listed} = {format_bytes(total)}, and the limit of {format_bytes(limit)} holds "
            "threads and the JVM itself as well",
            at=option.place,
            fix=Fix(
                "-XX:MaxRAMPercentage=60 to 75 instead of -Xmx, or a memory limit of at least "
                f"{whole_mebibytes(total / _FULL_SHARE * 1.1)}"
            ),
        )
