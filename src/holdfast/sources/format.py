"""What a format is, and what all readers see of their input.

A module below `formats/` defines `FORMAT`, either a FileFormat (one stream of bytes) or a
TreeFormat (a directory or an unpacked archive). Recognition goes by content, never by file name
alone; the highest score wins, 0 means "not mine".
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from holdfast.sources.collector import Collector

# Enough to see the first objects of any format, small enough to look at everything.
HEAD_BYTES = 64 * 1024


class Entry(NamedTuple):
    """A file of a tree. `path` is relative, with "/"; `read` gives at most so many bytes."""

    path: str
    size: int
    read: Callable[[int], bytes]


class Tree(NamedTuple):
    """A directory or archive: its name for people, and its files by path."""

    name: str
    entries: Mapping[str, Entry]

    def matching(self, test: Callable[[str], bool]) -> Iterator[Entry]:
        """The files whose path passes a test, in order of path."""
        for path in sorted(self.entries):
            if test(path):
                yield self.entries[path]


class FileFormat(NamedTuple):
    """A format of one stream. `recognise` sees the first HEAD_BYTES; `read` gets all of it."""

    name: str
    recognise: Callable[[bytes], int]
    read: Callable[[bytes, str, Collector], None]


class TreeFormat(NamedTuple):
    """A format of many files. `recognise` sees the paths; `read` takes what it knows.

    `read` returns the paths it has dealt with; what is left is offered to the file formats.
    """

    name: str
    recognise: Callable[[Tree], int]
    read: Callable[[Tree, Collector], set[str]]
