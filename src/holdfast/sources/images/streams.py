"""Streams of layers: counted, hashed, unpacked and bounded while they pass.

Rules: a stream is read forwards and once, in pieces; no piece is larger than what was asked for.
What unpacks to far more than layers do is refused before it is all unpacked.
"""

import gzip
import hashlib
import importlib
import io
from collections.abc import Callable
from typing import Any, BinaryIO, Protocol

from holdfast.sources.images.errors import unreadable

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_HEAD_BYTES = 4
PIECE_BYTES = 256 * 1024
# A layer of zeros, as of a preallocated file, may unpack to a thousand times its size and still be
# ordinary while it is small; what goes on beyond both bounds is a bomb.
_LARGEST_RATIO = 200
_ALWAYS_ALLOWED_BYTES = 1024**3
_LARGEST_TOTAL_BYTES = 256 * 1024**3


class Readable(Protocol):
    """All that is needed of a stream."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, b"" at the end."""


class Hashed:
    """Hands on a stream and hashes what passes."""

    def __init__(self, stream: Readable, algorithm: str, take: Callable[[int], None]) -> None:
        """`take` is told of each piece's size and may refuse it; "" hashes nothing."""
        self._stream = stream
        self._hash = hashlib.new(algorithm) if algorithm else None
        self._take = take
        self.bytes = 0

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes; a negative size is that of a piece."""
        piece = self._stream.read(size if size >= 0 else PIECE_BYTES)
        self.bytes += len(piece)
        self._take(len(piece))
        if self._hash is not None:
            self._hash.update(piece)
        return piece

    def drain(self) -> None:
        """Read to the end."""
        while self.read(PIECE_BYTES):
            pass

    @property
    def hexdigest(self) -> str:
        """Of everything that passed; "" where nothing was hashed."""
        return self._hash.hexdigest() if self._hash is not None else ""


class Budget:
    """How much one layer may still unpack to."""

    def __init__(self, where: str) -> None:
        """`where` names the layer."""
        self._where = where
        self._packed = self._unpacked = 0

    def pack(self, count: int) -> None:
        """So much more of the layer was read."""
        self._packed += count

    def unpack(self, count: int) -> None:
        """So much more came out of it, or is announced; raises ImageError for too much."""
        self._unpacked += count
        allowed = max(_ALWAYS_ALLOWED_BYTES, self._packed * _LARGEST_RATIO)
        if self._unpacked > min(allowed, _LARGEST_TOTAL_BYTES):
            raise unreadable(
                self._where,
                f"{self._packed} bytes that unpack to more than {self._unpacked}; expected at most "
                f"{_LARGEST_RATIO} times as much",
                "this is a decompression bomb, or a file of zeros that does not belong in an image",
            )


def unpacked(stream: Readable, where: str) -> tuple[Readable, bool]:
    """A layer's tar archive, and whether it was compressed; told by content, as containerd does."""
    head = b""
    while len(head) < _HEAD_BYTES and (more := stream.read(_HEAD_BYTES - len(head))):
        head += more
    whole = Prefixed(head, stream)
    if head.startswith(_GZIP):
        return gzip.GzipFile(fileobj=whole), True
    if head == _ZSTD:
        return _unpack_zstd(whole, where), True
    return whole, False


class Prefixed(io.RawIOBase):
    """A stream with bytes that were read from it already put back in front."""

    def __init__(self, head: bytes, stream: Readable) -> None:
        """`head` comes first."""
        super().__init__()
        self._head = head
        self._stream = stream

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, fewer at the border."""
        if self._head:
            size = size if size >= 0 else len(self._head)
            piece, self._head = self._head[:size], self._head[size:]
            return piece
        return self._stream.read(size if size >= 0 else PIECE_BYTES)

    def readinto(self, buffer: Any) -> int:
        """As `read`, into a buffer."""
        piece = self.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def _unpack_zstd(stream: BinaryIO | Prefixed, where: str) -> Readable:
    """By the standard library from Python 3.14 on, else by the extra."""
    for name in ("compression.zstd", "backports.zstd"):
        try:
            module: Any = importlib.import_module(name)
        except ImportError:
            continue
        opened: Readable = module.ZstdFile(stream)
        return opened
    raise unreadable(
        where,
        "a layer compressed with zstd, which this Python cannot unpack; expected Python 3.14 or "
        "the extra zstd",
        "pip install 'holdfast[zstd]'",
    )
