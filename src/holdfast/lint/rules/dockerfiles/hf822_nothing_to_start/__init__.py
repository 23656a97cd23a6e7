"""An image without a command on a base that serves nothing.

What happens
------------
Without CMD and ENTRYPOINT the image starts what its base starts: a shell or a prompt. Standard
input of a pod is closed, so it ends at once with exit code 0.

Why it hurts
------------
CrashLoopBackOff with exit code 0 and an empty log. From scratch, the container cannot even be
created.

How we know
-----------
Neither CMD nor ENTRYPOINT in the last stage or those it starts from, and what the base image runs.
Where manifests of the run use the image, they are asked whether they say what to run; where none
does, it is likely only: the manifests may lie elsewhere.

What else it could be
---------------------
An image that others start from, or whose manifests all set command. Without EXPOSE, USER, a stop
signal, a health check or a copy from another stage it is taken for a tool of the build.

Fix
---
ENTRYPOINT with the program.

When the fix is wrong
---------------------
In images that are only built upon.

References
----------
docs/specs/rules.md HF822; docs/specs/causes.md A09.
"""

from collections.abc import Iterator

from holdfast.lint.default_commands import command_of
from holdfast.lint.dockerfiles import StageSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.start import Start
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF822",
    "the image has nothing to start",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("A09",),
)


def check_start(start: Start) -> Iterator[Problem]:
    """The last stage without a command."""
    stage = start.stage
    if start.instruction is not None or stage.for_windows or not _is_meant_to_run(stage):
        return
    effect = ""
    if stage.from_scratch:
        effect = "a container cannot be created from it"
    elif command_of(stage.base or ""):
        effect = f"it runs {command_of(stage.base or '')}, which ends at once with exit code 0"
    bare = [one for one in start.containers if not one.words]
    if not effect or (start.containers and not bare):
        return
    if bare:
        without = f"{bare[0].pod.owner} says no command either for {bare[0].name}: {effect}"
    else:
        without = f"without command in the manifest {effect}"
    yield stage.dockerfile.problem(
        f"no CMD and no ENTRYPOINT: {without}",
        stage.opening,
        fix=Fix("ENTRYPOINT with the program"),
        less_sure=None if bare else Confidence.LIKELY,
    )


def _is_meant_to_run(stage: StageSubject) -> bool:
    """Whether the image is more than a tool of the build or a base for others."""
    if any(stage.all_of("ONBUILD")):
        return False
    if any(stage.all_of("EXPOSE", "USER", "STOPSIGNAL", "HEALTHCHECK")):
        return True
    # A stage from scratch with files alone is what build --output takes.
    return not stage.from_scratch and any(copy.origin is not None for copy in stage.copies)
