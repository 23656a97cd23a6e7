"""Control groups of version 1: a hierarchy each for memory, for CPU and for counting CPU time.

Rules: an out-of-memory kill takes one process, whatever a kubelet wishes (kubelet.md 6.1, Q28).
Source: Documentation/admin-guide/cgroup-v1/memory.rst, Documentation/scheduler/sched-bwc.rst.
"""

from pathlib import Path

from holdfast.kubelet.cgroups import QUOTA_PERIOD_MICROSECONDS, CgroupValues
from holdfast.rehearsal.cgroups.group import Group, Usage, read_number, read_table

_NANO = 1e-9
_WITH_SWAP = "memory.memsw.limit_in_bytes"


class Group1:
    """One life of a container, in both hierarchies."""

    def __init__(self, memory: Path, cpu: Path, accounting: Path) -> None:
        """Where it is in each hierarchy; some may be one and the same."""
        self._memory = memory
        self._cpu = cpu
        self._accounting = accounting
        self.directories = tuple(dict.fromkeys(map(str, (memory, cpu, accounting))))
        self.files = tuple(f"{directory}/cgroup.procs" for directory in self.directories)

    def usage(self) -> Usage:
        """What it uses now."""
        current = read_number(self._memory / "memory.usage_in_bytes")
        inactive = read_table(self._memory / "memory.stat").get("total_inactive_file", 0)
        cpu = read_table(self._cpu / "cpu.stat")
        spent = read_number(self._accounting / "cpuacct.usage")
        return Usage(
            max(0, current - inactive),
            spent * _NANO,
            cpu.get("nr_periods", 0),
            cpu.get("nr_throttled", 0),
            cpu.get("throttled_time", 0) * _NANO,
            self.oom_kills(),
        )

    def oom_kills(self) -> int:
        """Since Linux 4.13 the kernel counts them."""
        return read_table(self._memory / "memory.oom_control").get("oom_kill", 0)


class Tree1:
    """A pod's groups, one in each hierarchy."""

    version = 1

    def __init__(
        self, parents: tuple[Path, Path, Path], name: str, whole: CgroupValues, pod: CgroupValues
    ) -> None:
        """Make the groups of all pods and of the pod. Raises OSError when the kernel refuses.

        `parents` are directories of the hierarchies for memory, CPU and counting CPU time.
        """
        self.place = str(parents[0])
        self._parents = parents
        self.directories: tuple[str, ...] = ()
        for directory, values in ((name, whole), (f"{name}/pod", pod)):
            self._below = ""
            self.directories += self._make(directory, values).directories
        self._below = f"{name}/pod/"

    @property
    def limits_swap(self) -> bool:
        """Only with swap accounting, which some kernels leave out."""
        return (self._parents[0] / _WITH_SWAP).exists()

    def make(self, name: str, values: CgroupValues, *, group_kill: bool) -> Group:
        """A group for a life of a container."""
        del group_kill
        return self._make(name, values)

    def _make(self, name: str, values: CgroupValues) -> Group1:
        memory, cpu, accounting = (parent / (self._below + name) for parent in self._parents)
        group = Group1(memory, cpu, accounting)
        for directory in group.directories:
            Path(directory).mkdir()
        _write(memory, cpu, values)
        return group


def _write(memory: Path, cpu: Path, values: CgroupValues) -> None:
    (cpu / "cpu.shares").write_text(str(values.cpu_shares), encoding="ascii")
    if values.quota_microseconds is not None:
        period = str(QUOTA_PERIOD_MICROSECONDS)
        (cpu / "cpu.cfs_period_us").write_text(period, encoding="ascii")
        (cpu / "cpu.cfs_quota_us").write_text(str(values.quota_microseconds), encoding="ascii")
    if values.memory_max is not None:
        limit = str(values.memory_max)
        (memory / "memory.limit_in_bytes").write_text(limit, encoding="ascii")
        # No swap beyond the limit.
        with_swap = memory / _WITH_SWAP
        if with_swap.exists():
            with_swap.write_text(limit, encoding="ascii")
