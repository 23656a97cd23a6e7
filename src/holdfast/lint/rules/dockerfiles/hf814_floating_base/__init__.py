"""A base image that is another one at the next build.

What happens
------------
A tag such as latest or 3.12 moves. The same Dockerfile then builds on another operating system,
another runtime, another shell, without a change that anybody made.

Why it hurts
------------
A rebuild for one small fix brings a new major version along, and the pods that restart with it run
something that nobody tested.

How we know
-----------
The reference of the last stage's base image, with the defaults of build arguments.

What else it could be
---------------------
A build that pins its base images elsewhere.

Fix
---
A full version, or a digest, and a tool that proposes updates.

When the fix is wrong
---------------------
Where nobody updates: an old base image has old faults.

References
----------
docs/specs/rules.md HF814, 10.4.
"""

from collections.abc import Iterator

from holdfast.lint.dockerfiles import DockerfileSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.image_reference import Firmness, parse_reference
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF814",
    "the base image floats",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("F01",),
    audience=Audience.PLATFORM,
)


_WORDS = {
    Firmness.UNTAGGED: "has no tag, which means latest",
    Firmness.LATEST: "is whatever was built last",
    Firmness.FLOATING: "means another image after its next release",
}


def check_dockerfile(dockerfile: DockerfileSubject) -> Iterator[Problem]:
    """The base of the last stage."""
    final = dockerfile.final
    if final is None or final.base is None or final.from_scratch:
        return
    firmness = parse_reference(final.base).firmness
    if firmness in _WORDS:
        yield dockerfile.problem(
            f"{final.base} {_WORDS[firmness]}",
            final.opening,
            final.opening.words[0],
            fix=Fix("a full version, or a digest"),
            less_sure=Confidence.LIKELY if firmness is Firmness.FLOATING else None,
        )
