"""Writes the files of a new service.

Rules: everything is filled in before anything is written, so that an error leaves no half of a
service; a file that is there is never written over without --force; a file that comes out empty is
left out.
"""

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from holdfast import __version__, blueprints
from holdfast.blueprints.answers import Answers, values_of
from holdfast.blueprints.fill_in import fill_in
from holdfast.model.errors import HoldfastError

_SUFFIX = ".template"
_SHARED = "shared"
_MOST_TOLD = 5


class NewServiceError(HoldfastError):
    """A service that cannot be written."""


def files_of(answers: Answers) -> dict[str, str]:
    """The text of every file by its path within the service."""
    values = values_of(answers, __version__)
    root = files(blueprints) / "files"
    found: dict[str, str] = {}
    for part in (_SHARED, answers.framework.value):
        for path, template in _templates(root / part, ()):
            text = fill_in(template.read_text(encoding="utf-8"), values)
            if text.strip():
                found[path] = text
    return dict(sorted(found.items()))


def write_service(directory: Path, texts: dict[str, str], *, force: bool) -> None:
    """Write them. Raises NewServiceError."""
    taken = [path for path in texts if (directory / path).exists()]
    if taken and not force:
        more = len(taken) - _MOST_TOLD
        names = ", ".join(taken[:_MOST_TOLD]) + (f" and {more} more" if more > 0 else "")
        raise NewServiceError(
            "writing a service",
            str(directory),
            f"{names}: there already; expected nothing of the same name",
            "choose another --directory, or write over them with --force",
        )
    for path, text in texts.items():
        target = directory / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        except OSError as error:
            raise NewServiceError(
                "writing a service",
                str(target),
                f"{error.strerror}; expected a place to write to",
                "choose another --directory",
            ) from error


def _templates(directory: Traversable, above: tuple[str, ...]) -> Iterator[tuple[str, Traversable]]:
    for entry in directory.iterdir():
        name = entry.name
        if name.startswith("dot-"):
            name = f".{name.removeprefix('dot-')}"
        if entry.is_dir():
            yield from _templates(entry, (*above, name))
        elif name.endswith(_SUFFIX):
            yield "/".join((*above, name.removesuffix(_SUFFIX))), entry
