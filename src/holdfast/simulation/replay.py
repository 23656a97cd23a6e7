"""One replay of a scenario with one seed: the world in which controllers, nodes and pods meet.

Rules: whoever wants to know something watches; nothing here counts or tells. The same scenario and
seed give the same replay.
"""

from collections.abc import Callable

import msgspec

from holdfast.kubelet.outputs import PodFinished, PublishEvent, PublishStatus, RunProbe
from holdfast.model.node import Node
from holdfast.model.pod import Pod
from holdfast.model.timeline import Timeline
from holdfast.simulation.draw_timeline import TimelineDrawer
from holdfast.simulation.driver import Happening, Simulation
from holdfast.simulation.measure import Measured, Tally
from holdfast.simulation.narrate import Narrator
from holdfast.simulation.node import NodeWorld
from holdfast.simulation.node_pool import NodePool
from holdfast.simulation.owner import Owner
from holdfast.simulation.pod_run import PodRun
from holdfast.simulation.process import End, Process, Reply
from holdfast.simulation.requests import Loss, RequestMeter
from holdfast.simulation.scenario import Scenario, placed, run_name, workloads_of
from holdfast.simulation.streams import Streams
from holdfast.simulation.surroundings import Surroundings

# Old pods may still be ending when a rollout is complete.
_AFTERMATH_SECONDS = 60.0


class Replayed(msgspec.Struct, frozen=True):
    """What one replay came to; story and timeline only where they were asked for."""

    seed: int
    measured: Measured
    rollouts: tuple[float | None, ...]
    """How long each rollout took; None for one that was not complete at the end."""
    loss: Loss | None
    pending: int
    states: tuple[str, ...]
    story: tuple[str, ...] = ()
    left_out: int = 0
    timeline: Timeline | None = None


class Telling(msgspec.Struct, frozen=True):
    """How much of a replay is told."""

    lines: int = 0
    seconds: float = 0.0
    restarts_only: bool = False
    """Neither events, and what is counted of them, nor the states in the end."""


def replay(scenario: Scenario, seed: int, telling: Telling | None = None) -> Replayed:
    """Let the scenario happen once."""
    return _World(scenario, seed, telling or Telling()).replay()


class _World:
    """Everything of one replay. The first owner is the one that is measured."""

    def __init__(self, scenario: Scenario, seed: int, telling: Telling) -> None:
        self._scenario = scenario
        self._seed = seed
        self._telling = telling
        self._draw = Streams(seed)
        # Tickers of the kubelet have a phase; where the pod comes in is chance.
        self._start = self._draw("phase")
        subject = scenario.subject
        self._tally = Tally(subject.replicas, self._start)
        self._narrator = Narrator(self._start, telling.lines)
        several = subject.replicas > 1 or scenario.neighbours or scenario.rollouts
        self._drawer = TimelineDrawer(self._start, telling.seconds, pod_names=bool(several))
        self._meter: RequestMeter | None = None
        if scenario.workload.traffic.per_second:
            self._meter = RequestMeter(scenario.workload.traffic, self._draw, self._start)
        self._simulation = Simulation(
            self._draw,
            self._watch,
            latency=scenario.latency,
            surroundings=self._surroundings(),
            start=self._start,
            tells_probes=bool(telling.lines or telling.seconds or self._meter),
            tells_events=not telling.restarts_only,
        )
        nodes = [self._node(node) for node in scenario.nodes]
        self._nodes = NodePool(nodes) if nodes else None
        self._owners = [
            Owner(one, workloads_of(scenario, one), self) for one in (subject, *scenario.neighbours)
        ]
        self._owner_of: dict[str, Owner] = {}
        self._serving = scenario.workload.traffic.container or subject.pod.spec.containers[0].name
        self._born: dict[str, Process] = {}
        self._ending: set[str] = set()

    def replay(self) -> Replayed:
        """Run it to its end."""
        end = self._start + self._scenario.seconds
        if self._nodes is not None:
            self._nodes.begin()
        for owner in self._owners:
            owner.controller.begin()
        measured = self._owners[0].controller
        for time in self._scenario.rollouts:
            self._simulation.at(self._start + time, measured.roll_out)
        self._simulation.run(end)
        self._tally.count(self._simulation.untold)
        told = () if self._telling.restarts_only else self._owners
        return Replayed(
            self._seed,
            self._tally.finish(end),
            tuple(done - began if done else None for began, done in measured.rollouts),
            self._loss(end),
            sum(pod.run is None for pod in measured.pods),
            tuple(state for owner in told for state in owner.states()),
            tuple(self._narrator.lines),
            self._narrator.left_out,
            self._drawer.finish() if self._telling.seconds else None,
        )

    # What owners can do

    @property
    def now(self) -> float:
        """The time of the world."""
        return self._simulation.now

    def at(self, time: float, action: Callable[..., None]) -> None:
        """Do something at a time."""
        self._simulation.at(time, action)

    def admit(self, owner: Owner, pod: Pod) -> PodRun | None:
        """Bring a pod to the node that the scheduler chooses; None while there is none."""
        name = run_name(pod)
        self._owner_of[name] = owner
        node = None
        if self._nodes is not None:
            node = self._nodes.place(pod)
            if node is None:
                return None
            pod = placed(pod, node.node.metadata.name)
        if owner is self._owners[0]:
            self._tally.create(name, self.now)
        self._ending.discard(pod.metadata.uid)
        run = self._simulation.add_pod(
            pod,
            self._scenario.behaviour,
            owner.workloads,
            surroundings=node.surroundings if node is not None else None,
        )
        if node is not None:
            node.runs.append(run)
        return run

    def remove(self, owner: Owner, run: PodRun) -> None:
        """Delete a pod with the grace of its spec."""
        self._ending.add(run.pod.metadata.uid)
        self._narrator.say(self.now, run.pod.metadata.name, "delete")
        if owner is self._owners[0]:
            self._tally.delete(run.name, self.now)
            self._show(run, ready=owner.is_ready(run))
        self._simulation.delete(run, float(run.pod.spec.grace_seconds))

    def refusal(self, pod: Pod) -> str:
        """Why a pod has no node, or ""."""
        return self._nodes.refusal(pod) if self._nodes is not None else ""

    # What happens

    def _watch(self, happening: Happening) -> None:
        """Pass on what happens to everybody who wants to know."""
        if self._telling.lines:
            self._narrator.watch(happening)
        if self._telling.seconds:
            self._drawer.watch(happening)
        if self._meter is None and isinstance(happening.what, RunProbe | Reply):
            self._tally.count(1)
            return
        owner = self._owner_of.get(happening.pod)
        if owner is None:
            return
        if owner is self._owners[0]:
            self._tally.watch(happening)
        if self._meter is None and isinstance(happening.what, PublishEvent):
            # Nothing that an owner acts on.
            return
        run = self._simulation.pods.get(happening.pod)
        if run is not None:
            self._hear(owner, run, happening)

    def _hear(self, owner: Owner, run: PodRun, happening: Happening) -> None:
        """Tell the owner, and whoever sends requests to it."""
        what = happening.what
        measured = owner is self._owners[0]
        if self._meter is not None and measured:
            self._serve(self._meter, run, happening)
        if isinstance(what, PublishStatus):
            owner.last[run.pod.metadata.uid] = what
            if measured:
                self._show(run, ready=what.is_ready)
            owner.controller.seen(run, ready=what.is_ready)
        elif isinstance(what, PodFinished):
            if measured:
                self._show(run, ready=False)
            owner.controller.ended(run)

    def _serve(self, meter: RequestMeter, run: PodRun, happening: Happening) -> None:
        if isinstance(happening.what, End):
            if happening.container == self._serving:
                meter.died(run.name, happening.at)
            return
        process = run.processes.get(self._serving)
        if process is not None and self._born.get(run.name) is not process:
            self._born[run.name] = process
            meter.born(run.name, process)

    def _show(self, run: PodRun, *, ready: bool) -> None:
        if self._meter is not None:
            ending = run.pod.metadata.uid in self._ending
            state = ("ending" if ending else "ready") if ready else "gone"
            self._meter.show(run.name, state, self.now)

    def _node(self, node: Node) -> NodeWorld:
        surroundings = self._surroundings()
        behaviour = self._scenario.behaviour
        world = NodeWorld(node, surroundings, self._simulation, behaviour, self._watch)
        surroundings.cores = world.cores
        return world

    def _surroundings(self) -> Surroundings:
        scenario = self._scenario
        return Surroundings(
            dependencies=scenario.workload.dependencies,
            behaviour=scenario.behaviour,
            cgroup_v1=scenario.cgroup_v1,
            horizon=self._start + scenario.seconds,
        )

    def _loss(self, end: float) -> Loss | None:
        """Of all rollouts, each until a minute after it; without any, from the first readiness."""
        if self._meter is None:
            return None
        windows = [
            (began, min((done or end) + _AFTERMATH_SECONDS, end))
            for began, done in self._owners[0].controller.rollouts
        ]
        if not windows:
            ready = self._tally.first_ready
            windows = [(end if ready is None else self._start + ready, end)]
        parts = [self._meter.loss(*window) for window in windows]
        return Loss(
            sum(part.sent for part in parts),
            sum(part.refused for part in parts),
            sum(part.cut for part in parts),
        )
