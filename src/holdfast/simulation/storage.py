"""What a pod writes to its node's disk, and when the kubelet finds that it is too much.

Rules: the eviction manager looks every ten seconds (kubelet.md 6.4), and what it sees is as old as
its sources: the runtime measures writable layers every ten seconds, the kubelet walks through
emptyDirs every one to two minutes. A layer goes with its container, an emptyDir stays. Passes that
would find nothing are not made: files only grow while no process starts or ends.
"""

from bisect import bisect_right
from collections.abc import Mapping
from math import ceil, floor, inf
from typing import TYPE_CHECKING

from holdfast.kubelet.behaviour import Behaviour
from holdfast.kubelet.eviction import MONITORING_SECONDS, hard_grace_seconds, storage_excess
from holdfast.simulation.chance import key_of, share
from holdfast.simulation.consumption import Files
from holdfast.simulation.memory_curve import grown
from holdfast.simulation.pod_run import PodRun
from holdfast.simulation.process import Process
from holdfast.simulation.workload import ContainerWorkload

if TYPE_CHECKING:
    from holdfast.simulation.driver import Simulation

# containerd internal/cri/config: stats_collect_period
_LAYER_SECONDS = 10.0
# pkg/kubelet/apis/config/v1beta1/defaults.go: volumeStatsAggPeriod. The first walk comes within it,
# each later one after it and up to once more of it (pkg/kubelet/server/stats,
# volume_stat_calculator.go: wait.JitterUntil with a factor of 1).
_WALK_SECONDS = 60.0
# Purposes of chance; process.py has up to 22.
_RATE, _WALK = 23, 24


def writes(workloads: Mapping[str, ContainerWorkload]) -> bool:
    """Whether any container of a pod writes at all."""
    return any(
        work.disk.empty_dirs or work.disk.layer.growth or work.disk.layer.start.amount
        for work in workloads.values()
    )


class StorageWatch:
    """The files of one pod, and the kubelet's look at them."""

    def __init__(self, run: PodRun, kubelet: Behaviour, simulation: "Simulation") -> None:
        """The kubelet hears of the pod now."""
        self._run = run
        self._grace_seconds = float(hard_grace_seconds(kubelet))
        self._simulation = simulation
        draw = run.draw
        self._pass_phase = MONITORING_SECONDS * draw("eviction pass")
        self._layer_phase = _LAYER_SECONDS * draw("layer statistics")
        self._key = key_of(draw("volume statistics"))
        self._walks = [simulation.now + _WALK_SECONDS * share(self._key, _WALK, 0)]
        self._left: dict[tuple[str, str], list[tuple[float, float]]] = {}
        """By container and emptyDir: when a life ended, and what it had added until then."""
        self._due: float = inf

    def started(self) -> None:
        """A process has started."""
        self._expect()

    def ended(self, container: str, process: Process) -> None:
        """A process has ended: what it added to emptyDirs stays."""
        now = self._simulation.now
        for number, (volume, files) in enumerate(process.workload.disk.empty_dirs.items()):
            added = _grown(process, files, number + 1, now)
            self._left.setdefault((container, volume), []).append((now, added))
        self._expect()

    def used(self, now: float) -> tuple[dict[str, int], dict[str, int]]:
        """Bytes by container and by emptyDir at this moment."""
        return self._layers(now), self._volumes(now)

    def _expect(self) -> None:
        """Find the pass that will be too much for the kubelet, from what runs now."""
        self._due = self._next_excess(self._simulation.now)
        if self._due < inf:
            self._simulation.at(self._due, self._look, self._due)

    def _look(self, due: float) -> None:
        message = self._excess(due)
        if due == self._due and message is not None:
            self._simulation.end(self._run, "Evicted", message, self._grace_seconds)

    def _excess(self, at: float) -> str | None:
        """What a pass at that moment finds, with the eyes of its sources."""
        measured = at - (at - self._layer_phase) % _LAYER_SECONDS
        return storage_excess(
            self._run.pod, self._layers(measured), self._volumes(self._last_walk(at))
        )

    def _next_excess(self, now: float) -> float:
        """The first pass from now on that finds too much; infinite when none ever does."""
        first = ceil((now - self._pass_phase) / MONITORING_SECONDS)

        def at(number: int) -> float:
            return self._pass_phase + (first + number) * MONITORING_SECONDS

        last = int((self._run.surroundings.horizon - at(0)) / MONITORING_SECONDS)
        high = 1
        while self._excess(at(high)) is None:
            if high > last:
                return inf
            high *= 2
        low = high // 2
        while low < high:
            middle = (low + high) // 2
            if self._excess(at(middle)) is None:
                low = middle + 1
            else:
                high = middle
        return at(low)

    def _layers(self, at: float) -> dict[str, int]:
        found = {}
        for name, process in self._run.processes.items():
            if process.started_at <= at:
                found[name] = _size(process.workload.disk.layer, _layer(process, at))
        return found

    def _volumes(self, at: float) -> dict[str, int]:
        found: dict[str, int] = {}
        for name, work in self._run.workloads.items():
            for number, (volume, files) in enumerate(work.disk.empty_dirs.items()):
                left = [added for end, added in self._left.get((name, volume), ()) if end <= at]
                process = self._run.processes.get(name)
                runs = process is not None and process.started_at <= at
                if not left and not runs:
                    continue
                present = _grown(process, files, number + 1, at) if runs and process else 0.0
                found[volume] = found.get(volume, 0) + _size(files, sum(left) + present)
        return found

    def _last_walk(self, at: float) -> float:
        """When emptyDirs were measured last; never yet is before everything."""
        walks = self._walks
        while walks[-1] <= at:
            gap = _WALK_SECONDS * (1.0 + share(self._key, _WALK, len(walks)))
            walks.append(walks[-1] + gap)
        number = bisect_right(walks, at)
        return walks[number - 1] if number else -inf


def _layer(process: Process, at: float) -> float:
    return _grown(process, process.workload.disk.layer, 0, at)


def _grown(process: Process, files: Files, number: int, at: float) -> float:
    if files.growth is None:
        return 0.0
    rate = files.growth.rate.at(share(process.key, _RATE, number))
    return grown(files.growth, rate, at - process.started_at)


def _size(files: Files, added: float) -> int:
    most = float(files.most.amount) if files.most is not None else inf
    return floor(min(float(files.start.amount) + added, most, 2.0**62))
