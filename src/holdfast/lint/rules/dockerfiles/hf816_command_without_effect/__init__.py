"""A CMD or an ENTRYPOINT that has no effect.

What happens
------------
Of several in one stage only the last one counts. One in a stage that is only copied from does not
reach the image at all.

Why it hurts
------------
The image starts something else than the line that everybody reads.

How we know
-----------
The order of the instructions, and which stages start from which. A named stage that no other one
copies from may be built with --target, and is left alone.

What else it could be
---------------------
A stage that is copied from and also built for itself.

Fix
---
One of them, in the stage that is built.

When the fix is wrong
---------------------
Where the stage is a target of its own as well.

References
----------
docs/specs/rules.md HF816; docs.docker.com/reference/dockerfile, CMD.
"""

from collections.abc import Iterator

from holdfast.lint.dockerfiles import DockerfileSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.dockerfile import Stage
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF816",
    "a command of the image that has no effect",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("A30",),
)


_MOUNTED = regex(r"(?:^|,)from=([^,]+)")


def check_dockerfile(dockerfile: DockerfileSubject) -> Iterator[Problem]:
    """Commands that a later one replaces, and commands of stages that are only copied from."""
    parsed = dockerfile.parsed
    final = dockerfile.final
    copied, starting = _copied_from(dockerfile), {stage.parent for stage in parsed.stages}
    for stage in parsed.stages:
        in_image = stage.index in starting or (final is not None and stage is final.stage)
        for keyword in ("CMD", "ENTRYPOINT"):
            found = [one for one in stage.instructions if one.keyword == keyword]
            for one in found[:-1]:
                message = f"line {found[-1].span.line} of the same stage takes its place"
                yield dockerfile.problem(message, one, fix=Fix("only the one that is meant"))
            if found and not in_image and (not stage.name or stage.index in copied):
                message = (
                    f"stage {stage.name or stage.index} is only copied from: its {keyword} does "
                    "not reach the image"
                )
                fix = Fix(f"{keyword} in the stage that is built")
                yield dockerfile.problem(message, found[-1], fix=fix)


def _copied_from(dockerfile: DockerfileSubject) -> set[int]:
    """The indexes of the stages that --from names."""
    parsed, found = dockerfile.parsed, set[int]()
    for stage in parsed.stages:
        for name in _names(stage):
            origin = parsed.stage_named(name, stage.index)
            if origin is not None:
                found.add(origin.index)
    return found


def _names(stage: Stage) -> Iterator[str]:
    for one in stage.instructions:
        for flag in one.flags:
            if flag.name == "from":
                yield flag.value
            elif flag.name == "mount":
                yield from _MOUNTED.findall(flag.value)
