"""One replay of a scenario with one seed: the world in which controllers, nodes and pods meet.

Rules: whoever wants to know something watches; nothing here counts or tells. The same scenario and
seed give the same replay.
"""

from collections.abc import Callable, Iterator

import msgspec

from holdfast.kubelet.outputs import PodFinished, PublishEvent, PublishStatus
from holdfast.model.container import ContainerStatus
from holdfast.model.node import Node, Taint
from holdfast.model.pod import Pod, PodStatus
from holdfast.model.timeline import Timeline
from holdfast.simulation.controller import Controller
from holdfast.simulation.draw_timeline import TimelineDrawer
from holdfast.simulation.driver import Happening, Simulation
from holdfast.simulation.fit import fit
from holdfast.simulation.measure import Measured, Tally
from holdfast.simulation.narrate import Narrator
from holdfast.simulation.node import NodeWorld
from holdfast.simulation.pod_run import PodRun
from holdfast.simulation.process import End, Process
from holdfast.simulation.requests import Loss, RequestMeter
from holdfast.simulation.scenario import Scenario, placed, workloads_of
from holdfast.simulation.streams import Streams
from holdfast.simulation.surroundings import Surroundings

# A pod that no node takes is tried again when something changed, at least this often
# (pkg/scheduler: backoff of up to 10 s, flush of unschedulable pods every 5 min).
_RETRY_SECONDS = 10.0
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


def replay(scenario: Scenario, seed: int, telling: Telling | None = None) -> Replayed:
    """Let the scenario happen once."""
    return _World(scenario, seed, telling or Telling()).replay()


class _World:
    """Everything of one replay."""

    def __init__(self, scenario: Scenario, seed: int, telling: Telling) -> None:
        self._scenario = scenario
        self._seed = seed
        self._telling = telling
        self._draw = Streams(seed)
        # Tickers of the kubelet have a phase; where the pod comes in is chance.
        self._start = self._draw("phase")
        subject = scenario.subject
        self._simulation = Simulation(
            self._draw,
            self._watch,
            latency=scenario.latency,
            surroundings=self._surroundings(),
            start=self._start,
        )
        self._tally = Tally(subject.replicas, self._start)
        self._narrator = Narrator(self._start, telling.lines)
        self._drawer = TimelineDrawer(
            self._start, telling.seconds, pod_names=subject.replicas > 1 or bool(scenario.rollouts)
        )
        self._meter: RequestMeter | None = None
        if scenario.workload.traffic.per_second:
            self._meter = RequestMeter(scenario.workload.traffic, self._draw, self._start)
        self._nodes = [self._node(node) for node in scenario.nodes]
        self._controller = Controller(subject, self)
        self._workloads = workloads_of(scenario)
        self._serving = scenario.workload.traffic.container or subject.pod.spec.containers[0].name
        self._born: dict[str, Process] = {}
        self._refused: dict[str, str] = {}
        self._ending: set[str] = set()
        self._last: dict[str, PublishStatus] = {}

    def replay(self) -> Replayed:
        """Run it to its end."""
        end = self._start + self._scenario.seconds
        for node in self._nodes:
            node.begin()
        self._controller.begin()
        for time in self._scenario.rollouts:
            self._simulation.at(self._start + time, self._controller.roll_out)
        self._simulation.run(end)
        return Replayed(
            self._seed,
            self._tally.finish(end),
            tuple(done - began if done else None for began, done in self._controller.rollouts),
            self._loss(end),
            sum(pod.run is None for pod in self._controller.pods),
            tuple(self._states()),
            tuple(self._narrator.lines),
            self._narrator.left_out,
            self._drawer.finish() if self._telling.seconds else None,
        )

    # What the controller can do

    @property
    def now(self) -> float:
        """The time of the world."""
        return self._simulation.now

    def at(self, time: float, action: Callable[..., None]) -> None:
        """Do something at a time."""
        self._simulation.at(time, action)

    def create(self, name: str) -> PodRun | None:
        """Create a pod on the node that the scheduler chooses; None while there is none."""
        pod = self._scenario.subject.pod_named(name)
        if not self._nodes:
            return self._admit(pod, None)
        node = self._place(pod)
        if node is None:
            self._simulation.at(self.now + _RETRY_SECONDS, self._controller.step)
            return None
        return self._admit(placed(pod, node.node.metadata.name), node)

    def delete(self, run: PodRun) -> None:
        """Delete a pod with the grace of its spec."""
        self._ending.add(run.pod.metadata.uid)
        self._narrator.say(self.now, run.pod.metadata.name, "delete")
        self._tally.delete(run.name, self.now)
        self._show(run, ready=self._is_ready(run))
        self._simulation.delete(run, float(run.pod.spec.grace_seconds))

    # What happens

    def _admit(self, pod: Pod, node: NodeWorld | None) -> PodRun:
        name = f"{pod.key.namespace}/{pod.metadata.name}"
        self._tally.create(name)
        self._ending.discard(pod.metadata.uid)
        self._refused.pop(name, None)
        run = self._simulation.add_pod(
            pod,
            self._scenario.behaviour,
            self._workloads,
            surroundings=node.surroundings if node is not None else None,
        )
        if node is not None:
            node.runs.append(run)
        return run

    def _watch(self, happening: Happening) -> None:
        """Pass on what happens to everybody who wants to know."""
        self._tally.watch(happening)
        if self._telling.lines:
            self._narrator.watch(happening)
        if self._telling.seconds:
            self._drawer.watch(happening)
        run = self._simulation.pods.get(happening.pod)
        if run is None:
            return
        what = happening.what
        if self._meter is not None:
            self._serve(self._meter, run, happening)
        if isinstance(what, PublishStatus):
            self._last[run.pod.metadata.uid] = what
            self._show(run, ready=what.is_ready)
            self._controller.seen(run, ready=what.is_ready)
        elif isinstance(what, PodFinished):
            self._show(run, ready=False)
            self._controller.ended(run)

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

    def _is_ready(self, run: PodRun) -> bool:
        shown = self._last.get(run.pod.metadata.uid)
        return shown is not None and shown.is_ready

    # Nodes

    def _node(self, node: Node) -> NodeWorld:
        surroundings = self._surroundings()
        behaviour = self._scenario.behaviour
        world = NodeWorld(node, surroundings, self._simulation, behaviour, self._watch)
        surroundings.cores = world.cores
        return world

    def _place(self, pod: Pod) -> NodeWorld | None:
        """Ask the scheduler; what it says to a pod that nobody takes is told once."""
        present = [run.pod for node in self._nodes for run in node.runs if not _is_over(run)]
        nodes = [_tainted(node.node) if node.refuses(pod) else node.node for node in self._nodes]
        placement = fit((*present, pod), nodes, self._scenario.behaviour).placements[0]
        if placement.node is not None:
            return next(n for n in self._nodes if n.node.metadata.name == placement.node)
        name = f"{pod.key.namespace}/{pod.metadata.name}"
        if self._refused.get(name) != placement.message:
            self._refused[name] = placement.message
            event = PublishEvent("FailedScheduling", "Warning", placement.message)
            self._watch(Happening(self.now, name, event))
        return None

    def _surroundings(self) -> Surroundings:
        scenario = self._scenario
        return Surroundings(
            dependencies=scenario.workload.dependencies,
            behaviour=scenario.behaviour,
            cgroup_v1=scenario.cgroup_v1,
            horizon=self._start + scenario.seconds,
        )

    # The end

    def _loss(self, end: float) -> Loss | None:
        """Of all rollouts, each until a minute after it; without any, from the first readiness."""
        if self._meter is None:
            return None
        windows = [
            (began, min((done or end) + _AFTERMATH_SECONDS, end))
            for began, done in self._controller.rollouts
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

    def _states(self) -> Iterator[str]:
        for pod in self._controller.pods:
            if pod.run is None:
                reason = self._refused.get(f"{self._scenario.subject.pod.key.namespace}/{pod.name}")
                yield f"{pod.name}: Pending" + (f", {reason}" if reason else "")
                continue
            shown = self._last.get(pod.run.pod.metadata.uid)
            if shown is not None:
                status = shown.status
                said = ", ".join(_described(container) for container in _statuses(status))
                reason = f" {status.reason}" if status.reason else ""
                yield f"{pod.name}: {status.phase}{reason}; {said}"


def _tainted(node: Node) -> Node:
    """The node as the scheduler sees it under memory pressure, for pods that do not tolerate it."""
    taint = Taint(key="node.kubernetes.io/memory-pressure", effect="NoSchedule")
    spec = msgspec.structs.replace(node.spec, taints=(*(node.spec.taints or ()), taint))
    return msgspec.structs.replace(node, spec=spec)


def _is_over(run: PodRun) -> bool:
    return run.machine.state.finished


def _statuses(status: PodStatus) -> Iterator[ContainerStatus]:
    yield from status.init_container_statuses or ()
    yield from status.container_statuses or ()


def _described(container: ContainerStatus) -> str:
    state = container.state
    if state.running is not None:
        said = "ready" if container.ready else "not ready"
    elif state.terminated is not None:
        said = state.terminated.reason
    else:
        said = state.waiting.reason if state.waiting is not None else "unknown"
    return f"{container.name} {said} ({container.restart_count} restarts)"
