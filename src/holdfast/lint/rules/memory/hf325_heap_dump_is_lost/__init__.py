"""A heap dump goes to the container itself or to a volume in memory.

What happens
------------
HeapDumpOnOutOfMemoryError writes a file as large as the heap. On the container's own file system it
is gone with the restart that follows; on a volume in memory it counts against the limit.

Why it hurts
------------
The one piece of evidence of a leak is lost, or the dump is cut off by the kernel.

How we know
-----------
The options of the JVM, and the volume that lies at their path.

What else it could be
---------------------
A command that copies the dump away before the end.

Fix
---
An emptyDir on disk, which survives restarts of the container, or a claim; with -XX:HeapDumpPath
there.

When the fix is wrong
---------------------
Where dumps are not wanted: then leave the option out.

References
----------
docs/specs/rules.md HF325, docs/specs/causes.md A13; java(1).
"""

from collections.abc import Iterator

from holdfast.lint.mounts import volume_at
from holdfast.lint.options import Option
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF325",
    "the heap dump is written where it is lost or counts as memory",
    Severity.LOW,
    Confidence.LIKELY,
    prevents=(
        "A13",
        "D02",
    ),
)


_ASKED = "-XX:+HeapDumpOnOutOfMemoryError"
_PATH = regex(r"-XX:HeapDumpPath=([^\s\"']+)")


def check_java(container: ContainerSubject, options: list[Option]) -> Iterator[Problem]:
    """The path of a heap dump that is asked for."""
    asked = next((option for option in options if _ASKED in option.text), None)
    if asked is None:
        return
    found = [(path, option) for option in options for path in _PATH.findall(option.text)]
    path, option = found[-1] if found else ("", asked)
    volume = volume_at(container, path) if path.startswith("/") else None
    directory = volume.empty_dir if volume is not None else None
    if volume is None:
        what = f"{path or 'the working directory'} is gone when the container restarts"
    elif directory is not None and directory.medium == "Memory":
        what = f"{path} lies in memory: the dump counts against the limit of the container"
    else:
        return
    yield container.problem(
        what, at=option.place, fix=Fix("-XX:HeapDumpPath on an emptyDir on disk, or on a claim")
    )
