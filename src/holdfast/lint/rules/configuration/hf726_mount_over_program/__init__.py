"""The command's program lies below a mount path.

What happens
------------
The volume hides what the image has there: the program is gone.

Why it hurts
------------
StartError: no such file or directory, at every start.

How we know
-----------
The path of the program, and that of a volume that is empty at first: an emptyDir for certain, a
claim as long as nobody has filled it. A ConfigMap or a directory of the node may well bring it.

What else it could be
---------------------
A volume that holds the program, filled by another container: those are left out.

Fix
---
Another mount path, or subPath for single files.

When the fix is wrong
---------------------
Where the volume brings the program along.

References
----------
docs/specs/rules.md HF726, docs/specs/causes.md B01, B18.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF726",
    "a volume is mounted over the directory of the program",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("B01",),
)


def check_command(container: ContainerSubject) -> Iterator[Problem]:
    """Mounts over the directory of the first word of the command."""
    command = container.spec.command
    if not command or not command[0].startswith("/"):
        return
    filled = {
        mount.name
        for other in container.pod.containers
        if other is not container
        for mount in other.spec.volume_mounts or ()
    }
    empty = {
        volume.name: Confidence.CERTAIN if volume.empty_dir is not None else Confidence.LIKELY
        for volume in container.pod.spec.volumes or ()
        if volume.empty_dir is not None or volume.persistent_volume_claim is not None
    }
    owner, templates = container.pod.owner, ("spec", "volumeClaimTemplates")
    for index in range(len(owner.items(*templates))):
        empty[str(owner.get(*templates, index, "metadata", "name"))] = Confidence.LIKELY
    for index, mount in enumerate(container.spec.volume_mounts or ()):
        path = mount.mount_path.rstrip("/")
        if path and not mount.sub_path and command[0].startswith(path + "/"):
            if mount.name in filled or mount.name not in empty:
                continue
            yield container.problem(
                f"the volume {mount.name} at {path} hides {command[0]}",
                "volumeMounts",
                index,
                "mountPath",
                fix=Fix("another path, or subPath for single files"),
                less_sure=empty[mount.name],
            )
