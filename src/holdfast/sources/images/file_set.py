"""The files of a layout by name: a directory, or a tar archive of one.

Rules: an archive is indexed once, and its members are windows on the file; nothing is unpacked. A
compressed archive is read forwards, again from its start for what lies further back.
"""

import gzip
import io
import posixpath
import tarfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol

from holdfast.sources.images.errors import broken, unreadable

_GZIP = b"\x1f\x8b"
_MOST_MEMBERS = 100_000
# Manifests and configurations; registries refuse manifests above 4 MiB (distribution-spec).
LARGEST_DOCUMENT_BYTES = 4 * 1024 * 1024
_MOST_LINKS = 40
_BROKEN = (tarfile.TarError, EOFError, OSError, zlib.error, ValueError, OverflowError)


class FileSet(Protocol):
    """What formats read from. Names are relative, with "/"."""

    @property
    def name(self) -> str:
        """As people call it."""

    def has(self, name: str) -> bool:
        """Whether there is such a file."""

    def size(self, name: str) -> int:
        """Bytes of a file that is there."""

    def position(self, name: str) -> int:
        """Where a file begins; what is read in this order is read fastest."""

    def open(self, name: str) -> BinaryIO:
        """The bytes of a file that is there."""


class DirectoryFiles:
    """A directory."""

    def __init__(self, root: Path) -> None:
        """`root` is there."""
        self._root = root

    @property
    def name(self) -> str:
        """Its path."""
        return str(self._root)

    def has(self, name: str) -> bool:
        """Whether there is such a file within the directory."""
        try:
            return (self._root / name).is_file()
        except (OSError, ValueError):
            return False

    def size(self, name: str) -> int:
        """Bytes of a file that is there."""
        return (self._root / name).stat().st_size

    def position(self, name: str) -> int:
        """The same for all: each is a file of its own."""
        del name
        return 0

    def open(self, name: str) -> BinaryIO:
        """The bytes of a file that is there."""
        try:
            return (self._root / name).open("rb")
        except OSError as error:
            raise broken(f"{self.name}/{name}", error.strerror or str(error)) from error


class _Member(NamedTuple):
    offset: int
    size: int


class TarFiles:
    """A tar archive, plain or compressed with gzip.

    A compressed one is unpacked along one stream: open its members in the order of `position`, one
    at a time, and it is unpacked once.
    """

    def __init__(self, path: Path) -> None:
        """Index it; raises ImageError for one that is broken."""
        self._path = path
        self._members: dict[str, _Member] = {}
        self._links: dict[str, str] = {}
        self._shared: BinaryIO | None = None
        try:
            with path.open("rb") as stream:
                self._packed = stream.read(2) == _GZIP
            with self._stream() as stream:
                self._index(stream)
        except _BROKEN as error:
            found = f"{error or type(error).__name__}; expected a tar archive of an image"
            raise broken(str(path), found) from error

    @property
    def name(self) -> str:
        """Its path."""
        return str(self._path)

    def has(self, name: str) -> bool:
        """Whether there is such a file, links of the archive followed."""
        return self._find(name) is not None

    def size(self, name: str) -> int:
        """Bytes of a file that is there."""
        member = self._find(name)
        return member.size if member is not None else 0

    def position(self, name: str) -> int:
        """Where its content begins in the unpacked archive."""
        member = self._find(name)
        return member.offset if member is not None else 0

    def open(self, name: str) -> BinaryIO:
        """The bytes of a file that is there."""
        member = self._find(name)
        if member is None:
            raise broken(f"{self.name}/{name}", "no such member; expected one")
        stream = self._shared if self._shared is not None else self._stream()
        self._shared = stream if self._packed else None
        try:
            stream.seek(member.offset)
        except _BROKEN as error:
            stream.close()
            raise broken(self.name, f"{error}; expected a whole archive") from error
        closes = not self._packed
        return _Window(stream, member.size, closes=closes)  # type: ignore[return-value]  # reads only

    def _stream(self) -> BinaryIO:
        if not self._packed:
            return self._path.open("rb")
        unpacked: Any = gzip.GzipFile(self._path)
        stream: BinaryIO = unpacked
        return stream

    def _index(self, stream: BinaryIO) -> None:
        with tarfile.open(fileobj=stream, mode="r:") as archive:
            while (member := archive.next()) is not None:
                # Of `tarfile`, which otherwise keeps every header that it has seen.
                archive.members.clear()  # type: ignore[attr-defined]  # not in typeshed
                name = posixpath.normpath(member.name)
                if member.isfile() and not member.issparse():
                    self._members[name] = _Member(member.offset_data, member.size)
                elif member.issym():
                    directory = posixpath.dirname(name)
                    self._links[name] = posixpath.normpath(f"{directory}/{member.linkname}")
                elif member.islnk():
                    self._links[name] = posixpath.normpath(member.linkname)
                if len(self._members) > _MOST_MEMBERS:
                    raise unreadable(
                        self.name,
                        f"more than {_MOST_MEMBERS} members; expected an image",
                        "check that this is an image and not the files of a container",
                    )

    def _find(self, name: str) -> _Member | None:
        for _ in range(_MOST_LINKS):
            if name in self._members or name not in self._links:
                break
            name = self._links[name]
        return self._members.get(name)


class _Window(io.RawIOBase):
    """A stretch of a stream from where it stands."""

    def __init__(self, stream: BinaryIO, size: int, *, closes: bool) -> None:
        super().__init__()
        self._stream = stream
        self._left = size
        self._closes = closes

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        piece = self._stream.read(wanted)
        if wanted and not piece:
            raise EOFError(f"the archive ends {self._left} bytes before the end of a member")
        self._left -= len(piece)
        return piece

    def readinto(self, buffer: Any) -> int:
        piece = self.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        if self._closes:
            self._stream.close()
        super().close()


def read_document(files: FileSet, name: str) -> bytes:
    """A small file whole; raises ImageError where it is missing or large."""
    where = f"{files.name}/{name}"
    if not files.has(name):
        raise broken(where, "no such file; expected one")
    if files.size(name) > LARGEST_DOCUMENT_BYTES:
        found = f"{files.size(name)} bytes; expected at most {LARGEST_DOCUMENT_BYTES}"
        raise broken(where, found)
    with files.open(name) as stream:
        try:
            pieces = []
            while piece := stream.read(LARGEST_DOCUMENT_BYTES):
                pieces.append(piece)
        except _BROKEN as error:
            raise broken(where, f"{error}; expected a whole file") from error
        return b"".join(pieces)
