"""The helper's image floats beside a pinned program.

What happens
------------
A new busybox or curl without an option that the script uses keeps all pods in Init.

Why it hurts
------------
A pod that is moved does not start again, although nothing was deployed.

How we know
-----------
The tags of init containers and sidecars against those of the program.

What else it could be
---------------------
A helper of one's own whose tag never moves.

Fix
---
A full version or a digest for the helper as well.

When the fix is wrong
---------------------
Where the helper's newest version is wanted.

References
----------
docs/specs/rules.md HF520, docs/specs/rules.md HF520.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.container import ContainerKind
from holdfast.model.image_reference import Firmness, parse_reference
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF520",
    "an init container's image is not pinned, while the program's is",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("F01", "F09"),
)


_MOVES = (Firmness.FLOATING, Firmness.LATEST, Firmness.UNTAGGED)
_FIXED = (Firmness.DIGEST, Firmness.VERSION, Firmness.BUILD)


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """Init containers and sidecars with a tag that moves."""
    if not pod.spec.init_containers:
        return
    apps = [c for c in pod.containers if c.kind is ContainerKind.APP]
    if not all(parse_reference(c.spec.image).firmness in _FIXED for c in apps):
        return
    for container in pod.containers:
        reference = parse_reference(container.spec.image)
        if container.kind is not ContainerKind.APP and reference.firmness in _MOVES:
            yield container.problem(
                f"{container.spec.image} moves, and without it the pod does not start",
                "image",
                fix=Fix("a full version or a digest, as for the program"),
            )
