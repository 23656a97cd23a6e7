"""What is known about the service right now, and what that means for each probe.

Rules: everything here is computed from samples, states of the life and `now`; no check runs, no
lock is held, so that any thread may ask at any moment, also while the loop is stalled. Samples are
written by one thread at a time; each entry is replaced, never changed half way.
"""

from typing import Final, Protocol

from holdfast.dependencies.verdict import Verdict
from holdfast.health.durations import Durations
from holdfast.health.heartbeat import Heartbeat
from holdfast.health.hysteresis import Standing
from holdfast.health.registration import (
    DEGRADE,
    LIVE,
    READY,
    REPORT,
    STARTUP,
    UNREADY,
    Registration,
)

PASS: Final = "pass"  # noqa: S105 - a word of the draft
WARN: Final = "warn"
FAIL: Final = "fail"
"""The words of health+json (inadarei/rfc-healthcheck, draft 06)."""

_LONG_SECONDS = 3600.0


class Service(Protocol):
    """What of a Life the probes depend on."""

    @property
    def ready(self) -> bool:
        """Whether the application has started."""

    @property
    def draining(self) -> object:
        """True in a condition once the service drains."""

    @property
    def releasing(self) -> bool:
        """Whether the service closes what its checks use."""


class Settings:
    """What a service wants, in seconds."""

    __slots__ = (
        "lag_fail", "lag_warn", "ready_while_draining", "redact", "refresh", "stale_after",
        "warn_is_healthy",
    )  # fmt: skip

    def __init__(
        self,
        *,
        refresh: float | None,
        stale_after: float,
        lag_warn: float,
        lag_fail: float,
        warn_is_healthy: bool,
        ready_while_draining: bool,
        redact: bool,
    ) -> None:
        """Keep the parts."""
        self.refresh = refresh
        self.stale_after = stale_after
        self.lag_warn = lag_warn
        self.lag_fail = lag_fail
        self.warn_is_healthy = warn_is_healthy
        self.ready_while_draining = ready_while_draining
        self.redact = redact


class Entry:
    """One check and what its samples say."""

    __slots__ = ("durations", "registration", "sampled_at", "standing", "verdict", "wall_time")

    def __init__(self, registration: Registration) -> None:
        """Not sampled yet."""
        self.registration = registration
        self.standing = Standing(registration.thresholds)
        self.verdict: Verdict | None = None
        self.sampled_at = 0.0
        self.wall_time = 0.0
        self.durations = Durations()


class Board:
    """All entries, and the questions that probes ask."""

    def __init__(self, settings: Settings, service: Service | None) -> None:
        """No check yet."""
        self.settings = settings
        self.service = service
        self.heartbeat = Heartbeat()
        self.entries: dict[str, Entry] = {}
        self.progress = ""
        self.version = 0
        self._started_up = False

    def add(self, registration: Registration) -> Entry:
        """One more check. A new mapping each time: readers iterate over the old one."""
        entry = Entry(registration)
        self.entries = {**self.entries, registration.name: entry}
        self.version += 1
        return entry

    def drop(self, name: str) -> None:
        """The check is not wanted any more."""
        self.entries = {key: entry for key, entry in self.entries.items() if key != name}
        self.version += 1

    def sample(self, name: str, verdict: Verdict, now: float, wall_time: float) -> bool:
        """One more verdict; answers whether the check's standing has changed."""
        entry = self.entries.get(name)
        if entry is None:
            return False
        entry.verdict = verdict
        entry.sampled_at = now
        entry.wall_time = wall_time
        entry.durations.observe(verdict.seconds)
        changed = entry.standing.sample(now, passed=verdict.up or verdict.degraded)
        self.version += 1
        return changed

    def started_up(self) -> bool:
        """The startup latch: once passed, never asked again."""
        if not self._started_up:
            waiting = any(
                not entry.standing.ever_passed
                for entry in self.entries.values()
                if entry.registration.probe == STARTUP
            )
            self._started_up = not waiting and (self.service is None or self.service.ready)
        return self._started_up

    def draining(self) -> bool:
        """Whether the service has been told to stop."""
        return self.service is not None and bool(self.service.draining)

    def releasing(self) -> bool:
        """Whether what the checks use is being closed, so that their failures tell nothing."""
        return self.service is not None and self.service.releasing

    def live(self, now: float, *, on_loop: bool = False) -> bool:
        """Whether this process can recover by itself: its loop turns, its own checks pass.

        `on_loop`: the loop itself asks, which proves that it turns.
        """
        lag = None if on_loop else self.heartbeat.lag(now)
        if lag is not None and lag > self.settings.lag_fail:
            return False
        return all(
            entry.standing.passing is not False
            for entry in self.entries.values()
            if entry.registration.probe == LIVE
        )

    def ready(self, now: float) -> str:
        """ "" when traffic may come, else why not, in words that tell nothing about insides."""
        if self.draining() and not self.settings.ready_while_draining:
            return "draining"
        if not self.started_up():
            return "starting"
        for entry in self.entries.values():
            registration = entry.registration
            if registration.probe == READY and registration.on_fail == UNREADY:
                reason = self._unready(entry, now)
                if reason:
                    return reason
        return ""

    def healthy(self, now: float) -> bool:
        """Whether /health answers 200: every check that is not only reported passes, freshly."""
        if self.ready(now) or not self.live(now):
            return False
        return self.settings.warn_is_healthy or not any(
            self._failing(entry, now)
            for entry in self.entries.values()
            if entry.registration.probe == READY and entry.registration.on_fail != REPORT
        )

    def overall(self, now: float) -> str:
        """The word of health+json for the whole service."""
        if not self.healthy(now):
            return FAIL
        statuses = {self.status(entry, now) for entry in self.entries.values()}
        late = (self.heartbeat.lag(now) or 0.0) > self.settings.lag_warn
        return PASS if statuses <= {PASS} and not late else WARN

    def status(self, entry: Entry, now: float) -> str:
        """The word of health+json for one check: a degraded service warns, it does not fail."""
        if self._failing(entry, now):
            mild = entry.registration.on_fail == DEGRADE or self._forgiven(entry)
            return WARN if mild and entry.registration.probe == READY else FAIL
        verdict = entry.verdict
        return WARN if verdict is None or not verdict.up else PASS

    def stale(self, entry: Entry, now: float) -> bool:
        """Whether its last sample is too old to be believed."""
        if self.settings.refresh is None or entry.registration.probe == STARTUP:
            return False
        return entry.verdict is not None and now > self.stale_at(entry)

    def stale_at(self, entry: Entry) -> float:
        """When its sample becomes too old: as many periods as for all others, and its deadline."""
        periods = self.settings.stale_after / (self.settings.refresh or self.settings.stale_after)
        registration = entry.registration
        return entry.sampled_at + max(registration.every * periods, registration.timeout)

    def oldest_sample(self) -> float | None:
        """Monotonic time of the oldest sample that readiness rests on."""
        return min(
            (
                entry.sampled_at
                for entry in self.entries.values()
                if entry.verdict is not None and entry.registration.probe != STARTUP
            ),
            default=None,
        )

    def next_change(self, now: float) -> float:
        """When an answer may change though nothing is sampled: a sample grows stale."""
        ends = [self.stale_at(entry) for entry in self.entries.values() if entry.verdict]
        return min((end for end in ends if end > now), default=now + _LONG_SECONDS)

    def _failing(self, entry: Entry, now: float) -> bool:
        return entry.standing.passing is False or self.stale(entry, now)

    def _forgiven(self, entry: Entry) -> bool:
        """Fail open: what has worked since the start, and fails now, fails for others too."""
        return entry.registration.fail_open and entry.standing.ever_passed

    def _unready(self, entry: Entry, now: float) -> str:
        if entry.standing.passing is None:
            return "starting"
        if self.stale(entry, now):
            return "stale"
        if not entry.standing.passing and not self._forgiven(entry):
            return "not ready"
        return ""
