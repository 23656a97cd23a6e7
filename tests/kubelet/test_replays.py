"""What holds for every replay: pods of any shape, processes of any temper, any version."""

from typing import NamedTuple

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kubelet.random_pods import behaviours, pods, workloads

from holdfast.kubelet.behaviour import NEWEST, Behaviour, behaviour_of
from holdfast.kubelet.inputs import HookKind
from holdfast.kubelet.outputs import PublishStatus, RunHook, RunProbe, SendSignal
from holdfast.model.container import Container, HttpGetAction, Probe
from holdfast.model.duration import Duration
from holdfast.model.metadata import Metadata
from holdfast.model.pod import Pod, PodSpec
from holdfast.simulation.distribution import constant, log_normal, uniform
from holdfast.simulation.driver import Happening, Simulation
from holdfast.simulation.latency import IMMEDIATE, Latency
from holdfast.simulation.process import End, Reply
from holdfast.simulation.streams import Streams
from holdfast.simulation.surroundings import Surroundings
from holdfast.simulation.workload import Answer, ContainerWorkload, Exit

Workloads = dict[str, ContainerWorkload]
_NAMES = ("app0", "app1", "init0", "init1", "sidecar0", "sidecar1")
_SECONDS = 300.0
_LONG_SECONDS = 2400.0


class Case(NamedTuple):
    """One pod under one kubelet; perhaps somebody deletes it."""

    pod: Pod
    kubelet: Behaviour
    work: Workloads
    seed: int
    latency: Latency
    deleted_at: float | None


@st.composite
def all_workloads(draw: st.DrawFn) -> Workloads:
    """A process for every container that a random pod may have."""
    found = {name: draw(workloads()) for name in _NAMES if draw(st.booleans())}
    # Init containers that never end make for dull pods.
    for name in ("init0", "init1"):
        if name in found and not found[name].exits:
            del found[name]
    return found


def _replay(case: Case, *, skips: bool = True, seconds: float = _SECONDS) -> list[Happening]:
    trace: list[Happening] = []
    world = Simulation(
        Streams(case.seed),
        trace.append,
        latency=case.latency,
        surroundings=Surroundings(behaviour=case.kubelet),
        skips=skips,
    )
    run = world.add_pod(case.pod, case.kubelet, case.work)
    if case.deleted_at is not None:
        world.at(case.deleted_at, world.delete, run, float(case.pod.spec.grace_seconds))
    world.run(seconds)
    return trace


CASES = st.builds(
    Case,
    pods(),
    behaviours(),
    all_workloads(),
    st.integers(0, 10**6),
    st.sampled_from((Latency(), IMMEDIATE)),
    st.none() | st.floats(0.0, 200.0),
)


@settings(max_examples=60, deadline=None)
@given(CASES)
def test_passing_over_probes_changes_nothing(case: Case) -> None:
    """A skipped replay and a full one are equal in every status, event, signal, start and end."""
    skipped, full = (_replay(case, skips=skips) for skips in (True, False))

    assert _told(skipped) == _told(full)


@st.composite
def long_cases(draw: st.DrawFn) -> Case:
    """Containers that stay not ready for long, back off for minutes, or answer late at times."""
    names = ("app0", "app1")[: draw(st.integers(1, 2))]
    period = st.sampled_from((1, 3, 5, 10, 40))
    path = st.sampled_from(("/ready", "/live"))

    def probe() -> Probe:
        every = draw(period)
        timeout = draw(st.sampled_from([t for t in (1, 2, 9) if t <= every]))
        action = HttpGetAction(port=80, path=draw(path))
        failures = draw(st.integers(1, 4))
        return Probe(
            http_get=action, period_seconds=every, timeout_seconds=timeout,
            failure_threshold=failures,
        )  # fmt: skip

    apps = tuple(
        Container(
            name=name, image="app:1", readiness_probe=probe(),
            liveness_probe=probe() if draw(st.booleans()) else None,
        )
        for name in names
    )  # fmt: skip
    work = {}
    for name in names:
        begin = Duration(draw(st.sampled_from((0.0, 30.0, 700.0))))
        end = draw(st.none() | st.sampled_from((1500.0, 2000.0)).map(Duration))
        failing = Answer(begin=begin, end=end, code=503)
        work[name] = ContainerWorkload(
            answers={"/ready": (failing,), "/live": (Answer(),)},
            latency=draw(st.sampled_from((constant(0.01), uniform(0.0, 1.2), log_normal(0.1, 1)))),
            exits=draw(st.sampled_from(((), (), (Exit(after=uniform(1.0, 40.0)),)))),
        )
    pod = Pod(metadata=Metadata(name="web", uid="u"), spec=PodSpec(containers=apps))
    latency = draw(st.sampled_from((Latency(), IMMEDIATE)))
    return Case(pod, draw(behaviours()), work, draw(st.integers(0, 10**6)), latency, None)


@settings(max_examples=60, deadline=None)
@given(long_cases())
def test_passing_over_failures_and_back_offs_changes_nothing(case: Case) -> None:
    """The same over most of an hour: also how often an event was held back, which its count tells.

    Failing readiness probes draw extra ones at each sync, and the recorder sends one event of many.
    """
    skipped, full = (_replay(case, skips=skips, seconds=_LONG_SECONDS) for skips in (True, False))

    assert _told(skipped) == _told(full)


def _replay_together(cases: list[Case], *, skips: bool) -> list[Happening]:
    """Pods side by side; one that is deleted goes because another one has become ready."""
    trace: list[Happening] = []

    def watch(happening: Happening) -> None:
        trace.append(happening)
        what = happening.what
        if isinstance(what, PublishStatus) and what.is_ready and happening.pod != victim.name:
            # As an owner does in a rollout: a moment after what it saw.
            world.at(happening.at + 0.1, world.delete, victim, 5.0)

    world = Simulation(Streams(cases[0].seed), watch, skips=skips, latency=cases[0].latency)
    for number, case in enumerate(cases):
        metadata = msgspec.structs.replace(case.pod.metadata, name=f"web-{number}")
        pod = msgspec.structs.replace(case.pod, metadata=metadata)
        victim = world.add_pod(pod, case.kubelet, case.work)
    world.run(_LONG_SECONDS / 2)
    return trace


@settings(max_examples=40, deadline=None)
@given(st.lists(long_cases(), min_size=2, max_size=3))
def test_passing_over_several_pods_changes_nothing(cases: list[Case]) -> None:
    """Nobody is taken beyond the moment at which another pod does something that may concern it."""
    skipped, full = (_told(_replay_together(cases, skips=skips)) for skips in (True, False))

    for number in range(len(cases)):
        name = f"default/web-{number}"
        assert [h for h in skipped if h.pod == name] == [h for h in full if h.pod == name]


def test_replicas_are_passed_over_together() -> None:
    """Three healthy pods cost no more than three times as much as one."""
    probe = Probe(http_get=HttpGetAction(port=80), period_seconds=5)
    app = Container(name="app", image="app:1", liveness_probe=probe, readiness_probe=probe)
    trace: list[Happening] = []
    world = Simulation(Streams(1), trace.append)
    for number in range(3):
        pod = Pod(metadata=Metadata(name=f"web-{number}"), spec=PodSpec(containers=(app,)))
        world.add_pod(pod, behaviour_of(NEWEST), {})
    world.run(86400.0)

    assert len(trace) < 3 * 40


@settings(max_examples=30, deadline=None)
@given(CASES)
def test_the_same_seed_gives_the_same_trace(case: Case) -> None:
    """A result can be replayed from its seed, byte for byte."""
    first, second = (_replay(case) for _ in range(2))

    assert repr(first) == repr(second)


@settings(max_examples=60, deadline=None)
@given(CASES)
def test_kills_come_in_time(case: Case) -> None:
    """From the preStop hook or SIGTERM to SIGKILL: the grace, 2 s, and less than 1 s."""
    trace = _replay(case)

    longest = _longest_grace(case.pod)
    begun: dict[str, float] = {}
    for happening in trace:
        what = happening.what
        if isinstance(what, End):
            begun.pop(happening.container, None)
        elif isinstance(what, RunHook) and what.kind is HookKind.PRE_STOP:
            begun[what.container] = happening.at
        elif isinstance(what, SendSignal) and what.signal == "TERM":
            begun.setdefault(what.container, happening.at)
        elif isinstance(what, SendSignal):
            assert happening.at - begun[what.container] < longest + 3.0


@settings(max_examples=20, deadline=None)
@given(CASES)
def test_what_is_counted_is_what_is_published(case: Case) -> None:
    """Readiness and restarts that are read without the status are those of the status."""
    for happening in _replay(case):
        what = happening.what
        if isinstance(what, PublishStatus):
            status = what.status
            ready = [c.status for c in status.conditions or () if c.type == "Ready"]
            every = (*(status.init_container_statuses or ()), *(status.container_statuses or ()))
            assert ready == [str(what.is_ready)]
            assert what.restarts == sum(container.restart_count for container in every)


def test_a_healthy_pod_is_passed_over() -> None:
    """The cost of a pod on which nothing changes does not grow with its probes."""
    probe = Probe(http_get=HttpGetAction(port=80), period_seconds=1)
    app = Container(name="app", image="app:1", liveness_probe=probe, readiness_probe=probe)
    pod = Pod(metadata=Metadata(name="web"), spec=PodSpec(containers=(app,)))
    case = Case(pod, behaviour_of(NEWEST), {}, 1, Latency(), None)

    skipped, full = (_replay(case, skips=skips) for skips in (True, False))

    assert _told(skipped) == _told(full)
    assert len(skipped) < 30
    assert len(full) > 2 * 2 * (_SECONDS - 10)


def _longest_grace(pod: Pod) -> float:
    probes = [
        probe.termination_grace_period_seconds or 0
        for one in (*pod.spec.containers, *(pod.spec.init_containers or ()))
        for probe in (one.liveness_probe, one.startup_probe)
        if probe is not None
    ]
    # The end of a pod is given a second at least (kubelet.md 5.2).
    return float(max(pod.spec.grace_seconds, *probes, 1))


def _told(trace: list[Happening]) -> list[Happening]:
    return [one for one in trace if not isinstance(one.what, RunProbe | Reply)]
