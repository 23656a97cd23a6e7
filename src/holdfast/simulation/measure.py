"""What simulated pods did, in numbers: restarts, availability, time to ready.

Rules: everything is counted from published statuses and events, because that is what an operator
sees, as it happens: a trace of a day need not be kept.
"""

from collections import Counter

import msgspec

from holdfast.kubelet.outputs import PodFinished, PublishEvent, PublishStatus
from holdfast.simulation.driver import Happening
from holdfast.simulation.process import ChildKill, End

_CRASH_LOOP = "CrashLoopBackOff"


class Measured(msgspec.Struct, frozen=True):
    """One replay. Times are seconds since it began; None where it never happened."""

    seconds: float
    restarts: int
    first_restart: float | None
    last_restart: float | None
    time_to_ready: float | None
    """Until all pods were ready at once."""
    ready_at_end: bool
    """Whether all wanted pods are ready in the end."""
    ready_since: float | None
    """Since when they have been, without a break; None where they are not."""
    ready_share: float
    """Of the time that all wanted pods together could have been ready."""
    served_share: float
    """Of the time in which at least one pod was ready."""
    pod_seconds: float
    """How long pods existed, all of them together: a rollout has more than are wanted."""
    back_off_seconds: float
    """In CrashLoopBackOff, all containers together."""
    probe_failures: int
    evictions: int
    happenings: int
    """Everything that was watched: what the replay cost."""
    ends: dict[str, int]


class _PodTally(msgspec.Struct):
    """One pod, as far as its statuses told."""

    created_at: float
    gone: bool = False
    ready_since: float | None = None
    restarts: int = 0
    waiting_since: dict[str, float] = msgspec.field(default_factory=dict)
    deleted: bool = False


class Tally:
    """Counts what is watched; `wanted` is how many pods there should be."""

    def __init__(self, wanted: int, start: float) -> None:
        """Nothing has happened yet."""
        self._wanted = wanted
        self._start = start
        self._pods: dict[str, _PodTally] = {}
        self._ready = 0
        self._ready_seconds = 0.0
        self._served_seconds = 0.0
        self._served_since: float | None = None
        self._pod_seconds = 0.0
        self._back_off_seconds = 0.0
        self._restarts = 0
        self._first_restart: float | None = None
        self._last_restart: float | None = None
        self._all_ready: float | None = None
        self._ready_since: float | None = None
        self.first_ready: float | None = None
        self._probe_failures = 0
        self._evictions = 0
        self._happenings = 0
        self._ends: Counter[str] = Counter()

    def watch(self, happening: Happening) -> None:
        """Take one thing that happened."""
        self._happenings += 1
        what = happening.what
        if isinstance(what, PublishEvent):
            self._probe_failures += what.reason == "Unhealthy"
            self._evictions += what.reason == "Evicted"
        elif isinstance(what, PublishStatus):
            self._status(happening.pod, what, happening.at)
        elif isinstance(what, End):
            label = " OOMKilled" if what.oom else ""
            self._ends[f"{happening.container} {what.exit_code}{label}"] += 1
        elif isinstance(what, PodFinished):
            self._end(self._pods[happening.pod], happening.at)
        elif isinstance(what, ChildKill):
            self._ends[f"a child of {happening.container}"] += 1

    def count(self, happenings: int) -> None:
        """So much happened that changes no other number."""
        self._happenings += happenings

    def create(self, name: str, now: float) -> None:
        """A pod was created, perhaps after another one of the same name."""
        before = self._pods.get(name)
        if before is not None:
            self._end(before, now)
        self._pods[name] = _PodTally(now)

    def delete(self, name: str, now: float) -> None:
        """A pod was deleted: no Service counts on it any more, whatever its status says."""
        pod = self._pods.setdefault(name, _PodTally(self._start))
        pod.deleted = True
        self._set_ready(pod, now, ready=False)

    def finish(self, now: float) -> Measured:
        """The numbers; `now` is the end of the replay."""
        ready_at_end = self._ready >= self._wanted
        ready_since = self._ready_since
        for pod in self._pods.values():
            self._end(pod, now)
            self._set_ready(pod, now, ready=False)
        seconds = now - self._start
        return Measured(
            seconds,
            self._restarts,
            self._first_restart,
            self._last_restart,
            self._all_ready,
            ready_at_end,
            ready_since,
            min(1.0, self._ready_seconds / (seconds * max(self._wanted, 1))),
            self._served_seconds / seconds,
            self._pod_seconds,
            self._back_off_seconds,
            self._probe_failures,
            self._evictions,
            self._happenings,
            dict(sorted(self._ends.items())),
        )

    def _end(self, pod: _PodTally, now: float) -> None:
        """Nothing is counted of a pod any more."""
        if not pod.gone:
            pod.gone = True
            self._pod_seconds += now - pod.created_at
            self._back_off_seconds += sum(now - since for since in pod.waiting_since.values())
            pod.waiting_since.clear()

    def _status(self, name: str, shown: PublishStatus, now: float) -> None:
        pod = self._pods.setdefault(name, _PodTally(self._start))
        for view in shown.views:
            loops = view.waiting_reason == _CRASH_LOOP and not view.running
            if loops:
                pod.waiting_since.setdefault(view.name, now)
            elif view.name in pod.waiting_since:
                self._back_off_seconds += now - pod.waiting_since.pop(view.name)
        restarts = shown.restarts
        if restarts > pod.restarts:
            self._restarts += restarts - pod.restarts
            pod.restarts = restarts
            self._last_restart = now - self._start
            if self._first_restart is None:
                self._first_restart = self._last_restart
        self._set_ready(pod, now, ready=shown.is_ready and not pod.deleted)

    def _set_ready(self, pod: _PodTally, now: float, *, ready: bool) -> None:
        if ready and pod.ready_since is None:
            pod.ready_since = now
            self._ready += 1
            if self._served_since is None:
                self._served_since = now
            if self.first_ready is None:
                self.first_ready = now - self._start
            if self._ready >= self._wanted:
                if self._ready_since is None:
                    self._ready_since = now - self._start
                if self._all_ready is None:
                    self._all_ready = self._ready_since
        elif not ready and pod.ready_since is not None:
            self._ready_seconds += now - pod.ready_since
            pod.ready_since = None
            self._ready -= 1
            if self._ready < self._wanted:
                self._ready_since = None
            if not self._ready and self._served_since is not None:
                self._served_seconds += now - self._served_since
                self._served_since = None
