"""What a format is, and what all readers see of their input.

A module below `formats/` defines `FORMAT`, either a FileFormat (one stream of bytes) or a
TreeFormat (a directory or an unpacked archive). Recognition goes by content, never by file name
alone; the highest score wins, 0 means "not mine". Nothing is read whole before it was recognised.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, NamedTuple

from holdfast.sources.collector import Collector

# Enough to see the first objects of any format, small enough to look at everything.
HEAD_BYTES = 64 * 1024
# An object list of a very large cluster (37 MB for 5,000 pods) many times over. What is larger is
# not read: a diagnosis must not take the machine down.
LARGEST_BYTES = 1024 * 1024 * 1024
# The rank of a log, which any text may be.
LAST_RESORT = 9


class Entry(NamedTuple):
    """A file of a tree, or a single input.

    `path` is what people call it (relative with "/" inside a tree), `size` is in bytes, `open`
    gives a new readable handle on its start.
    """

    path: str
    size: int
    open: Callable[[], BinaryIO]

    def head(self) -> bytes:
        """The first HEAD_BYTES."""
        with self.open() as stream:
            return stream.read(HEAD_BYTES)

    def content(self) -> bytes:
        """All of it, at most LARGEST_BYTES."""
        with self.open() as stream:
            # Reading allocates what it is asked for, so it is asked for no more than there is.
            return stream.read(min(self.size, LARGEST_BYTES))


class Tree(NamedTuple):
    """A directory or archive: its name for people, and its files by path."""

    name: str
    entries: Mapping[str, Entry]

    def matching(self, test: Callable[[str], object]) -> Iterator[Entry]:
        """The files whose path passes a test, in order of path."""
        for path in sorted(self.entries):
            if test(path):
                yield self.entries[path]


class FileFormat(NamedTuple):
    """A format of one stream.

    `recognise` sees the first HEAD_BYTES. Files are read in order of `rank`: formats that say more
    come first, because the first reading of an object counts.
    """

    name: str
    rank: int
    recognise: Callable[[bytes], int]
    read: Callable[[Entry, Collector], None]


class TreeFormat(NamedTuple):
    """A format of many files. `recognise` sees the paths; `read` takes what it knows.

    `read` returns the paths it has dealt with; what is left is offered to the file formats.
    """

    name: str
    recognise: Callable[[Tree], int]
    read: Callable[[Tree, Collector], set[str]]
