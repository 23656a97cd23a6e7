"""A hook starts a shell or sleep in an image that has neither.

What happens
------------
The hook fails with FailedPreStopHook, and SIGTERM follows at once. A postStart hook that fails ends
the container.

Why it hurts
------------
The pause that was to let traffic go elsewhere does not take place: requests are refused at each
rollout. With postStart the container never starts.

How we know
-----------
The image is distroless by its name, and the first word of the command is one that such images lack.
An image that was read is looked into instead.

What else it could be
---------------------
An image of that name into which the program was copied.

Fix
---
preStop.sleep of Kubernetes 1.30 and later, which needs no program.

When the fix is wrong
---------------------
Where the image was built with the program.

References
----------
docs/specs/rules.md HF210, docs/specs/kubelet.md 4.3 and Q14, docs/specs/service.md R7.
"""

from collections.abc import Iterator

from holdfast.lint.bare_images import missing_tool
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.hook_length import slept_seconds
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF210",
    "the image does not hold the program that the hook starts",
    Severity.HIGH,
    Confidence.LIKELY,
    prevents=("G03",),
)


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """Hooks that start what the image lacks."""
    if container.spec.lifecycle is None:
        return
    for field, hook, effect in (
        ("preStop", container.spec.pre_stop, "the hook fails, and SIGTERM comes at once"),
        ("postStart", container.spec.post_start, "the hook fails, and the container is killed"),
    ):
        command = hook.exec.command if hook is not None and hook.exec is not None else None
        program = missing_tool(container, command, world)
        if program:
            slept = slept_seconds(hook)
            native = f": {{seconds: {slept:g}}}" if slept else ""
            words = f"preStop.sleep{native} (Kubernetes 1.30 and later), which needs no program"
            yield container.problem(
                f"{container.spec.image} has no {program}: {effect}",
                "lifecycle",
                field,
                fix=Fix(words if field == "preStop" else "an init container, or no hook"),
            )
