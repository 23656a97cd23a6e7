"""Reads a tar archive that comes as a stream, by `tarfile`, within bounds.

Rules: nothing is kept but the entry at hand. Headers that announce much (long names, extended
attributes) are refused before they are read; an archive that ends in the middle, or whose next
header is none, is an error and not the end of the list, as `tarfile` takes it.
"""

import tarfile
from collections.abc import Iterator

from holdfast.sources.images.streams import PIECE_BYTES, Readable

# A header block is 512 bytes; extended headers hold paths and attributes, which Linux bounds to
# 64 KiB each (xattr(7)).
_LARGEST_HEADER_BYTES = 256 * 1024
_LARGEST_COPY_BYTES = 64 * 1024


class TarBrokenError(Exception):
    """The archive is damaged; the message says how."""


class ForwardTar:
    """The entries of one archive, in its order."""

    def __init__(self, stream: Readable) -> None:
        """Nothing is read yet."""
        self._reader = _Reader(stream)

    def members(self) -> Iterator[tarfile.TarInfo]:
        """Each header; the content of a file may be read until the next one is asked for."""
        try:
            self._archive = tarfile.TarFile(fileobj=self._reader, mode="r")  # type: ignore[arg-type]
        except tarfile.ReadError as error:
            if self._reader.tell() == 0:
                return
            raise TarBrokenError(f"no tar archive ({error})") from error
        while (member := self._archive.next()) is not None:
            # Of `tarfile`, which otherwise keeps every header that it has seen.
            self._archive.members.clear()  # type: ignore[attr-defined]  # not in typeshed
            yield member
        if any(self._reader.last_block):
            raise TarBrokenError(f"no header at byte {self._reader.tell() - 512}")

    def content(self, member: tarfile.TarInfo) -> Iterator[bytes]:
        """The content of the file at hand, in pieces."""
        stream = self._archive.extractfile(member)
        while stream is not None and (piece := stream.read(_LARGEST_COPY_BYTES)):
            yield piece


class _Reader:
    """What `tarfile` needs of a file, over a stream: it only ever goes forwards."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._at = 0
        self.last_block = b""

    def tell(self) -> int:
        return self._at

    def seek(self, to: int, whence: int = 0) -> int:
        if whence or to < self._at:
            raise TarBrokenError(f"a header that points back, at byte {self._at}")
        while self._at < to:
            if not self._some(min(PIECE_BYTES, to - self._at)):
                raise TarBrokenError(f"it ends at byte {self._at}, in the middle of an entry")
        return self._at

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= _LARGEST_HEADER_BYTES:
            raise TarBrokenError(f"a header of {size} bytes; at most {_LARGEST_HEADER_BYTES}")
        pieces = []
        while size and (piece := self._some(size)):
            size -= len(piece)
            pieces.append(piece)
        found = b"".join(pieces)
        self.last_block = found
        return found

    def _some(self, size: int) -> bytes:
        piece = self._stream.read(size)
        self._at += len(piece)
        return piece
