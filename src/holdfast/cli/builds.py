"""What is built of which Dockerfile: images by their repository, and the stage of --target.

Rules: of several that are given for a Dockerfile the last counts, so that flags come behind
holdfast.toml, and those for one Dockerfile behind those for all. A file or a stage that a flag
names and that is not there is an error.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click
import msgspec

from holdfast.model.dockerfile import Dockerfile
from holdfast.model.image_reference import parse_reference


class Build(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of them. Without `dockerfile` it is about every Dockerfile that has the stage."""

    dockerfile: str = ""
    image: str = ""
    target: str = ""


class Builds:
    """All of them, asked by the name of a Dockerfile."""

    def __init__(self, given: Sequence[Build] = ()) -> None:
        """In the order in which they count, the last one most."""
        paths = [_path(one.dockerfile) if one.dockerfile else "" for one in given]
        self._given = list(zip(paths, given, strict=True))

    def images_of(self, file: str) -> frozenset[str]:
        """The repositories of the images that a Dockerfile is said to build."""
        named = (one.image for one in self._of(file))
        return frozenset(parse_reference(image).repository for image in named if image)

    def target_of(self, dockerfile: Dockerfile) -> str:
        """The stage whose image is built; "" for the last one."""
        named = [one.target for one in self._of(dockerfile.file)]
        return next((name for name in reversed(named) if _has(dockerfile, name)), "")

    def _of(self, file: str) -> Iterator[Build]:
        path = _path(file) if self._given else ""
        return (one for known, one in self._given if known in ("", path))


LAST_STAGES = Builds()
"""Nothing was said: the last stage of each Dockerfile is built."""


def parse_builds(images: Iterable[str], targets: Iterable[str]) -> list[Build]:
    """NAME=DOCKERFILE of --dockerfile and [DOCKERFILE=]STAGE of --target."""
    found = []
    for given in targets:
        path, _, stage = given.rpartition("=")
        found.append(Build(dockerfile=path, target=stage))
    found.sort(key=lambda one: bool(one.dockerfile))
    for given in images:
        name, _, path = given.partition("=")
        found.append(Build(dockerfile=path, image=name))
    return found


def refuse_unknown_builds(builds: Iterable[Build], dockerfiles: Sequence[Dockerfile]) -> None:
    """Raises UsageError for a flag that means no Dockerfile or no stage of the run."""
    for one in builds:
        everywhere = not one.dockerfile and not one.image
        path = _path(one.dockerfile)
        meant = [file for file in dockerfiles if everywhere or _path(file.file) == path]
        if not meant:
            raise click.UsageError(
                f"{_flag(one)}: no such file is checked; expected a Dockerfile that is named as "
                "well, or found in a directory"
            )
        if one.target and not any(_has(file, one.target) for file in meant):
            known = {stage.name or str(stage.index) for file in meant for stage in file.stages}
            raise click.UsageError(
                f"{_flag(one)}: no stage of that name; there is {', '.join(sorted(known))}"
            )


def _flag(build: Build) -> str:
    """As it was typed."""
    if build.image:
        return f"--dockerfile {build.image}={build.dockerfile}"
    return f"--target {build.dockerfile}{'=' if build.dockerfile else ''}{build.target}"


def _path(file: str) -> str:
    return str(Path(file).resolve())


def _has(dockerfile: Dockerfile, stage: str) -> bool:
    return bool(stage) and dockerfile.stage_named(stage, len(dockerfile.stages)) is not None
