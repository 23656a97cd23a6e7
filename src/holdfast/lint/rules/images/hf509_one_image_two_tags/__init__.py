"""Containers of the set run different versions of one image.

What happens
------------
A migration and its program, or a worker and its server, do not fit together.

Why it hurts
------------
Errors that only one of the two has.

How we know
-----------
The repositories and tags of one namespace.

What else it could be
---------------------
Two versions that are meant, such as a canary.

Fix
---
The same tag in all places.

When the fix is wrong
---------------------
For canaries and side by side versions.

References
----------
docs/specs/rules.md HF509, docs/specs/rules.md HF509.
"""

from collections.abc import Iterator

from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.image_reference import parse_reference
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF509",
    "one repository with two tags in one release",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("F16",),
)


def check_world(world: World) -> Iterator[Problem]:
    """Repositories with several tags within a namespace and a common label."""
    seen: dict[tuple[str, str, str], str] = {}
    for pod in world.pods:
        part_of = pod.labels.get("app.kubernetes.io/part-of", "")
        for container in pod.containers:
            reference = parse_reference(container.spec.image)
            if not part_of or not reference.tag:
                continue
            key = (pod.namespace, part_of, reference.repository)
            first = seen.setdefault(key, reference.tag)
            if first != reference.tag:
                yield container.problem(
                    f"{reference.repository} runs as {reference.tag} here and as {first} elsewhere "
                    f"in {part_of}",
                    "image",
                    fix=Fix("the same tag in all places"),
                )
