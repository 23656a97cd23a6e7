"""The program writes to /tmp, and cannot.

What happens
------------
JVMs, nginx, gunicorn and .NET write to /tmp or to directories of their own at the start.

Why it hurts
------------
The container ends at its start with a read-only file system error.

How we know
-----------
readOnlyRootFilesystem and the runtime, and no volume at /tmp or above it.

What else it could be
---------------------
A program that was told to write elsewhere.

Fix
---
An emptyDir at /tmp.

When the fix is wrong
---------------------
Where nothing is written.

References
----------
docs/specs/rules.md HF722, docs/specs/causes.md A20.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.image_reference import parse_reference
from holdfast.model.rule import Confidence, Rule, Severity
from holdfast.model.runtime import Runtime

RULE = Rule(
    "HF722",
    "a read-only root file system and no writable /tmp",
    Severity.HIGH,
    Confidence.LIKELY,
    prevents=("A20",),
)


_WRITES = (Runtime.JVM, Runtime.DOTNET, Runtime.PHP)


def check_container(container: ContainerSubject) -> Iterator[Problem]:
    """A runtime that writes, on a root that cannot be written."""
    security = container.spec.security_context
    if security is None or not security.read_only_root_filesystem:
        return
    named = {parse_reference(container.spec.image).name, *container.programs}
    if container.runtime not in _WRITES and not named & {"nginx", "gunicorn"}:
        return
    mounts = {mount.mount_path.rstrip("/") for mount in container.spec.volume_mounts or ()}
    if not mounts & {"/tmp", ""}:  # noqa: S108 - a path in a container
        yield container.problem(
            "it writes to /tmp when it starts, and the root file system cannot be written",
            "securityContext",
            "readOnlyRootFilesystem",
            fix=Fix("an emptyDir mounted at /tmp"),
        )
