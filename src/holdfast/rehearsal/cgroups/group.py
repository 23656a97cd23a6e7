"""What a control group is to a rehearsal, whichever version of the kernel's interface serves it."""

from pathlib import Path
from typing import NamedTuple, Protocol

from holdfast.kubelet.cgroups import CgroupValues


class Usage(NamedTuple):
    """What a container has used so far, and what it holds now."""

    memory_bytes: int = 0
    """The working set: what counts against the limit and cannot be dropped at once."""
    cpu_seconds: float = 0.0
    periods: int = 0
    """Periods of the CPU quota in which it wanted to run."""
    throttled_periods: int = 0
    throttled_seconds: float = 0.0
    memory_kills: int | None = None
    """Processes that the kernel has killed for memory; None where nobody counts them."""


class Group(Protocol):
    """The control group of one pod or one life of a container."""

    @property
    def files(self) -> tuple[str, ...]:
        """The `cgroup.procs` of every hierarchy: a process joins by writing to each."""

    @property
    def directories(self) -> tuple[str, ...]:
        """What is to be removed in the end."""

    def usage(self) -> Usage:
        """What it uses now."""

    def oom_kills(self) -> int:
        """How many of its processes the kernel has killed for memory. Read before it is removed."""


class Tree(Protocol):
    """Where control groups can be made on this computer."""

    version: int
    """1 or 2."""
    place: str
    """The directory below which everything is made, for people."""

    @property
    def limits_swap(self) -> bool:
        """Whether a limit of memory holds for what is swapped out as well."""

    def make(self, name: str, values: CgroupValues, *, group_kill: bool) -> Group:
        """A group for a life of a container; raises OSError when the kernel refuses a value.

        `group_kill`: an out-of-memory kill ends all processes at once (version 2 only).
        """

    @property
    def directories(self) -> tuple[str, ...]:
        """What is to be removed in the end, besides the groups of containers."""


def read_table(file: Path) -> dict[str, int]:
    """A file of the kernel with a name and a number on each line; empty when it is not there."""
    try:
        text = file.read_text(encoding="ascii")
    except OSError:
        return {}
    rows = (line.split() for line in text.splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdecimal()}


def read_number(file: Path) -> int:
    """A file that holds one number; 0 when it is not there."""
    try:
        return int(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0
