"""An image that starts a file which nothing brings.

What happens
------------
An image from scratch holds what COPY and ADD bring, and nothing else. The program that it starts is
not among it. A COPY from a stage that only comes later finds nothing either.

Why it hurts
------------
StartError with exit code 128 in a loop: "executable file not found", "no such file or directory".

How we know
-----------
The targets of all copies of an image from scratch, where each of them names a file or a directory
in which the program cannot lie.

What else it could be
---------------------
Nothing else brings files into such an image, but a volume of a manifest.

Fix
---
The path under which the program was copied.

When the fix is wrong
---------------------
Where a volume brings the program.

References
----------
docs/specs/rules.md HF819; docs/specs/causes.md B01.
"""

from collections.abc import Iterator

from holdfast.lint.dockerfiles import Copy, DockerfileSubject
from holdfast.lint.image_files import paths_of
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.start import Start
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF819",
    "what the image starts was never put into it",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("B01",),
)


def check_start(start: Start) -> Iterator[Problem]:
    """The program of an image from scratch, among what is copied."""
    stage, parts = start.stage, start.parts
    if not stage.from_scratch or not parts or parts[0].word is None:
        return
    path = stage.settings.get("PATH")
    if path is not None and "/" not in parts[0].text:
        return
    paths = paths_of(stage, parts[0].text)
    if not paths or any(_may_bring(copy, path) for copy in stage.copies for path in paths):
        return
    brought = ", ".join(copy.target or "" for copy in stage.copies) or "nothing"
    message = f"{parts[0].text} is in no copy of this image from scratch, which brings {brought}"
    fix = Fix("the path under which the program is copied")
    yield stage.dockerfile.problem(message, parts[0].instruction, parts[0].word, fix=fix)


def check_dockerfile(dockerfile: DockerfileSubject) -> Iterator[Problem]:
    """--from with the number or the name of a stage that comes later."""
    stages = dockerfile.parsed.stages
    for stage in stages:
        for one in stage.instructions:
            for flag in one.flags:
                later = [
                    s
                    for s in stages[stage.index :]
                    if flag.value.lower() == s.name or flag.value == str(s.index)
                ]
                known = dockerfile.parsed.stage_named(flag.value, stage.index)
                if flag.name == "from" and flag.value and later and known is None:
                    message = (
                        f"stage {flag.value} begins in line {later[0].opening.span.line} and is "
                        "not there yet"
                    )
                    fix = Fix("the stages in the order in which they need each other")
                    yield dockerfile.problem(message, one, flag, fix=fix)


def _may_bring(copy: Copy, path: str) -> bool:
    """Whether a copy may put a file at a path: its target is the path, or lies above it."""
    if copy.target is None or copy.instruction.keyword == "ADD":
        return True
    target = copy.target.rstrip("/")
    if path == copy.target:
        return True
    if not path.startswith(f"{target}/"):
        return False
    # Of a directory only what is in it is copied; whether a source is one is not known.
    return not copy.into_directory or not _names_all(copy, path[len(target) + 1 :])


def _names_all(copy: Copy, rest: str) -> bool:
    """Whether every source certainly is a file of another name: one with a suffix."""
    names = [source.rstrip("/").rpartition("/")[2] for source in copy.sources]
    return all("." in name.strip(".") and "*" not in name and name != rest for name in names)
