"""Closed formulas: when a probe kill must happen, and how long a crash loop waits.

They answer without a replay what the state machine would answer for a container that never
answers its probe, or that ends by itself. Source: docs/specs/kubelet.md 1.2, 1.3, 1.9, 3.3 and
docs/specs/causes.md 6.2, 6.4. All numbers are seconds.
"""

from collections.abc import Iterator

import msgspec

from holdfast.kubelet.behaviour import behaviour_of
from holdfast.kubelet.constants import (
    BACK_OFF_BASE_SECONDS,
    BACK_OFF_CAP_SECONDS,
    BACK_OFF_FACTOR,
    RELIST_SECONDS,
    SYNC_TICK_SECONDS,
    TIMESTAMP_RESOLUTION_SECONDS,
)
from holdfast.model.container import Probe
from holdfast.model.node import KubernetesVersion

# The kubelet syncs a pod up to one relist after the verdict, because the sync before may just have
# ended (kubelet.md 1.9).
_VERDICT_TO_KILL_SECONDS = 1.0
# pod_workers.go: the requeue delay is stretched by up to half of itself, of at most 60 s.
_REQUEUE_JITTER = 0.5
_REQUEUE_MAX_SECONDS = 60
# pod_workers.go backOffPeriod: before 1.35 the pod was looked at every 10 to 15 s.
_POLL_SECONDS = 15


class Window(msgspec.Struct, frozen=True):
    """A closed stretch of seconds, in which something must happen."""

    low: float
    high: float

    def holds(self, seconds: float) -> bool:
        """Whether a measured number lies inside."""
        return self.low <= seconds <= self.high

    @property
    def width(self) -> float:
        """How much room it leaves: a narrow window proves more."""
        return self.high - self.low


def verdict_window(probe: Probe, failing_seconds: float) -> Window:
    """From the start of a container that never answers, to the verdict of its probe.

    `failing_seconds` is how long one failing probe takes: 0 for a refused connection or a status
    code, the timeout for a hang (kubelet.md 1.8). The first probe waits for a tick of a worker that
    is older than the container, and compares the delay with a truncated start (kubelet.md 1.3).
    """
    later = (probe.failures - 1) * max(probe.period, failing_seconds) + failing_seconds
    first_low = max(0.0, probe.initial_delay - TIMESTAMP_RESOLUTION_SECONDS)
    return Window(first_low + later, probe.initial_delay + probe.period + later)


def kill_window(probe: Probe, failing_seconds: float, stop: Window) -> Window:
    """Uptime, as the API reports it, of a container that never answers and is killed for it.

    `stop` is the time from the kill to the end of the process (preStop and grace).
    """
    verdict = verdict_window(probe, failing_seconds)
    return Window(
        max(0.0, verdict.low + stop.low - TIMESTAMP_RESOLUTION_SECONDS),
        verdict.high + _VERDICT_TO_KILL_SECONDS + stop.high + TIMESTAMP_RESOLUTION_SECONDS,
    )


def detection_window(probe: Probe, failing_seconds: float) -> Window:
    """From the moment a container stops answering to the kill (kubelet.md 1.9)."""
    step = max(probe.period, failing_seconds)
    low = (probe.failures - 1) * step + failing_seconds
    return Window(low, low + probe.period + _VERDICT_TO_KILL_SECONDS)


def back_off_steps() -> Iterator[int]:
    """The waits before the second, third, ... restart: 10, 20, 40, 80, 160, 300, 300, ..."""
    step = BACK_OFF_BASE_SECONDS
    while True:
        yield step
        step = min(step * BACK_OFF_FACTOR, BACK_OFF_CAP_SECONDS)


def gap_window(back_off_seconds: int, version: KubernetesVersion | None) -> Window:
    """From an end to the next start, for a container that ended by itself with this back-off.

    0 is the first restart, which waits for nothing but its detection. An unknown version gives the
    window that covers both rules (kubelet.md 3.3).
    """
    seen = RELIST_SECONDS + SYNC_TICK_SECONDS
    if back_off_seconds == 0:
        return Window(0, seen + TIMESTAMP_RESOLUTION_SECONDS)
    at_expiry = min(back_off_seconds, _REQUEUE_MAX_SECONDS) * _REQUEUE_JITTER
    overshoot = {
        True: at_expiry + seen,
        False: _POLL_SECONDS + SYNC_TICK_SECONDS,
    }
    if version is None:
        extra = max(overshoot.values())
    else:
        extra = overshoot[behaviour_of(version).requeue_at_expiry]
    return Window(
        back_off_seconds - TIMESTAMP_RESOLUTION_SECONDS,
        back_off_seconds + extra + TIMESTAMP_RESOLUTION_SECONDS,
    )
