"""Stopping one container: preStop hook, turn, SIGTERM, SIGKILL (kubelet.md 2.3, 5.3).

Rules: the hook's time and the wait for a sidecar's turn come out of the grace in whole seconds, and
at least two seconds are left for the process. A hook that overruns is not cancelled. The table says
which phase follows which; docs/kubelet-machine.md is drawn from it.
"""

from enum import StrEnum

import msgspec

from holdfast.kubelet.constants import MINIMUM_GRACE_SECONDS


class StopPhase(StrEnum):
    """How far a stop has come."""

    HOOK = "preStop"
    TURN = "awaits its turn"
    TERM = "SIGTERM sent"
    KILL = "SIGKILL sent"
    ENDED = "ended"


class StopInput(StrEnum):
    """What moves a stop on."""

    HOOK_FINISHED = "hook finished"
    TURN_COME = "the others have ended"
    GRACE_USED = "grace used up"
    EXITED = "process exited"


TRANSITIONS: dict[tuple[StopPhase, StopInput], StopPhase] = {
    (StopPhase.HOOK, StopInput.HOOK_FINISHED): StopPhase.TURN,
    (StopPhase.HOOK, StopInput.GRACE_USED): StopPhase.TURN,
    (StopPhase.HOOK, StopInput.EXITED): StopPhase.ENDED,
    (StopPhase.TURN, StopInput.TURN_COME): StopPhase.TERM,
    (StopPhase.TURN, StopInput.GRACE_USED): StopPhase.TERM,
    (StopPhase.TURN, StopInput.EXITED): StopPhase.ENDED,
    (StopPhase.TERM, StopInput.GRACE_USED): StopPhase.KILL,
    (StopPhase.TERM, StopInput.EXITED): StopPhase.ENDED,
    (StopPhase.KILL, StopInput.EXITED): StopPhase.ENDED,
}
"""What is not in the table does not move a stop, such as a hook that ends after SIGTERM."""


class Stop(msgspec.Struct):
    """One stop. `grace` is what is left of it, `since` when the present phase began."""

    container: str
    grace: float
    since: float
    phase: StopPhase = StopPhase.HOOK
    deadline: float = 0.0

    def enter(self, phase: StopPhase, now: float) -> None:
        """A phase begins; what the phase before took is gone, in whole seconds."""
        # The epsilon keeps a deadline that was computed as a sum from losing its last second.
        self.grace = max(0.0, self.grace - int(now - self.since + 1e-9))
        self.since = now
        self.phase = phase
        if phase is StopPhase.TERM:
            self.grace = max(self.grace, MINIMUM_GRACE_SECONDS)
        self.deadline = now + self.grace

    def shorten(self, grace: float, now: float) -> None:
        """A later delete allows less (kubelet.md 5.1)."""
        floor = MINIMUM_GRACE_SECONDS if self.phase is StopPhase.TERM else 0.0
        self.grace = max(grace, floor)
        self.since = now
        self.deadline = min(self.deadline, now + self.grace)
