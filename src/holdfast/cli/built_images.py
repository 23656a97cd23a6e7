"""Which images the Dockerfiles of a run build: by --dockerfile NAME=DOCKERFILE, or a directory."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import click

from holdfast.cli.manifest_files import STDIN_NAME, TextFile
from holdfast.lint.dockerfiles import BuildFile, DockerfileSubject
from holdfast.model.dockerfile import Dockerfile
from holdfast.model.hazard import Unexamined
from holdfast.model.image_reference import parse_reference


def read_builds(given: Sequence[str], files: Iterable[TextFile | Unexamined]) -> dict[str, str]:
    """NAME=DOCKERFILE by repository; a Dockerfile that is not among the files is an error."""
    if not given:
        return {}
    known = {str(Path(file.name)): file.name for file in files if isinstance(file, TextFile)}
    found = {}
    for one in given:
        name, _, path = one.partition("=")
        if str(Path(path)) not in known:
            raise click.UsageError(
                f"--dockerfile {one}: no such file is checked; expected NAME=DOCKERFILE, where "
                "DOCKERFILE is named as well, or found in a directory"
            )
        found[parse_reference(name).repository] = known[str(Path(path))]
    return found


def built_images(
    dockerfiles: Sequence[Dockerfile],
    scripts: Mapping[str, Mapping[str, BuildFile]],
    builds: Mapping[str, str],
) -> Iterator[DockerfileSubject]:
    """The Dockerfiles, each with its scripts and the images that it builds."""
    names = [Path(dockerfile.file).resolve().parent.name for dockerfile in dockerfiles]
    for dockerfile, name in zip(dockerfiles, names, strict=True):
        images = frozenset(image for image, file in builds.items() if file == dockerfile.file)
        directory = name if names.count(name) == 1 and dockerfile.file != STDIN_NAME else ""
        yield DockerfileSubject(dockerfile, scripts.get(dockerfile.file), images, directory)
