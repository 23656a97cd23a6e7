"""A user that is told by name.

What happens
------------
The kubelet checks runAsNonRoot against the image's user, and can only do so with a number. With a
name it refuses to start the container.

Why it hurts
------------
CreateContainerConfigError, "image has non-numeric user", in every namespace whose policy asks for
runAsNonRoot.

How we know
-----------
USER of the last stage; in images for Windows the kubelet goes by names. The number is known where
the image itself creates the user with one, and for the users of some official images.

What else it could be
---------------------
A cluster in which nobody sets runAsNonRoot, or every manifest sets runAsUser.

Fix
---
USER with the number.

When the fix is wrong
---------------------
Never: the name stays in /etc/passwd.

References
----------
docs/specs/rules.md HF821, HF516; docs/specs/causes.md B05.
"""

import re
from collections.abc import Iterator

from holdfast.lint.dockerfiles import StageSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.start import Start
from holdfast.model.edit import Edit, Safety
from holdfast.model.image_reference import parse_reference
from holdfast.model.regex import regex
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF821",
    "USER is a name, which runAsNonRoot cannot check",
    Severity.LOW,
    Confidence.LIKELY,
    prevents=("B05",),
    audience=Audience.PLATFORM,
)


# /etc/passwd of the images of these names.
_KNOWN = {
    ("node", "node"): "1000", ("nginx", "nginx"): "101", ("redis", "redis"): "999",
    ("postgres", "postgres"): "999", ("debian", "nobody"): "65534", ("ubuntu", "nobody"): "65534",
    ("alpine", "nobody"): "65534", ("python", "nobody"): "65534", ("debian", "www-data"): "33",
}  # fmt: skip
_NONROOT = "65532"
_CREATED = regex(r"\b(?:useradd|adduser)\b(?P<options>[^&;|\n]*)")


def check_start(start: Start) -> Iterator[Problem]:
    """The USER that counts, where it is a name."""
    stage = start.stage
    written = stage.last("USER")
    user = stage.value_of(written.text) if written is not None else None
    name = (user or "").partition(":")[0]
    if written is None or not name or name.isdigit() or name == "root" or stage.for_windows:
        return
    number = _number_of(stage, name)
    message = f"with runAsNonRoot the kubelet refuses `{name}`, which is no number"
    fix = Fix("USER with the number of that user")
    if number and written.words and ":" not in written.text:
        edit = Edit(stage.dockerfile.parsed.file, written.words[0].span, number)
        fix = Fix(f"USER {number}", Safety.REVIEW, edits=(edit,))
    yield stage.dockerfile.problem(message, written, fix=fix)


def _number_of(stage: StageSubject, name: str) -> str:
    """The number of a user, as far as the Dockerfile or the base image tells it; else ""."""
    for one in stage.all_of("RUN"):
        for match in _CREATED.finditer(one.text):
            number = re.search(r"\s(?:-\w*u|--uid)[= ]?(\d+)", match["options"])
            if number is not None and name in match["options"].split():
                return number[1]
    if "distroless" in (stage.base or "") and name == "nonroot":
        return _NONROOT
    return _KNOWN.get((parse_reference(stage.base or "").name, name), "")
