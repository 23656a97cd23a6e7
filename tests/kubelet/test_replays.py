"""What holds for every replay: pods of any shape, processes of any temper, any version."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kubelet.random_pods import behaviours, pods, workloads

from holdfast.kubelet.behaviour import NEWEST, Behaviour, behaviour_of
from holdfast.kubelet.outputs import PublishStatus, RunProbe, SendSignal
from holdfast.model.container import Container, HttpGetAction, Probe
from holdfast.model.metadata import Metadata
from holdfast.model.pod import Pod, PodSpec
from holdfast.simulation.driver import Happening, Latency, Simulation
from holdfast.simulation.process import End, Reply
from holdfast.simulation.streams import Streams
from holdfast.simulation.surroundings import Surroundings
from holdfast.simulation.workload import ContainerWorkload

Workloads = dict[str, ContainerWorkload]
_NAMES = ("app0", "app1", "init0", "init1", "sidecar0", "sidecar1")
_SECONDS = 300.0
LATENCIES = st.sampled_from((Latency(), Latency((0, 0), (0, 0), (0, 0), (0, 0))))


@st.composite
def all_workloads(draw: st.DrawFn) -> Workloads:
    """A process for every container that a random pod may have."""
    found = {name: draw(workloads()) for name in _NAMES if draw(st.booleans())}
    # Init containers that never end make for dull pods.
    for name in ("init0", "init1"):
        if name in found and not found[name].exits:
            del found[name]
    return found


def _replay(
    pod: Pod,
    kubelet: Behaviour,
    work: Workloads,
    seed: int,
    latency: Latency,
    *,
    skips: bool = True,
    deleted_at: float | None = None,
) -> list[Happening]:
    trace: list[Happening] = []
    world = Simulation(
        Streams(seed),
        trace.append,
        latency=latency,
        surroundings=Surroundings(behaviour=kubelet),
        skips=skips,
    )
    run = world.add_pod(pod, kubelet, work)
    if deleted_at is not None:
        world.at(deleted_at, world.delete, run, float(pod.spec.grace_seconds))
    world.run(_SECONDS)
    return trace


_CASE = {
    "pod": pods(),
    "kubelet": behaviours(),
    "work": all_workloads(),
    "seed": st.integers(0, 10**6),
    "latency": LATENCIES,
    "deleted_at": st.none() | st.floats(0.0, 200.0),
}


@settings(max_examples=60, deadline=None)
@given(**_CASE)
def test_passing_over_probes_changes_nothing(
    pod: Pod,
    kubelet: Behaviour,
    work: Workloads,
    seed: int,
    latency: Latency,
    deleted_at: float | None,
) -> None:
    """A skipped replay and a full one are equal in every status, event, signal, start and end."""
    skipped, full = (
        _replay(pod, kubelet, work, seed, latency, skips=skips, deleted_at=deleted_at)
        for skips in (True, False)
    )

    assert _told(skipped) == _told(full)


@settings(max_examples=30, deadline=None)
@given(**_CASE)
def test_the_same_seed_gives_the_same_trace(
    pod: Pod,
    kubelet: Behaviour,
    work: Workloads,
    seed: int,
    latency: Latency,
    deleted_at: float | None,
) -> None:
    """A result can be replayed from its seed, byte for byte."""
    first, second = (
        _replay(pod, kubelet, work, seed, latency, deleted_at=deleted_at) for _ in range(2)
    )

    assert repr(first) == repr(second)


@settings(max_examples=60, deadline=None)
@given(**_CASE)
def test_kills_come_in_time(
    pod: Pod,
    kubelet: Behaviour,
    work: Workloads,
    seed: int,
    latency: Latency,
    deleted_at: float | None,
) -> None:
    """SIGKILL comes within the grace, 2 s and less than 1 s of SIGTERM, and never before it."""
    trace = _replay(pod, kubelet, work, seed, latency, deleted_at=deleted_at)

    longest = _longest_grace(pod)
    terms: dict[str, float] = {}
    for happening in trace:
        what = happening.what
        if isinstance(what, End):
            terms.pop(happening.container, None)
        elif isinstance(what, SendSignal) and what.signal == "TERM":
            terms[what.container] = happening.at
        elif isinstance(what, SendSignal):
            assert happening.at - terms[what.container] <= longest + 3.0


@settings(max_examples=20, deadline=None)
@given(**_CASE)
def test_what_is_counted_is_what_is_published(
    pod: Pod,
    kubelet: Behaviour,
    work: Workloads,
    seed: int,
    latency: Latency,
    deleted_at: float | None,
) -> None:
    """Readiness and restarts that are read without the status are those of the status."""
    for happening in _replay(pod, kubelet, work, seed, latency, deleted_at=deleted_at):
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
    kubelet = behaviour_of(NEWEST)

    skipped, full = (_replay(pod, kubelet, {}, 1, Latency(), skips=s) for s in (True, False))

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
    return float(max(pod.spec.grace_seconds, *probes, 0))


def _told(trace: list[Happening]) -> list[Happening]:
    return [one for one in trace if not isinstance(one.what, RunProbe | Reply)]
