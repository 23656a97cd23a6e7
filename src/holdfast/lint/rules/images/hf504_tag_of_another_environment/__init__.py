"""The tag or the repository names development, and the namespace production.

What happens
------------
What was built for trying out serves users.

Why it hurts
------------
Debug settings, missing tests, and a tag that is built anew at any time.

How we know
-----------
A word of the tag or the repository against the namespace and the environment labels.

What else it could be
---------------------
A name that means something else.

Fix
---
The release of the same version: v1.2.0 instead of dev-v1.2.0.

When the fix is wrong
---------------------
Where the words mean something else.

References
----------
docs/specs/rules.md HF504, docs/specs/rules.md 10.4.
"""

import re
from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.image_reference import parse_reference
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF504",
    "an image of another environment in production",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("F01",),
)


_EARLY = re.compile(
    r"(?:^|[-_./])(dev|develop|test|qa|stage|staging|uat|snapshot|debug|rc\d*|alpha|beta|nightly)"
    r"(?:$|[-_./\d])"
)
_PRODUCTION = re.compile(r"(?:^|[-_])(?:prod|production|live)(?:$|[-_])")
_LABELS = ("environment", "env", "app.kubernetes.io/environment")


def check_container(container: ContainerSubject) -> Iterator[Problem]:
    """A word of development in a place of production."""
    pod = container.pod
    places = [pod.namespace, *(pod.labels.get(key, "") for key in _LABELS)]
    place = next((p for p in places if _PRODUCTION.search(p)), "")
    reference = parse_reference(container.spec.image)
    found = _EARLY.search(reference.tag.lower()) or _EARLY.search(reference.repository.lower())
    if place and found is not None:
        yield container.problem(
            f"{found[1]} in {container.spec.image}, deployed to {place}",
            "image",
            fix=Fix("the release of that version"),
        )
