"""Nodes whose pods share memory, disk and processors: pressure, evictions, kills, contention.

Rules: the kubelet looks at memory and disk every ten seconds and evicts one pod per pass
(kubelet.md 6.4); the kernel looks at every moment, and kills by oom_score_adj when no memory is
left (6.2). Processors are shared by weight among those who want them. What the system itself uses
is given and constant. Images lie on the same disk, as they do by default, so that the higher of
both thresholds counts; there are no unused ones that could be deleted first. Process ids are never
short: no threshold for them is set by default.
"""

from collections.abc import Iterable
from fractions import Fraction
from math import inf

import msgspec

from holdfast.kubelet import wording
from holdfast.kubelet.behaviour import Behaviour
from holdfast.kubelet.cgroups import PAGE_BYTES, cpu_shares
from holdfast.kubelet.eviction import (
    CLEANUP_SECONDS,
    HARD_DEFAULTS,
    MONITORING_SECONDS,
    TRANSITION_SECONDS,
    Pressure,
    Usage,
    hard_grace_seconds,
    is_met,
    message,
    refused_under_pressure,
    threshold_amount,
    victim,
)
from holdfast.kubelet.outputs import PublishEvent
from holdfast.kubelet.qos import CPU, STORAGE, oom_score_adj, requests_of
from holdfast.model.container import Container
from holdfast.model.node import Node
from holdfast.model.pod import Pod
from holdfast.model.quantity import Quantity, canonical, read_quantity
from holdfast.simulation.cpu_share import fair_share
from holdfast.simulation.driver import Happening, Simulation, Watch
from holdfast.simulation.pod_run import PodRun
from holdfast.simulation.process import Process
from holdfast.simulation.surroundings import Surroundings

# What an operating system, a container runtime and a kubelet need: an assumption, told in reports.
SYSTEM_BYTES = 500 * 1024 * 1024
_THRESHOLDS = {
    Pressure.MEMORY: HARD_DEFAULTS["memory.available"],
    Pressure.DISK: HARD_DEFAULTS["imagefs.available"],
}
# What is held back of the disk's allocatable amount.
_DISK_RESERVE = HARD_DEFAULTS["nodefs.available"]
_PRECISION = 0.01


class NodeWorld(msgspec.Struct):
    """One node and the pods that were placed on it."""

    node: Node
    surroundings: Surroundings
    simulation: Simulation
    behaviour: Behaviour
    watch: Watch
    runs: list[PodRun] = msgspec.field(default_factory=list)
    evicting: PodRun | None = None
    evicting_since: float = -inf
    pressed_at: dict[Pressure, float] = msgspec.field(default_factory=dict)
    kill_due: float = inf

    def begin(self) -> None:
        """Look from now on."""
        self.surroundings.grant = self.grant
        self.simulation.at(self.simulation.now + MONITORING_SECONDS, self._monitor)

    @property
    def capacity_bytes(self) -> int:
        """All memory."""
        return self._capacity("memory")

    @property
    def disk_bytes(self) -> int:
        """The whole disk; 0 where its size is not known, and then it never runs short."""
        return self._capacity(STORAGE)

    @property
    def cores(self) -> float:
        """All processors."""
        status = self.node.status
        quantity = read_quantity((status.capacity or status.allocatable or {}).get("cpu"))
        return float(quantity.amount) if quantity is not None else inf

    @property
    def system_bytes(self) -> int:
        """What is in use beside the pods: what is reserved, at least an assumption."""
        allocatable = read_quantity((self.node.status.allocatable or {}).get("memory"))
        held_back = Quantity.parse(_THRESHOLDS[Pressure.MEMORY]).bytes
        reserved = 0
        if allocatable is not None:
            reserved = self.capacity_bytes - allocatable.bytes - held_back
        return max(reserved, min(SYSTEM_BYTES, self.capacity_bytes // 4))

    @property
    def pressures(self) -> tuple[Pressure, ...]:
        """What the node's conditions say: they stay for minutes after the last observation."""
        now = self.simulation.now
        return tuple(one for one, at in self.pressed_at.items() if now - at < TRANSITION_SECONDS)

    def refuses(self, pod: Pod) -> str | None:
        """Why the kubelet does not admit a pod now, or None."""
        return refused_under_pressure(pod, self.pressures)

    def used_bytes(self, now: float) -> float:
        """All memory in use, the system's included."""
        return self.system_bytes + sum(process.memory_at(now) for _, process in self._processes())

    def used_disk_bytes(self, now: float) -> int:
        """All that pods have written, and what is reserved for the system."""
        allocatable = read_quantity((self.node.status.allocatable or {}).get(STORAGE))
        reserved = 0
        if allocatable is not None:
            whole = Fraction(self.disk_bytes)
            held_back = int(threshold_amount(_DISK_RESERVE, whole))
            reserved = max(0, self.disk_bytes - allocatable.bytes - held_back)
        return reserved + sum(sum(_written(run, now).values()) for run in self.runs)

    def grant(self, container: Container, own: Process | None = None) -> float:
        """The cores that a process of a container gets at most beside all others."""
        others = [
            (
                _weight(process.spec),
                min(process.demand_at(self._age(process)), _limit(process.spec)),
            )
            for _, process in self._processes()
            if process is not own
        ]
        return fair_share(self.cores, _weight(container), others)

    def _capacity(self, resource: str) -> int:
        status = self.node.status
        quantity = read_quantity((status.capacity or status.allocatable or {}).get(resource))
        return quantity.bytes if quantity is not None else 0

    def _age(self, process: Process) -> float:
        return self.simulation.now - process.started_at

    def _processes(self) -> Iterable[tuple[PodRun, Process]]:
        for run in self.runs:
            for process in run.processes.values():
                yield run, process

    def _monitor(self) -> None:
        """One pass of the kubelet; the kernel is asked for the time until the next."""
        now = self.simulation.now
        self.runs = [run for run in self.runs if not run.machine.state.finished]
        self._share_processors()
        self._evict(now)
        self._expect_kill(now)
        self.simulation.at(now + MONITORING_SECONDS, self._monitor)

    def _share_processors(self) -> None:
        contended = False
        for _, process in self._processes():
            own = _limit(process.spec)
            granted = self.grant(process.spec, process)
            contended = contended or granted < min(own, self.cores)
            process.cores = min(own, self.cores, granted)
        if contended or self.surroundings.shared_cpu:
            for run in self.runs:
                run.forget_answers()
        self.surroundings.shared_cpu = contended

    def _evict(self, now: float) -> None:
        """Memory comes first where both run short; one pod leaves per pass."""
        available = {
            Pressure.MEMORY: self.capacity_bytes - _pages(self.used_bytes(now)),
            Pressure.DISK: self.disk_bytes - self.used_disk_bytes(now),
        }
        whole = {Pressure.MEMORY: self.capacity_bytes, Pressure.DISK: self.disk_bytes}
        short = [
            one
            for one, threshold in _THRESHOLDS.items()
            if whole[one] and is_met(threshold, Fraction(available[one]), Fraction(whole[one]))
        ]
        for pressure in short:
            if self.pressed_at.get(pressure, -inf) < now - MONITORING_SECONDS - 1:
                text = wording.threshold_met(pressure.resource)
                self._tell("EvictionThresholdMet", text)
            self.pressed_at[pressure] = now
        if not short or self._is_cleaning(now):
            return
        pressure = short[0]
        chosen = victim(pressure, [self._usage(run, pressure, now) for run in self.runs])
        if chosen is None:
            return
        run = next(one for one in self.runs if one.pod is chosen.pod)
        left = max(Fraction(available[pressure]), Fraction(0))
        threshold = threshold_amount(_THRESHOLDS[pressure], Fraction(whole[pressure]))
        text = message(pressure, chosen, canonical(Quantity(threshold), binary=True), left)
        self.evicting, self.evicting_since = run, now
        grace = float(hard_grace_seconds(self.behaviour))
        self.simulation.end(run, "Evicted", text, grace, disrupted=True)

    def _is_cleaning(self, now: float) -> bool:
        run = self.evicting
        if run is None or run.machine.state.finished:
            return False
        return now - self.evicting_since < CLEANUP_SECONDS

    def _usage(self, run: PodRun, pressure: Pressure, now: float) -> Usage:
        if pressure is Pressure.DISK:
            written = _written(run, now)
            return Usage(run.pod, disk_bytes=sum(written.values()), containers=written)
        used = {name: _pages(process.memory_at(now)) for name, process in run.processes.items()}
        return Usage(run.pod, memory_bytes=sum(used.values()), containers=used)

    def _expect_kill(self, now: float) -> None:
        """Find the moment before the next pass at which memory runs out."""
        end = now + MONITORING_SECONDS
        if self.kill_due > now and self.kill_due < inf:
            return
        if self.used_bytes(end) < self.capacity_bytes:
            self.kill_due = inf
            return
        low, high = now, end
        while high - low > _PRECISION:
            middle = (low + high) / 2.0
            if self.used_bytes(middle) >= self.capacity_bytes:
                high = middle
            else:
                low = middle
        self.kill_due = high
        self.simulation.at(high, self._kill)

    def _kill(self) -> None:
        """The kernel ends the process with the highest score, if memory is still out."""
        now = self.simulation.now
        self.kill_due = inf
        if self.used_bytes(now) < self.capacity_bytes:
            return
        found = max(
            self._processes(), key=lambda pair: self._score(pair[0], pair[1], now), default=None
        )
        if found is None:
            return
        run, process = found
        self._tell("SystemOOM", wording.system_oom(process.spec.name, 1))
        self.simulation.kill_for_memory(run, process.spec.name)
        self.simulation.at(now + 0.1, self._expect_kill, now + 0.1)

    def _score(self, run: PodRun, process: Process, now: float) -> float:
        """mm/oom_kill.c oom_badness: pages in use, shifted by thousandths of all memory."""
        adjusted = oom_score_adj(run.pod, process.spec, self.capacity_bytes)
        return process.memory_at(now) + adjusted * self.capacity_bytes / 1000

    def _tell(self, reason: str, text: str) -> None:
        """An event about the node."""
        self.watch(Happening(self.simulation.now, "", PublishEvent(reason, "Warning", text)))


def _pages(size: float) -> int:
    """Bytes in whole pages, as cgroups count."""
    return int(size) // PAGE_BYTES * PAGE_BYTES


def _written(run: PodRun, now: float) -> dict[str, int]:
    """Bytes on the disk by container, and those of emptyDirs by the name of the volume."""
    if run.storage is None or run.machine.state.finished:
        return {}
    layers, volumes = run.storage.used(now)
    return {**{f"emptyDir {name}": size for name, size in volumes.items()}, **layers}


def _weight(container: Container) -> float:
    millicores = Quantity(requests_of(container).get(CPU, Fraction(0))).millicores
    return float(cpu_shares(millicores))


def _limit(container: Container) -> float:
    limit = read_quantity(container.limit("cpu"))
    return float(limit.amount) if limit is not None and limit.amount else inf
