"""A layer as its archive lists it, before anything is known of the other layers."""

from enum import Enum

import msgspec

from holdfast.images.elf import Elf


class Kind(Enum):
    """What an entry of an archive is."""

    FILE = "file"
    DIRECTORY = "directory"
    LINK = "symbolic link"
    HARD_LINK = "hard link"
    OTHER = "device or pipe"


class Entry(msgspec.Struct, frozen=True):
    """One entry. `path` is relative to the root, without "." and ".." ("" is the root)."""

    path: str
    kind: Kind
    mode: int = 0
    size: int = 0
    target: str = ""
    """Of a link, as the archive has it; of a hard link, the path of the other name."""
    digest: bytes = b""
    text: str | None = None
    """The beginning of a file that tells something; None for all others."""
    elf: Elf | None = None

    @property
    def executable(self) -> bool:
        """Whether anybody may execute it."""
        return bool(self.mode & 0o111)


class Listing(msgspec.Struct, frozen=True):
    """All entries of one layer in the order of its archive."""

    entries: tuple[Entry, ...]
    packed_bytes: int
    unpacked_bytes: int
    compressed: bool
    notes: tuple[str, ...] = ()
