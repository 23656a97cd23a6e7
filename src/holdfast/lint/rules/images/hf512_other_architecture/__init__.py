"""The image is built for another architecture than the nodes that its pod asks for.

What happens
------------
The kernel of the node refuses the program: exec format error. With an index that lacks the platform
the pull already fails.

Why it hurts
------------
The container never starts, and the pod is in a crash loop on every node that it may go to.

How we know
-----------
The architecture of the image that was read beside kubernetes.io/arch in nodeSelector or in a
required node affinity.

What else it could be
---------------------
Emulation on the nodes (binfmt_misc).

Fix
---
An image for both: docker buildx build --platform linux/amd64,linux/arm64.

When the fix is wrong
---------------------
Where only one architecture exists: then the selector is what is wrong.

References
----------
docs/specs/rules.md HF512; kubernetes.io "Well-Known Labels", kubernetes.io/arch.
"""

from collections.abc import Iterator

from holdfast.lint.images import ImageSubject
from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF512",
    "the image is for other nodes",
    Severity.HIGH,
    Confidence.MEASURE,
    prevents=("B03",),
)

_LABEL = "kubernetes.io/arch"
_REQUIRED = ("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution",
             "nodeSelectorTerms")  # fmt: skip


def check_image(image: ImageSubject) -> Iterator[Problem]:
    """An image for none of the architectures that its pod may run on."""
    if image.container is None or not image.config.architecture:
        return
    wanted = _architectures(image.container.pod)
    offered = {platform.split("/")[1] for platform in image.image.platforms if "/" in platform}
    offered.add(image.config.architecture)
    if wanted and not wanted & offered:
        yield image.problem(
            f"the image is for {', '.join(sorted(offered))}, and the pod goes to nodes with "
            f"{', '.join(sorted(wanted))} only: exec format error",
            fix=Fix(f"an image for linux/{min(wanted)} as well"),
        )


def _architectures(pod: PodSubject) -> set[str]:
    """Those that the pod asks for; none where it may go anywhere."""
    selector = pod.owner.mapping(*pod.path, "nodeSelector")
    if isinstance(selector.get(_LABEL), str):
        return {selector[_LABEL]}
    found: set[str] = set()
    # Terms are alternatives: one without the label lets the pod go anywhere.
    for index, _ in enumerate(pod.owner.items(*pod.path, *_REQUIRED)):
        term: set[str] = set()
        for one in pod.owner.items(*pod.path, *_REQUIRED, index, "matchExpressions"):
            if isinstance(one, dict) and one.get("key") == _LABEL and one.get("operator") == "In":
                term.update(value for value in one.get("values") or () if isinstance(value, str))
        if not term:
            return set()
        found |= term
    return found
