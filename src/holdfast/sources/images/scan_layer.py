"""From the bytes of a layer to its listing: headers, digests of contents, and what a few files say.

Rules: a file is read once and in pieces. Kept are the beginnings of scripts, of the few files by
which distributions and runtimes name themselves, and of programs; everything else is only hashed.
Names are those of the tree: "/", "." and ".." are taken out as a container's root would, and that
an archive tries them is noted.
"""

import hashlib
import lzma
import tarfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import BinaryIO, NamedTuple

from holdfast.images.elf import MAGIC, Elf, read_elf
from holdfast.images.go_build import GoScan
from holdfast.images.listing import Entry, Kind, Listing
from holdfast.model.regex import regex
from holdfast.sources.images.digests import algorithm_of
from holdfast.sources.images.errors import ImageError, broken, unreadable
from holdfast.sources.images.forward_tar import ForwardTar, TarBrokenError
from holdfast.sources.images.streams import Budget, Hashed, unpacked

_HEAD_BYTES = 4096
_LARGEST_TEXT_BYTES = 64 * 1024
# Debian has some 300 scripts of 10 kB each.
_LARGEST_TEXTS_BYTES = 32 * 1024 * 1024
# Ordinary images have up to some 100,000 files; an entry takes some 400 bytes here.
_MOST_ENTRIES = 1_000_000
_TELLING = regex(
    r"(?:^|/)(?:etc/os-release|usr/lib/os-release|release|patchlevel\.h|node_version\.h)$"
)
_BROKEN = (
    TarBrokenError, tarfile.TarError, EOFError, OSError, zlib.error, lzma.LZMAError, ValueError,
    OverflowError,
)  # fmt: skip


class PackedLayer(NamedTuple):
    """A layer as a format has it. `digest` is of its bytes, `diff_id` of its tar archive; "" for
    one that the format does not tell. `open` gives its bytes from the start, and `position` is the
    order in which opening is fastest.
    """

    name: str
    digest: str
    diff_id: str
    size: int | None
    open: Callable[[], BinaryIO]
    position: int = 0


def scan_layer(layer: PackedLayer) -> Listing:
    """List a layer; raises ImageError where it is damaged, hostile or another one than was said."""
    budget = Budget(layer.name)
    algorithm = algorithm_of(layer.digest, layer.name)
    with closing(layer.open()) as stream:
        packed = Hashed(stream, algorithm, budget.pack)
        try:
            plain, compressed = unpacked(packed, layer.name)
            tar = Hashed(plain, algorithm_of(layer.diff_id, layer.name), budget.unpack)
            scan = _Scan(budget)
            entries = tuple(scan.entries(ForwardTar(tar)))
            tar.drain()
            packed.drain()
        except ImageError:
            raise
        except _BROKEN as error:
            raise broken(layer.name, f"{_words(error)}; expected a whole layer") from error
        except Exception as error:
            # Of the module that unpacks zstd, which is another one in each version of Python.
            if type(error).__name__ != "ZstdError":
                raise
            raise broken(layer.name, f"{_words(error)}; expected a whole layer") from error
    _compare(layer.name, layer.digest, packed, "of its bytes")
    _compare(layer.name, layer.diff_id, tar, "of its archive (diff_id)")
    return Listing(entries, packed.bytes, tar.bytes, compressed, tuple(scan.notes(layer.name)))


def _compare(where: str, digest: str, hashed: Hashed, of: str) -> None:
    if digest and digest.partition(":")[2] != hashed.hexdigest:
        found = f"{digest.partition(':')[0]}:{hashed.hexdigest}"
        raise broken(where, f"{found} as the digest {of}; expected {digest}")


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__


class _Scan:
    """One layer."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._odd: Counter[str] = Counter()
        self._texts_left = _LARGEST_TEXTS_BYTES

    def entries(self, archive: ForwardTar) -> Iterator[Entry]:
        for number, member in enumerate(archive.members()):
            if number >= _MOST_ENTRIES:
                raise unreadable(
                    "a layer",
                    f"more than {_MOST_ENTRIES} entries; expected an image of programs",
                    "leave data out of the image, or mount it",
                )
            path = self._path(member.name)
            if member.isfile():
                yield self._file(member, path, archive)
            elif member.isdir():
                yield Entry(path, Kind.DIRECTORY, member.mode)
            elif member.issym():
                yield Entry(path, Kind.LINK, member.mode, target=_printable(member.linkname))
            elif member.islnk():
                target = self._path(member.linkname)
                yield Entry(path, Kind.HARD_LINK, member.mode, target=target)
            else:
                yield Entry(path, Kind.OTHER, member.mode)

    def notes(self, layer: str) -> Iterator[str]:
        """What was unusual."""
        for what, count in self._odd.items():
            yield f"{layer}: {count} {what}"

    def _path(self, name: str) -> str:
        steps: list[str] = []
        for step in _printable(name).split("/"):
            if step == "..":
                self._odd["names with .., which lead nowhere but into the root"] += 1
                steps = steps[:-1]
            elif step not in ("", "."):
                steps.append(step)
        return "/".join(steps)

    def _file(self, member: tarfile.TarInfo, path: str, archive: ForwardTar) -> Entry:
        if member.issparse():
            # Its zeros are in no archive and still take time.
            self._budget.unpack(member.size)
        hashed = hashlib.sha256()
        head, scan, elf = b"", None, None
        text: bytearray | None = None
        for piece in archive.content(member):
            hashed.update(piece)
            if not head:
                head = piece[:_HEAD_BYTES]
                elf = read_elf(head)
                scan = GoScan() if head.startswith(MAGIC) else None
                if head.startswith(b"#!") or _TELLING.search(path):
                    text = bytearray()
            if scan is not None:
                scan.feed(piece)
            if text is not None:
                text += piece[: _LARGEST_TEXT_BYTES - len(text)]
        if elf is not None and scan is not None and scan.found is not None:
            elf = Elf(elf.machine, elf.loader, scan.found)
        digest = hashed.digest() if member.size else b""
        return Entry(path, Kind.FILE, member.mode, member.size, "", digest, self._text(text), elf)

    def _text(self, text: bytearray | None) -> str | None:
        if text is None:
            return None
        if len(text) > self._texts_left:
            self._odd["scripts beyond what is kept of a layer: not read"] += 1
            return None
        self._texts_left -= len(text)
        return text.decode("utf-8", "replace")


def _printable(name: str) -> str:
    """A name as text: bytes that are no UTF-8 become U+FFFD."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
