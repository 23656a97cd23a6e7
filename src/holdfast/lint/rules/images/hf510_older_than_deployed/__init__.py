"""The new manifest has an older version than the one that is deployed.

What happens
------------
The rollout goes back, although it was started to go forward: a branch that was not rebased, a value
that was not changed, a merge that kept the wrong side.

Why it hurts
------------
Mended faults come back, and the older version meets a database that the newer one has migrated.

How we know
-----------
The semantic versions of the tags, here and in what is deployed now (`holdfast check --against`). A
variant such as -alpine is no version.

What else it could be
---------------------
A rollback that is meant.

Fix
---
The newer version, or a word that going back is meant.

When the fix is wrong
---------------------
In a rollback: accept it with a reason.

References
----------
docs/specs/rules.md HF510, semver.org section 11.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.environment import environment_of_tag
from holdfast.model.image_reference import parse_reference
from holdfast.model.release_tag import ReleaseTag
from holdfast.model.rule import Confidence, Rule, Severity
from holdfast.model.semantic_version import Version

RULE = Rule(
    "HF510",
    "an older version than the one that is deployed",
    Severity.LOW,
    Confidence.LIKELY,
    prevents=("F01",),
)


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """The tag of the same repository against the deployed one."""
    earlier = world.earlier(container)
    if earlier is None:
        return
    new, old = parse_reference(container.spec.image), parse_reference(earlier.spec.image)
    new_tag, old_tag = ReleaseTag.parse(new.tag), ReleaseTag.parse(old.tag)
    if new.repository != old.repository or new_tag is None or old_tag is None:
        return
    if _goes_back(new_tag.version, old_tag.version):
        yield container.problem(
            f"{new.tag} is older than {old.tag}, which is deployed",
            "image",
            fix=Fix("the newer version, or a reason why it goes back"),
        )


def _goes_back(new: Version, old: Version) -> bool:
    if new.release != old.release:
        return new.release < old.release
    return _is_candidate(new) and (not old.pre or _is_candidate(old)) and new < old


def _is_candidate(version: Version) -> bool:
    """rc.1 comes before the release; alpine is beside it."""
    return bool(version.pre) and environment_of_tag(".".join(version.pre)) is not None
