"""The files that `holdfast check` looks at: what was named, and what lies in directories.

Rules: a file that was named is always read; in a directory, names tell manifests and Dockerfiles
from other files. Behind a Dockerfile come the scripts of its build context that it starts.
Links are not followed. What cannot be read is told, and the others are read.
"""

import codecs
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from holdfast.cli.builds import LAST_STAGES, Builds
from holdfast.lint.dockerfiles import DockerfileSubject
from holdfast.lint.start import Start
from holdfast.model.errors import HoldfastError
from holdfast.model.hazard import Unexamined, UnexaminedReason
from holdfast.model.regex import regex
from holdfast.sources.dockerfile.read_dockerfile import is_dockerfile, read_dockerfile

STDIN = "-"
STDIN_NAME = "<stdin>"
SUFFIXES = (".yaml", ".yml", ".json")
"""What manifests in a directory are called."""
# As docker build, buildah and their users name them; other files about Dockerfiles are none.
_DOCKERFILE = regex(
    r"(?:[Dd]ockerfile|Containerfile)"
    r"(?:[._-](?!(?:.*\.)?(?:dockerignore|go|html|json|md|py|rst|sh|txt|vim|ya?ml)$).*)?"
    r"|.*\.(?:[Dd]ockerfile|[Cc]ontainerfile)"
)
# Directories that hold other people's files.
_PASSED_OVER = frozenset({".git", ".venv", "node_modules", "vendor", "__pycache__", ".terraform"})
# Rendered output of very large charts is tens of megabytes.
_LARGEST_BYTES = 512 * 1024 * 1024
# A program that COPY brings may be of any size; a script is written by people.
_LARGEST_SCRIPT = 256 * 1024


class InputError(HoldfastError):
    """A path that was named and is not there."""


class Beside(msgspec.Struct, frozen=True):
    """Why a script is read: the Dockerfile that starts it, and its path in the build context."""

    dockerfile: str
    path: str
    executable: bool


class TextFile(msgspec.Struct, frozen=True):
    """A file as text; bytes that are no UTF-8 are U+FFFD."""

    name: str
    text: str
    beside: Beside | None = None
    """Set for a file that is only read for a Dockerfile."""

    @property
    def is_dockerfile(self) -> bool:
        """By its name; by its first instruction where the name tells nothing."""
        if self.name.endswith(SUFFIXES):
            return False
        named = _DOCKERFILE.fullmatch(Path(self.name).name)
        return named is not None or is_dockerfile(self.text)


def read_files(
    paths: Sequence[str], builds: Builds = LAST_STAGES
) -> Iterator[TextFile | Unexamined]:
    """Every file, in the order of the paths and by name within directories.

    Of a Dockerfile the scripts come along that the stage which is built starts.

    Raises InputError for a path that does not exist.
    """
    for name in dict.fromkeys(paths):
        if name == STDIN:
            yield _text(STDIN_NAME, sys.stdin.buffer.read())
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
            read = _read(file)
            yield read
            if isinstance(read, TextFile) and read.is_dockerfile:
                yield from _scripts(file, read, builds)


def _below(directory: Path) -> Iterator[Path]:
    with os.scandir(directory) as listed:
        entries = sorted(listed, key=lambda entry: entry.name)
    for entry in entries:
        name = entry.name
        if entry.is_symlink():
            continue
        if entry.is_dir():
            if name not in _PASSED_OVER:
                yield from _below(directory / name)
        elif (name.endswith(SUFFIXES) and name not in SUFFIXES) or _DOCKERFILE.fullmatch(name):
            yield directory / name


def _scripts(path: Path, dockerfile: TextFile, builds: Builds) -> Iterator[TextFile | Unexamined]:
    """The scripts that an image starts, where they lie in what is likely its build context."""
    parsed = read_dockerfile(dockerfile.text, dockerfile.name)
    final = DockerfileSubject(parsed, target=builds.target_of(parsed)).final
    wanted = Start(final).wanted_files if final is not None else ()
    for root in _contexts(path) if wanted else ():
        found = [one for one in wanted if _is_inside(root / one, root)]
        for one in found:
            read = _read(root / one)
            if isinstance(read, TextFile):
                if "\0" in read.text:
                    continue
                executable = bool((root / one).stat().st_mode & 0o111)
                beside = Beside(dockerfile.name, one, executable)
                read = msgspec.structs.replace(read, beside=beside)
            yield read
        if found:
            return


def _contexts(path: Path) -> Iterator[Path]:
    """The directory of the Dockerfile, then those above it up to the root of the repository."""
    here = path.parent
    absolute = here.resolve()
    depths = [n for n, one in enumerate((absolute, *absolute.parents)) if (one / ".git").exists()]
    yield here
    for _ in range(depths[0] if depths else 0):
        # Named as the user would: "deploy" becomes ".", and that "..".
        here = here.parent if here.name not in ("", "..") else here / ".."
        yield here


def _is_inside(path: Path, root: Path) -> bool:
    """Whether a file is there, small, and not led out of the context by a link."""
    try:
        inside = path.resolve().is_relative_to(root.resolve())
        return inside and path.is_file() and path.stat().st_size <= _LARGEST_SCRIPT
    except OSError:
        return False


def _read(path: Path) -> TextFile | Unexamined:
    try:
        with path.open("rb", buffering=0) as stream:
            size = os.fstat(stream.fileno()).st_size
            if size > _LARGEST_BYTES and path.is_file():
                what = f"{size} bytes; at most {_LARGEST_BYTES} are read"
                return Unexamined(UnexaminedReason.TOO_LARGE, str(path), 0, what)
            return _text(str(path), stream.read())
    except OSError as error:
        what = error.strerror or str(error)
        return Unexamined(UnexaminedReason.UNREADABLE, str(path), 0, what)


def _text(name: str, data: bytes) -> TextFile | Unexamined:
    """The text of a file. kubectl finds no separator in UTF-16, and reads the first document only.

    Where its last line ends in a line break of little-endian UTF-16, it reads nothing at all
    (k8s.io/apimachinery v0.32.3 pkg/util/yaml, which splits bytes before go-yaml sees the mark).
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        what = "UTF-16, of which kubectl reads one document at most; save it as UTF-8"
        return Unexamined(UnexaminedReason.BROKEN, name, 1, what)
    return TextFile(name, data.decode("utf-8", errors="replace"))
