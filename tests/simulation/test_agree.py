"""Claims against replays: what agrees, what contradicts, and what proves nothing."""

import msgspec
import pytest
from tests.recordings.recorded import last_moment, snapshot_at

from holdfast.kubelet.behaviour import Behaviour, behaviour_of
from holdfast.kubelet.outputs import PublishStatus
from holdfast.model.agreement import Agreement, Fact
from holdfast.model.container import Container
from holdfast.model.instant import parse_instant
from holdfast.model.node import KubernetesVersion
from holdfast.model.pod import Pod, PodStatus
from holdfast.model.verdict import Mechanism, ProbeFailure, Verdict
from holdfast.simulation.agree import agreement_of
from holdfast.simulation.driver import Happening, Simulation
from holdfast.simulation.hypothesis import hypothesis_of
from holdfast.simulation.observation import Observation, observe
from holdfast.simulation.streams import Streams
from holdfast.simulation.surroundings import Surroundings

KUBELET = behaviour_of(KubernetesVersion(1, 36))
SELF_EXIT = Verdict("A01", "", "", mechanism=Mechanism.SELF_EXIT)


def killed(failure: ProbeFailure) -> Verdict:
    """The claim that a liveness probe that failed so ended it."""
    return Verdict("C06", "", "", mechanism=Mechanism.PROBE_KILL, probe_failure=failure)


def seen(name: str) -> tuple[Pod, Container, Observation]:
    """A recorded pod at its last moment."""
    moment = last_moment(name)
    pod = snapshot_at(name, moment).pods[0]
    spec = pod.spec.containers[0]
    created = parse_instant(pod.status.start_time)
    assert created is not None
    observation = observe(pod.status, spec.name, created, moment)
    assert observation is not None
    return pod, spec, observation


def trial(name: str, verdict: Verdict, kubelet: Behaviour = KUBELET) -> Agreement:
    """The test of a claim about a recorded pod."""
    pod, spec, observation = seen(name)
    agreement = agreement_of(pod, spec, verdict, observation, kubelet)
    assert agreement is not None
    return agreement


def test_probe_kills_are_no_crash_loop() -> None:
    """A kill restarts in the same sync, a crash waits: as many restarts contradict a crash."""
    facts = {c.fact for c in trial("liveness-500", SELF_EXIT).contradictions}

    assert Fact.RESTARTS in facts
    assert trial("liveness-500", killed(ProbeFailure.STATUS)).agrees


def test_crash_loop_is_no_probe_kill() -> None:
    """The pauses of a crash loop fit a crash."""
    assert trial("exit-1-loop", SELF_EXIT).agrees


@pytest.mark.parametrize("name", ["liveness-500", "liveness-ignores-term", "liveness-term-drains"])
def test_moment_in_the_period_tells_a_failure_from_a_timeout(name: str) -> None:
    """A failure is a verdict at the tick, a timeout one timeout later."""
    failure = trial(name, killed(ProbeFailure.STATUS))
    timeout = trial(name, killed(ProbeFailure.LATE))

    assert failure.phase_share > 2 * timeout.phase_share


def test_fewer_restarts_contradict_nothing() -> None:
    """A container that ran well before it began to fail has fewer restarts than a replay."""
    pod, spec, observation = seen("exit-1-loop")
    began_late = Observation(
        observation.created - 7200.0,
        observation.at,
        observation.restarts,
        observation.ended,
        observation.running_since,
        observation.waiting,
        None,
    )
    agreement = agreement_of(pod, spec, SELF_EXIT, began_late, KUBELET)

    assert agreement is not None
    assert not agreement.agrees
    assert Fact.RESTARTS not in {c.fact for c in agreement.contradictions}


def test_what_is_no_model_is_not_trial() -> None:
    """A claim about something outside the pod has no replay, rather than one that means nothing."""
    pod, spec, observation = seen("exit-1-loop")
    other = Verdict("E05", "", "", mechanism=Mechanism.OTHER)

    assert agreement_of(pod, spec, other, observation, KUBELET) is None


def _aged(name: str, claim: Verdict, hours: float) -> tuple[Pod, Container, Observation]:
    """A pod that has done for many hours, in a whole replay, what a claim says."""
    pod, spec, recorded = seen(name)
    hypothesis = hypothesis_of(pod, spec, claim, recorded)
    assert hypothesis is not None
    latest: list[PodStatus] = []

    def watch(happening: Happening) -> None:
        if isinstance(happening.what, PublishStatus):
            latest[:] = [happening.what.status]

    simulation = Simulation(
        Streams(4711),
        watch,
        surroundings=Surroundings(behaviour=KUBELET),
        start=recorded.created + 0.5,
    )
    simulation.add_pod(pod, KUBELET, {spec.name: hypothesis.workload})
    at = recorded.created + hours * 3600
    simulation.run(at)
    observation = observe(latest[0], spec.name, recorded.created, at)
    assert observation is not None
    return pod, spec, observation


@pytest.mark.parametrize(
    ("name", "claim"),
    [
        ("exit-1-loop", SELF_EXIT),
        ("liveness-500", killed(ProbeFailure.STATUS)),
        ("liveness-ignores-term", killed(ProbeFailure.STATUS)),
    ],
)
def test_steady_loop_is_counted_on(name: str, claim: Verdict) -> None:
    """What a replay of the first hours tells of a loop holds for its whole age of 30 hours."""
    pod, spec, observation = _aged(name, claim, hours=30)
    agreement = agreement_of(pod, spec, claim, observation, KUBELET)

    assert agreement is not None
    assert agreement.agrees, agreement.contradictions
    low, _, high = next(
        c.predicted for c in agreement.comparisons if c.fact is Fact.RESTARTS
    ).partition(" to ")
    assert int(low) > 0.8 * int(high)

    more = msgspec.structs.replace(observation, restarts=2 * observation.restarts)
    disagreement = agreement_of(pod, spec, claim, more, KUBELET)
    assert disagreement is not None
    assert Fact.RESTARTS in {c.fact for c in disagreement.contradictions}
