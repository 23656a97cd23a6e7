"""What the API shows of one container at one moment, and what of it a replay must meet.

Rules: the same function reads a real status and a simulated one, so that both mean the same. Times
are those of the API, whole seconds. Only what the status itself holds is used: events expire.
"""

from collections.abc import Iterator

import msgspec

from holdfast.model.container import ContainerStatus, StateTerminated
from holdfast.model.duration import Duration
from holdfast.model.instant import parse_instant
from holdfast.model.pod import PodStatus
from holdfast.model.regex import regex

_BACK_OFF = regex(r"back-off (\S+) restarting")


class Ended(msgspec.Struct, frozen=True):
    """One life that has ended; times are None where the API does not tell them."""

    started: float | None
    finished: float | None
    exit_code: int
    reason: str

    @property
    def uptime_seconds(self) -> float | None:
        """From start to end, exact to a second."""
        if self.started is None or self.finished is None or self.finished < self.started:
            return None
        return self.finished - self.started


class Observation(msgspec.Struct, frozen=True):
    """One container at one moment. Times are seconds since 1970."""

    created: float
    at: float
    restarts: int
    ended: tuple[Ended, ...]
    """Oldest first; at most two (kubelet.md Q40)."""
    running_since: float | None
    waiting: str
    back_off_seconds: float | None

    @property
    def last(self) -> Ended | None:
        """The newest life that has ended."""
        return self.ended[-1] if self.ended else None

    @property
    def pause_seconds(self) -> float | None:
        """From the last end to the start of the present life; None while nothing runs."""
        last = self.last
        if last is None or last.finished is None or self.running_since is None:
            return None
        return self.running_since - last.finished


def observe(status: PodStatus, container: str, created: float, at: float) -> Observation | None:
    """The container as its pod's status has it at a moment; None where it has none."""
    found = next((c for c in _containers(status) if c.name == container), None)
    if found is None:
        return None
    ends = (found.last_state.terminated, found.state.terminated)
    waiting = found.state.waiting
    running = found.state.running
    match = _BACK_OFF.search(waiting.message) if waiting is not None else None
    return Observation(
        created,
        at,
        found.restart_count,
        tuple(_ended(end) for end in ends if end is not None),
        parse_instant(running.started_at) if running is not None else None,
        waiting.reason if waiting is not None else "",
        _seconds(match[1]) if match is not None else None,
    )


def _containers(status: PodStatus) -> Iterator[ContainerStatus]:
    yield from status.init_container_statuses or ()
    yield from status.container_statuses or ()


def _ended(end: StateTerminated) -> Ended:
    return Ended(end.started, end.finished, end.exit_code, end.reason)


def _seconds(text: str) -> float | None:
    try:
        return Duration.parse(text).seconds
    except ValueError:
        return None
