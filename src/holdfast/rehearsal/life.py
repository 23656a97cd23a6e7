"""One life of one container: its program, control group, output, and what becomes of it."""

import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from holdfast.model.measurement import Disposition
from holdfast.rehearsal.cgroups.group import Group, Usage
from holdfast.rehearsal.container_runtime import ContainerRuntime, Running
from holdfast.rehearsal.family_usage import family_usage
from holdfast.rehearsal.inside import Executor
from holdfast.rehearsal.output import Output
from holdfast.rehearsal.runtime.sweep import sweep
from holdfast.rehearsal.runtime.wire import Program

_SIGNALLED = 128
_DISPOSITIONS = (
    ("SigCgt", Disposition.HANDLED),
    ("SigIgn", Disposition.IGNORED),
    ("SigBlk", Disposition.HANDLED),
)
_WAITS_FOR_SIGNALS = "sigtimedwait"
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
    messages: Path | None = None
    """The file for its termination message; None where it could not be shown to it."""
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
        if not ignored or self.disposition(which) is Disposition.HANDLED:
            runtime.signal(self.running, which)

    def disposition(self, which: signal.Signals) -> Disposition:
        """What the program does with a signal (proc(5): SigBlk, SigIgn, SigCgt, wchan).

        Whoever blocks it waits for it, as small inits do; while they are in sigtimedwait, the
        kernel shows it as not blocked.
        """
        masks = dict(_status(self.running.process))
        if not masks or _WAITS_FOR_SIGNALS in _waits_in(self.running.process):
            return Disposition.HANDLED
        for mask, found in _DISPOSITIONS:
            if int(masks.get(mask, "0"), 16) >> (which - 1) & 1:
                return found
        return Disposition.DEFAULT

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


def _waits_in(process: int) -> str:
    """The function of the kernel in which a process sleeps, or ""."""
    with suppress(OSError):
        return Path(f"/proc/{process}/wchan").read_text(encoding="ascii")
    return ""


def _status(process: int) -> Iterator[tuple[str, str]]:
    """The lines of /proc/PID/status; none for a process that is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            yield name, value.strip()
