"""The Dockerfiles of a run as rules see them: with their scripts, and what is built of them."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from holdfast.cli.builds import Builds
from holdfast.cli.manifest_files import STDIN_NAME
from holdfast.lint.dockerfiles import BuildFile, DockerfileSubject
from holdfast.model.dockerfile import Dockerfile


def built_images(
    dockerfiles: Sequence[Dockerfile],
    scripts: Mapping[str, Mapping[str, BuildFile]],
    builds: Builds,
) -> Iterator[DockerfileSubject]:
    """Each Dockerfile of the run."""
    names = [Path(dockerfile.file).resolve().parent.name for dockerfile in dockerfiles]
    for dockerfile, name in zip(dockerfiles, names, strict=True):
        yield DockerfileSubject(
            dockerfile,
            scripts.get(dockerfile.file),
            images=builds.images_of(dockerfile.file),
            directory=name if names.count(name) == 1 and dockerfile.file != STDIN_NAME else "",
            target=builds.target_of(dockerfile),
        )
