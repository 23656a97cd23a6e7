"""Archives, unpacked within bounds: tar (plain, gzip, bzip2, xz), zip, and single gzip files.

Rules: members are written under numbers into a directory of our own, so no name inside an archive
ever becomes a path; links and devices are not followed or made; what unpacks to far more than an
archive of text does is refused (gzip bombs). Nothing of that stops the reading of the rest.
"""

import gzip
import lzma
import posixpath
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from holdfast.model.snapshot import Gap, GapKind
from holdfast.sources.collector import Collector
from holdfast.sources.format import Entry, Tree

# Logs compress to a tenth or a fortieth, JSON of a cluster to a thirtieth; a bomb to a thousandth.
_LARGEST_RATIO = 200
_ALWAYS_ALLOWED_BYTES = 64 * 1024 * 1024
_LARGEST_TOTAL_BYTES = 8 * 1024 * 1024 * 1024
# A must-gather of a large cluster has some ten thousands.
_MOST_MEMBERS = 200_000
_CHUNK_BYTES = 256 * 1024
_NOT_USED = "nothing of it is used"
_BROKEN = (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError, zlib.error, lzma.LZMAError,
           NotImplementedError, RuntimeError)  # fmt: skip


class Readable(Protocol):
    """What members of all kinds of archives have in common."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, b"" at the end."""


class Member(NamedTuple):
    """A regular file of an archive, readable once and now."""

    name: str
    stream: Readable


class TooMuchError(Exception):
    """The archive unpacks to more than an archive of text does."""


def is_archive(head: bytes) -> bool:
    """Whether the first bytes are those of a format that is unpacked here."""
    return (
        head.startswith((b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06", b"BZh", b"\xfd7zXZ\x00"))
        or head[257:262] == b"ustar"
    )


def unpack(entry: Entry, directory: Path, into: Collector) -> Tree:
    """The regular files of an archive as a tree; what was refused or broken becomes gaps."""
    budget = _Budget(entry.size)
    refused: Counter[str] = Counter()
    entries: dict[str, Entry] = {}
    try:
        for member in _members(entry, refused):
            path = safe_path(member.name)
            if path is None:
                refused[f"names that leave the archive, such as {member.name[:80]!r}"] += 1
                continue
            target = directory / str(len(entries))
            size = _write(member.stream, target, budget)
            entries[path] = Entry(path, size, _opener(target))
            if len(entries) >= _MOST_MEMBERS:
                raise TooMuchError(f"more than {_MOST_MEMBERS} members")
    except TooMuchError as error:
        cost = "what comes after that place in the archive is not used"
        into.add_gap(Gap(GapKind.REFUSED, f"archive with {error}", entry.path, cost))
    except _BROKEN as error:
        what = f"archive that is broken or ends too early ({error})"
        cost = f"{len(entries)} members before that place are used, the others are missing"
        into.add_gap(Gap(GapKind.TRUNCATED, what, entry.path, cost))
    for what, count in refused.items():
        into.add_gap(
            Gap(
                GapKind.REFUSED, f"{count} member{'s' * (count > 1)}: {what}", entry.path, _NOT_USED
            )
        )
    return Tree(entry.path, _without_common_directory(entries))


def safe_path(name: str) -> str | None:
    """The name as a relative path, or None for one that is absolute or leaves its directory."""
    plain = name.replace("\\", "/")
    if plain.startswith("/") or (len(plain) > 1 and plain[1] == ":"):
        return None
    normal = posixpath.normpath(plain)
    return None if normal == ".." or normal.startswith("../") else normal


class _Budget:
    """How much may still be unpacked."""

    def __init__(self, packed_bytes: int) -> None:
        self._left = min(
            _LARGEST_TOTAL_BYTES, _ALWAYS_ALLOWED_BYTES + packed_bytes * _LARGEST_RATIO
        )
        self._packed = packed_bytes

    def take(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise TooMuchError(
                f"{self._packed} bytes that unpack to more than {_LARGEST_RATIO} times as much"
            )


def _members(entry: Entry, refused: Counter[str]) -> Iterator[Member]:
    with entry.open() as stream:
        if entry.head().startswith(b"PK"):
            yield from _zip_members(stream, refused)
            return
    if _is_tar(entry):
        with entry.open() as stream, tarfile.open(fileobj=stream, mode="r|*") as archive:
            yield from _tar_members(archive, refused)
        return
    with entry.open() as stream, gzip.GzipFile(fileobj=stream) as plain:
        yield Member(posixpath.basename(entry.path).removesuffix(".gz"), plain)


def _is_tar(entry: Entry) -> bool:
    with entry.open() as stream:
        try:
            with tarfile.open(fileobj=stream, mode="r|*") as archive:
                return archive.next() is not None
        except (tarfile.TarError, EOFError, OSError, zlib.error, lzma.LZMAError):
            return False


def _tar_members(archive: tarfile.TarFile, refused: Counter[str]) -> Iterator[Member]:
    for member in archive:
        if member.isfile():
            stream = archive.extractfile(member)
            if stream is not None:
                yield Member(member.name, stream)
        elif member.issym() or member.islnk():
            target = posixpath.join(posixpath.dirname(member.name), member.linkname)
            if member.linkname.startswith("/") or safe_path(target) is None:
                refused[f"links that leave the archive, such as {member.name[:80]!r}"] += 1
        elif not member.isdir():
            refused["devices and other special files"] += 1


def _zip_members(stream: BinaryIO, refused: Counter[str]) -> Iterator[Member]:
    symlink_mode = 0o120000
    with zipfile.ZipFile(stream) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            if info.external_attr >> 16 & 0o170000 == symlink_mode:
                refused["links"] += 1
                continue
            with archive.open(info) as member:
                yield Member(info.filename, member)


def _write(stream: Readable, target: Path, budget: _Budget) -> int:
    size = 0
    with target.open("wb") as out:
        while chunk := stream.read(_CHUNK_BYTES):
            budget.take(len(chunk))
            size += len(chunk)
            out.write(chunk)
    return size


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def _without_common_directory(entries: dict[str, Entry]) -> dict[str, Entry]:
    """The entries without the one directory that everything is packed in, as bundles do."""
    tops = {path.partition("/")[0] for path in entries}
    if len(tops) != 1 or any("/" not in path for path in entries):
        return entries
    prefix = f"{tops.pop()}/"
    short = {path.removeprefix(prefix): entry for path, entry in entries.items()}
    return {path: entry._replace(path=path) for path, entry in short.items()}
