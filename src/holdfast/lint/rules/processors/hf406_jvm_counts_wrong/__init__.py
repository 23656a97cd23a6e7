"""Small limits make the JVM use one processor and the serial collector, or options claim more than
there are.

What happens
------------
The JVM rounds its CPU limit up to whole processors. With one of them, or with less than 1,792 MiB,
it is no server to itself: it collects with one thread that stops all others. Options that fix a
larger number start threads that the quota then stops together.

Why it hurts
------------
Pauses grow with the heap, and thread pools are sized for a machine that is not there.

How we know
-----------
The command starts java, the limits stand in the manifest, and no option chooses a collector. Newer
versions (JDK 27) use G1 everywhere.

What else it could be
---------------------
A small heap for which one thread is enough.

Fix
---
-XX:+UseG1GC or another collector by name; -XX:ActiveProcessorCount of at most the limit rounded up.

When the fix is wrong
---------------------
Where the heap is small and pauses were measured.

References
----------
docs/specs/rules.md HF406, docs/specs/tuning.md 8.1; OpenJDK runtime/os.cpp is_server_class_machine.
"""

import math
from collections.abc import Iterator

from holdfast.lint.options import java_options
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.quantity import format_bytes
from holdfast.model.regex import regex
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF406",
    "the JVM sees another number of processors than the limit gives",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=(
        "C05",
        "A13",
    ),
    audience=Audience.PLATFORM,
)


_SERVER_MEBIBYTES = 1792
_COLLECTOR = regex(r"-XX:\+Use\w*GC\b")
_FIXED = regex(r"-XX:(ParallelGCThreads|ActiveProcessorCount)=(\d+)")


def check_command_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """What a JVM makes of small limits."""
    if "java" not in container.programs:
        return
    cpu, memory = container.limit_millicores(), container.limit_bytes()
    options = java_options(container, world)
    processors = math.ceil(cpu / 1000) if cpu else None
    for option in options:
        for name, count in _FIXED.findall(option.text):
            if processors is not None and int(count) > processors:
                yield container.problem(
                    f"{name} {count} under a CPU limit of {cpu}m: its threads use up the quota "
                    "together, and stand still together",
                    at=option.place,
                    fix=Fix(f"-XX:{name}={processors}, or leave it out"),
                )
    if any(_COLLECTOR.search(option.text) for option in options):
        return
    small = memory is not None and memory < _SERVER_MEBIBYTES * 2**20
    if processors == 1 or small:
        why = f"a CPU limit of {cpu}m" if processors == 1 else f"{format_bytes(memory or 0)}"
        yield container.problem(
            f"with {why} the JVM collects with one thread while all others stand still",
            "resources",
            "limits",
            "cpu" if processors == 1 else "memory",
            fix=Fix("a collector by name, such as -XX:+UseG1GC, or 2 CPUs and 1792Mi"),
        )
