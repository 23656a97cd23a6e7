"""The files that `holdfast check` looks at: what was named, and what lies in directories.

Rules: a file that was named is always read; in a directory, names tell manifests from other files.
Links are not followed. What cannot be read is told, and the others are read.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from holdfast.model.errors import HoldfastError
from holdfast.model.hazard import Unexamined, UnexaminedReason

STDIN = "-"
STDIN_NAME = "<stdin>"
SUFFIXES = (".yaml", ".yml", ".json")
"""What manifests in a directory are called."""
# Directories that hold other people's files.
_PASSED_OVER = frozenset({".git", ".venv", "node_modules", "vendor", "__pycache__", ".terraform"})
# Rendered output of very large charts is tens of megabytes.
_LARGEST_BYTES = 512 * 1024 * 1024


class InputError(HoldfastError):
    """A path that was named and is not there."""


class TextFile(NamedTuple):
    """A file as text; bytes that are no UTF-8 are U+FFFD."""

    name: str
    text: str


def read_files(paths: Sequence[str]) -> Iterator[TextFile | Unexamined]:
    """Every file, in the order of the paths and by name within directories.

    Raises InputError for a path that does not exist.
    """
    for name in dict.fromkeys(paths):
        if name == STDIN:
            yield TextFile(STDIN_NAME, sys.stdin.buffer.read().decode("utf-8", errors="replace"))
            continue
        path = Path(name)
        if not path.exists():
            raise InputError(
                "reading manifests",
                name,
                "no file or directory of that name; expected one",
                "check the path, or pipe manifests: helm template . | holdfast check -",
            )
        for file in _below(path) if path.is_dir() else [path]:
            yield _read(file)


def _below(directory: Path) -> Iterator[Path]:
    for path in sorted(directory.iterdir()):
        if path.is_symlink():
            continue
        if path.is_dir():
            if path.name not in _PASSED_OVER:
                yield from _below(path)
        elif path.suffix in SUFFIXES:
            yield path


def _read(path: Path) -> TextFile | Unexamined:
    try:
        size = path.stat().st_size
        if size > _LARGEST_BYTES and path.is_file():
            what = f"{size} bytes; at most {_LARGEST_BYTES} are read"
            return Unexamined(UnexaminedReason.TOO_LARGE, str(path), 0, what)
        with path.open("rb") as stream:
            return TextFile(str(path), stream.read().decode("utf-8", errors="replace"))
    except OSError as error:
        what = error.strerror or str(error)
        return Unexamined(UnexaminedReason.UNREADABLE, str(path), 0, what)
