"""One life of one container: its program, control group, output, and what becomes of it."""

import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from holdfast.rehearsal.cgroups.group import Group, Usage
from holdfast.rehearsal.container_runtime import ContainerRuntime, Running
from holdfast.rehearsal.family_usage import family_usage
from holdfast.rehearsal.inside import Executor
from holdfast.rehearsal.output import Output
from holdfast.rehearsal.runtime.sweep import sweep
from holdfast.rehearsal.runtime.wire import Program

_SIGNALLED = 128
_SHELLS = ("sh", "bash", "dash", "ash", "busybox", "ksh", "zsh")


@dataclass
class Life:
    """A program that was started. `number` counts the container's lives from 0."""

    container: str
    number: int
    program: Program
    running: Running
    group: Group | None
    output: Output
    executor: Executor
    killed_for_memory: bool = False
    """By the watch on resident memory, where there is no control group."""

    def usage(self) -> Usage:
        """What it uses now."""
        if self.group is not None:
            return self.group.usage()
        return family_usage(self.running.process)

    def send(self, runtime: ContainerRuntime, which: signal.Signals) -> None:
        """Send a signal to PID 1, with the effect that it has on a PID 1.

        The kernel ignores signals that a PID 1 has no handler for. A program without a PID
        namespace would die of them, so they are not even sent.
        """
        ignored = not self.program.isolated and which is not signal.SIGKILL
        if not (ignored and not self.handles(which)):
            runtime.signal(self.running, which)

    def handles(self, which: signal.Signals) -> bool:
        """Whether the program has a handler for a signal (proc(5): SigCgt)."""
        for name, value in _status(self.running.process):
            if name == "SigCgt":
                return bool(int(value, 16) >> (which - 1) & 1)
        return True

    @property
    def is_shell(self) -> bool:
        """Whether PID 1 is a shell."""
        return any(
            name == "Name" and value in _SHELLS for name, value in _status(self.running.process)
        )

    def end(self, status: int) -> tuple[int, bool]:
        """Exit code, and whether the kernel killed for memory; what it had is given back."""
        self.output.close()
        oom = self.killed_for_memory
        if self.group is not None:
            # The counters go with the directories (kubelet.md 16.8).
            oom = self.group.oom_kills() > 0
            sweep(list(self.group.directories), "")
        return (status if status >= 0 else _SIGNALLED - status), oom


def _status(process: int) -> Iterator[tuple[str, str]]:
    """The lines of /proc/PID/status; none for a process that is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            yield name, value.strip()
