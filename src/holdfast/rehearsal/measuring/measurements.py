"""What was measured of each life of each container.

Rules: times are uptimes in seconds; nothing is judged here.
"""

from dataclasses import dataclass, field

from holdfast.kubelet.inputs import ProbeKind
from holdfast.model.measurement import Disposition
from holdfast.rehearsal.cgroups.group import Usage
from holdfast.rehearsal.probes.reply import Reply
from holdfast.rehearsal.seen import Began, Ended, Listening, Probed, Seen, Serves, Signalled, Used

_OfLife = Listening | Serves | Probed | Used | Signalled | Ended


@dataclass(frozen=True)
class Answered:
    """One answer to a probe."""

    uptime: float
    kind: ProbeKind
    reply: Reply
    seconds: float
    under_load: bool


@dataclass(frozen=True)
class Stopped:
    """SIGTERM, and what PID 1 had for it."""

    uptime: float
    disposition: Disposition
    shell: bool


@dataclass
class Measured:
    """One life."""

    number: int
    started_at: float
    listening: Listening | None = None
    """When the first of its ports was listened on."""
    answers: list[Answered] = field(default_factory=list)
    used: list[tuple[float, Usage]] = field(default_factory=list)
    serves: tuple[int, ...] | None = None
    """The ports on which it accepted connections from outside, when last looked at."""
    stopped: Stopped | None = None
    killed: bool = False
    """SIGKILL was sent."""
    ended: float | None = None
    exit_code: int = 0
    oom: bool = False

    @property
    def ended_by_itself(self) -> bool:
        """Nobody had asked it to."""
        return self.ended is not None and self.stopped is None and not self.oom


class Measurements:
    """Lives by container, oldest first."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.lives: dict[str, list[Measured]] = {}
        self.extra_starts: dict[str, list[Listening]] = {}
        """Starts that were made for measuring only."""
        self.under_load = False

    def watch(self, now: float, what: Seen) -> None:
        """Something has happened."""
        if isinstance(what, Began):
            self.lives.setdefault(what.container, []).append(Measured(what.number, now))
            return
        if not isinstance(what, _OfLife):
            return
        lives = self.lives.get(what.container)
        if lives:
            self._note(lives[-1], now, what)

    def _note(self, life: Measured, now: float, what: _OfLife) -> None:
        uptime = now - life.started_at
        if isinstance(what, Listening):
            life.listening = life.listening or what
        elif isinstance(what, Probed):
            begun = uptime - what.seconds
            answered = Answered(begun, what.kind, what.reply, what.seconds, self.under_load)
            life.answers.append(answered)
        elif isinstance(what, Used):
            life.used.append((uptime, what.usage))
        elif isinstance(what, Serves):
            life.serves = what.ports
        elif isinstance(what, Signalled):
            if what.signal == "KILL":
                life.killed = True
            elif life.stopped is None:
                life.stopped = Stopped(uptime, what.disposition, what.shell)
        else:
            life.ended, life.exit_code, life.oom = uptime, what.exit_code, what.oom
