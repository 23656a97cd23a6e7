"""Control groups of version 2: one hierarchy for memory and CPU.

Rules: a group with limits for its children holds no processes itself, so the pod has a group and
each life of a container one below it. Source: Documentation/admin-guide/cgroup-v2.rst;
docs/specs/kubelet.md 6.1, 7.3, 7.4, 16.7, 16.8.
"""

from pathlib import Path

from holdfast.kubelet.cgroups import QUOTA_PERIOD_MICROSECONDS, CgroupValues
from holdfast.rehearsal.cgroups.group import Group, Usage, read_number, read_table

_MICRO = 1e-6
_SWAP = "memory.swap.max"
_CONTROLLERS = "+memory +cpu"


class Group2:
    """One life of a container."""

    def __init__(self, directory: Path) -> None:
        """The directory exists."""
        self._directory = directory
        self.files = (str(directory / "cgroup.procs"),)
        self.directories = (str(directory),)

    def usage(self) -> Usage:
        """What it uses now."""
        current = read_number(self._directory / "memory.current")
        inactive = read_table(self._directory / "memory.stat").get("inactive_file", 0)
        cpu = read_table(self._directory / "cpu.stat")
        return Usage(
            max(0, current - inactive),
            cpu.get("usage_usec", 0) * _MICRO,
            cpu.get("nr_periods", 0),
            cpu.get("nr_throttled", 0),
            cpu.get("throttled_usec", 0) * _MICRO,
            self.oom_kills(),
        )

    def oom_kills(self) -> int:
        """Kills of single processes, and of the whole group."""
        events = read_table(self._directory / "memory.events")
        return events.get("oom_kill", 0) + events.get("oom_group_kill", 0)


class Tree2:
    """A pod's group, below a group of this computer that may have children with limits."""

    version = 2

    def __init__(self, parent: Path, name: str, whole: CgroupValues, pod: CgroupValues) -> None:
        """Make the groups of all pods and of the pod. Raises OSError when the kernel refuses."""
        self.place = str(parent)
        outer, self._directory = parent / name, parent / name / "pod"
        self.directories = (str(outer), str(self._directory))
        for directory, values in ((outer, whole), (self._directory, pod)):
            _delegate(directory.parent)
            directory.mkdir()
            _write(directory, values)
        _delegate(self._directory)

    @property
    def limits_swap(self) -> bool:
        """Only with swap accounting, which some kernels leave out."""
        return (self._directory / _SWAP).exists()

    def make(self, name: str, values: CgroupValues, *, group_kill: bool) -> Group:
        """A group for a life of a container."""
        directory = self._directory / name
        directory.mkdir()
        _write(directory, values)
        if group_kill:
            (directory / "memory.oom.group").write_text("1", encoding="ascii")
        return Group2(directory)


def _delegate(directory: Path) -> None:
    (directory / "cgroup.subtree_control").write_text(_CONTROLLERS, encoding="ascii")


def _write(directory: Path, values: CgroupValues) -> None:
    written = {"cpu.weight": str(values.cpu_weight)}
    if values.quota_microseconds is not None:
        written["cpu.max"] = f"{values.quota_microseconds} {QUOTA_PERIOD_MICROSECONDS}"
    if values.memory_max is not None:
        written["memory.max"] = str(values.memory_max)
        # The kubelet's NoSwap.
        if (directory / _SWAP).exists():
            written[_SWAP] = "0"
    for name, text in written.items():
        (directory / name).write_text(text, encoding="ascii")
