"""runAsNonRoot, and an image whose user is root or a name.

What happens
------------
The kubelet compares before the start. For root it says "container has runAsNonRoot and image will
run as root", for a name "image has non-numeric user, cannot verify user is non-root".

Why it hurts
------------
The container stays in CreateContainerConfigError and never starts.

How we know
-----------
USER of the image that was read, runAsNonRoot and runAsUser of the container and of its pod.

What else it could be
---------------------
An admission webhook that sets runAsUser.

Fix
---
USER with a number in the image, or runAsUser in the manifest.

When the fix is wrong
---------------------
Where the program needs root: then runAsNonRoot is wrong.

References
----------
docs/specs/rules.md HF516; kubelet pkg/kubelet/kuberuntime/security_context.go, verifyRunAsNonRoot.
"""

from collections.abc import Iterator

from holdfast.lint.images import ImageSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF516",
    "runAsNonRoot refuses the image's user",
    Severity.MEDIUM,
    Confidence.MEASURE,
    prevents=("B05",),
)


def check_image(image: ImageSubject) -> Iterator[Problem]:
    """The user of the image, where the kubelet has to compare it."""
    container = image.container
    # On Windows the kubelet goes by the name of the user (security_context_windows.go).
    if container is None or image.image.config.os == "windows":
        return
    own, of_pod = container.spec.security_context, container.pod.spec.security_context
    levels = [level for level in (own, of_pod) if level is not None]
    non_root = next((s.run_as_non_root for s in levels if s.run_as_non_root is not None), False)
    if not non_root or any(level.run_as_user is not None for level in levels):
        return
    user = image.image.config.user.partition(":")[0]
    if user.isdecimal() and int(user):
        return
    if not user or user.isdecimal():
        why = f"USER of the image is {user or 'not set'}, which is root"
    else:
        why = f"USER of the image is {user!r}, and the kubelet cannot tell whether that is root"
    yield image.problem(
        f"{why}: CreateContainerConfigError", fix=Fix("USER with a number above 0, or runAsUser")
    )
