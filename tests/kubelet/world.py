"""Where a transcript is played: the few things that a story does to a pod, whoever drives it.

Rules: a `World` is all that the interpreter knows, so that the same story can be played in virtual
time here and by a driver of real processes elsewhere. Times are seconds of the story.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Protocol

from holdfast.kubelet.behaviour import NEWEST, Behaviour, behaviour_of
from holdfast.kubelet.inputs import Draw
from holdfast.kubelet.machine import PodMachine
from holdfast.model.pod import Pod
from holdfast.simulation.driver import Happening, Simulation
from holdfast.simulation.latency import IMMEDIATE, Latency
from holdfast.simulation.surroundings import Surroundings
from holdfast.simulation.workload import Workload

# The numbers that worked examples are told with (kubelet.md 15): delta is 0.5 s, nothing is
# jittered, sync ticks lie on whole seconds, an extra readiness probe reads the new status.
WORKED_EXAMPLE = {"relist": 0.5, "trigger race": 0.9, "coalesced updates": 0.9}


@dataclass
class Setting:
    """What is fixed before a story begins."""

    kubelet: Behaviour = field(default_factory=lambda: behaviour_of(NEWEST))
    kubelet_age: float = inf
    back_off_cap: float | None = None
    begin: float = 0.0
    latency: Latency = IMMEDIATE
    draws: dict[str, float] = field(default_factory=lambda: dict(WORKED_EXAMPLE))


class World(Protocol):
    """One node with one pod, on its way through time."""

    trace: list[Happening]

    @property
    def now(self) -> float:
        """The present moment of the story."""

    def add_pod(self, pod: Pod, workload: Workload) -> None:
        """The kubelet hears of the pod."""

    def run(self, until: float) -> None:
        """Time passes."""

    def delete(self, grace_seconds: float) -> None:
        """Somebody deletes the pod."""

    def end(self, reason: str, message: str, grace_seconds: float, *, disrupted: bool) -> None:
        """The kubelet ends the pod: eviction and the like."""

    def replace(self, pod: Pod) -> None:
        """Somebody changes the pod's spec."""

    def restart_kubelet(self) -> None:
        """The kubelet restarts, the processes go on."""

    @property
    def machine(self) -> PodMachine:
        """The machine of the pod."""


class VirtualWorld:
    """The world of the simulation: time jumps from one happening to the next."""

    def __init__(self, setting: Setting, draw: Draw | None = None) -> None:
        """`draw` stands for chance; without it, everything takes what the setting says."""
        self.trace: list[Happening] = []
        self._setting = setting
        self._draw = draw if draw is not None else fixed(setting.draws)
        self._simulation: Simulation | None = None

    @property
    def now(self) -> float:
        """The present moment of the story."""
        return self._simulation.now if self._simulation else self._setting.begin

    def add_pod(self, pod: Pod, workload: Workload) -> None:
        """The kubelet hears of the pod."""
        setting = self._setting
        self._simulation = self.simulate(setting, self._draw)
        self._run = self._simulation.add_pod(
            pod,
            setting.kubelet,
            workload.containers,
            kubelet_started_at=setting.begin - setting.kubelet_age,
            back_off_cap_seconds=setting.back_off_cap,
            surroundings=Surroundings(workload.dependencies, setting.kubelet),
        )

    def simulate(self, setting: Setting, draw: Draw) -> Simulation:
        """The simulation of the story, which begins now."""
        return Simulation(
            draw,
            self.trace.append,
            latency=setting.latency,
            # Every probe is asked, so that stories can tell of all of them.
            skips=False,
            start=setting.begin,
        )

    def run(self, until: float) -> None:
        """Time passes."""
        self._there.run(until)

    def delete(self, grace_seconds: float) -> None:
        """Somebody deletes the pod."""
        self._there.delete(self._run, grace_seconds)

    def end(self, reason: str, message: str, grace_seconds: float, *, disrupted: bool) -> None:
        """The kubelet ends the pod: eviction and the like."""
        self._there.end(self._run, reason, message, grace_seconds, disrupted=disrupted)

    def replace(self, pod: Pod) -> None:
        """Somebody changes the pod's spec."""
        self._there.replace(self._run, pod)

    def restart_kubelet(self) -> None:
        """The kubelet restarts, the processes go on."""
        self._there.restart_kubelet()

    @property
    def machine(self) -> PodMachine:
        """The machine of the pod."""
        return self._run.machine

    @property
    def _there(self) -> Simulation:
        if self._simulation is None:
            raise ValueError("the story has no pod yet")
        return self._simulation


def fixed(draws: Mapping[str, float]) -> Draw:
    """Answers as the table says, 0 for all other purposes."""
    return lambda purpose: draws.get(purpose, 0.0)
