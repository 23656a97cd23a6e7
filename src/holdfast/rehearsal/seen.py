"""What happens in a rehearsal, for those who show or measure it."""

from collections.abc import Callable
from typing import NamedTuple

from holdfast.kubelet.inputs import HookKind, ProbeKind
from holdfast.kubelet.outputs import Output
from holdfast.model.measurement import Disposition
from holdfast.model.quantity import format_bytes
from holdfast.rehearsal.cgroups.group import Usage
from holdfast.rehearsal.probes.reply import Reply


class Wanted(NamedTuple):
    """The machine wants something, or publishes something."""

    output: Output


class Began(NamedTuple):
    """A program runs."""

    container: str
    number: int
    command: tuple[str, ...]


class Listening(NamedTuple):
    """A program accepts connections on a port, so many seconds after its start.

    `cpu_seconds` is what it has computed until then.
    """

    container: str
    number: int
    port: int
    seconds: float
    cpu_seconds: float


class Serves(NamedTuple):
    """On which ports a program accepts connections from outside now."""

    container: str
    number: int
    ports: tuple[int, ...]


class Signalled(NamedTuple):
    """A program was sent a signal. `disposition` says what it does with it."""

    container: str
    number: int
    signal: str
    disposition: Disposition
    shell: bool
    """PID 1 is a shell, which passes nothing on."""


class Wrote(NamedTuple):
    """A program has written a line."""

    container: str
    line: str


class Probed(NamedTuple):
    """A probe was answered after so many seconds."""

    container: str
    kind: ProbeKind
    reply: Reply
    seconds: float


class Hooked(NamedTuple):
    """A lifecycle hook has ended after so many seconds; `error` is "" where it succeeded."""

    container: str
    kind: HookKind
    error: str
    seconds: float


class Used(NamedTuple):
    """What a container uses."""

    container: str
    number: int
    usage: Usage


class OverLimit(NamedTuple):
    """The watch on resident memory ends a program, in place of the kernel."""

    container: str
    number: int
    resident_bytes: int
    limit_bytes: int

    def __str__(self) -> str:
        """What is told of it."""
        resident, limit = format_bytes(self.resident_bytes), format_bytes(self.limit_bytes)
        return f"killed by the watch on memory: {resident} resident, over the limit of {limit}"


class Ended(NamedTuple):
    """A program has ended."""

    container: str
    number: int
    exit_code: int
    oom: bool


_OfProgram = Began | Listening | Serves | Signalled | Wrote | Used | OverLimit | Ended
Seen = Wanted | Probed | Hooked | _OfProgram
Watch = Callable[[float, Seen], None]
"""Gets the time and what happened."""
