"""What rules ask the kubelet model: which questions are one, and how many seeds answer one."""

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kubelet.random_pods import behaviours, workloads
from tests.simulation.dressed_pods import dressed_pods

from holdfast.kubelet.behaviour import NEWEST, Behaviour, behaviour_of
from holdfast.model.container import (
    Container,
    HttpGetAction,
    Probe,
)
from holdfast.model.duration import Duration
from holdfast.model.metadata import Metadata
from holdfast.model.pod import Pod, PodSpec
from holdfast.simulation.answer import Answers, Question
from holdfast.simulation.bare_pod import bare_names, bare_spec
from holdfast.simulation.certain import certainly_runs_on
from holdfast.simulation.distribution import uniform
from holdfast.simulation.replay import Telling, replay
from holdfast.simulation.scenario import Scenario
from holdfast.simulation.subject import Subject
from holdfast.simulation.workload import (
    Answer,
    ContainerWorkload,
    Cpu,
    Demand,
    ExecAnswer,
    GrpcAnswer,
    Hang,
    Listener,
    Start,
    Stuck,
    Unreachable,
    Workload,
)

_SECONDS = 300.0


def _restarts(
    spec: PodSpec,
    work: dict[str, ContainerWorkload],
    kubelet: Behaviour,
    seed: int,
    telling: Telling | None = None,
) -> tuple[int, float | None, bool]:
    scenario = Scenario(
        subject=Subject("Pod", Pod(Metadata(name="checked", namespace="default"), spec)),
        workload=Workload(containers=work),
        behaviour=kubelet,
        seconds=_SECONDS,
    )
    measured = replay(scenario, seed, telling).measured
    return measured.restarts, measured.first_restart, measured.ready_at_end


@st.composite
def asked(draw: st.DrawFn) -> tuple[PodSpec, dict[str, ContainerWorkload]]:
    """A pod, and what one of its containers does."""
    spec = draw(dressed_pods())
    work = draw(workloads())
    if draw(st.booleans()):
        busy = Cpu(demand=(Demand(cores=draw(st.sampled_from((0.2, 3.0)))),))
        slow = Start(wall=work.start.wall, cpu=draw(st.sampled_from((uniform(0.1, 2.0),))))
        work = msgspec.structs.replace(work, cpu=busy, start=slow)
    elif draw(st.booleans()):
        work = msgspec.structs.replace(work, answers={}, hooks={})
    return spec, {draw(st.sampled_from(sorted(bare_names(spec)))): work}


@settings(max_examples=60)
@given(asked(), behaviours(), st.integers(0, 10**6))
def test_a_bare_pod_does_what_the_pod_does(
    case: tuple[PodSpec, dict[str, ContainerWorkload]], kubelet: Behaviour, seed: int
) -> None:
    """What is left out, events among it, changes no restart, and not when the first one is."""
    spec, work = case
    bare = bare_spec(spec, work)
    shown = _restarts(bare, work, kubelet, seed, Telling(restarts_only=True))
    assert shown == _restarts(spec, work, kubelet, seed)
    assert bare_spec(bare, work) == bare


_TAKES = st.none() | st.sampled_from((uniform(0.1, 0.9), uniform(0.5, 1.5), uniform(2.0, 5.0)))
_CODES = st.sampled_from((200, 200, 302, 503))
_STATUSES = st.sampled_from(("SERVING", "SERVING", "NOT_SERVING"))
_HANGS = st.sampled_from((None, None, Hang.HEADERS))


def _spells(kind: type[Any], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Seldom one, and seldom one that does not end or begins again."""
    one = st.builds(
        kind,
        begin=st.sampled_from((Duration(0.0), Duration(20.0), Duration(60.0))),
        length=st.sampled_from((None, *(Duration(float(n)) for n in (1, 1, 5, 5, 12)))),
        every=st.sampled_from((None, None, None, Duration(30.0))),
        **fields,
    ).filter(lambda spell: spell.every is None or spell.length is not None)
    return st.sampled_from((0, 0, 0, 1, 2)).flatmap(
        lambda count: st.lists(one, min_size=count, max_size=count).map(tuple)
    )


@st.composite
def quiet(draw: st.DrawFn) -> tuple[PodSpec, str, ContainerWorkload]:
    """A pod of which one container starts slowly, hangs, and answers late or badly for a while."""
    spec = draw(dressed_pods())
    containers = tuple(_without_post_start(one) for one in spec.containers)
    inits = tuple(_without_post_start(one) for one in spec.init_containers or ()) or None
    spec = msgspec.structs.replace(spec, containers=containers, init_containers=inits)
    work = ContainerWorkload(
        start=Start(wall=uniform(0.0, draw(st.sampled_from((0.0, 4.0, 12.0))))),
        stuck=draw(_spells(Stuck)),
        unreachable=draw(_spells(Unreachable, how=st.sampled_from(tuple(Listener)))),
        answers={"*": draw(_spells(Answer, code=_CODES, latency=_TAKES, hang=_HANGS))},
        grpc={"*": draw(_spells(GrpcAnswer, status=_STATUSES, latency=_TAKES))},
        exec={"*": draw(_spells(ExecAnswer, exit=st.integers(0, 1), takes=_TAKES))},
    )
    name = draw(st.sampled_from([one.name for one in containers]))
    return spec, name, work


def _without_post_start(container: Container) -> Container:
    lifecycle = container.lifecycle
    if lifecycle is None:
        return container
    lifecycle = msgspec.structs.replace(lifecycle, post_start=None)
    return msgspec.structs.replace(container, lifecycle=lifecycle)


@settings(max_examples=60)
@given(quiet(), behaviours(), st.integers(0, 10**6))
def test_what_is_certain_holds_for_every_seed(
    case: tuple[PodSpec, str, ContainerWorkload], kubelet: Behaviour, seed: int
) -> None:
    """No seed restarts a pod of which arithmetic says that no phase of a probe can."""
    spec, name, work = case
    if certainly_runs_on(spec, name, work):
        shown = [_restarts(spec, {name: work}, kubelet, seed + more) for more in range(4)]
        assert [restarts for restarts, _, _ in shown] == [0] * 4


def _probed(**probe: Any) -> PodSpec:
    http = HttpGetAction(8080, "/health")
    container = Container(name="app", image="app:1", liveness_probe=Probe(http_get=http, **probe))
    return PodSpec(containers=(container,))


def _starting(seconds: int) -> Question:
    wall = f"{seconds}s"
    return Question("app", {"start": {"wall": wall}}, f"a start takes {wall}", 600.0)


def test_as_many_failures_as_fit_into_a_start_are_not_certain() -> None:
    """Ticks every 10 s: three or four of them meet a start of 30 s, as their phase wants."""
    work = ContainerWorkload(start=Start(wall=uniform(30.0, 30.0)))
    assert certainly_runs_on(_probed(failure_threshold=5), "app", work)
    assert not certainly_runs_on(_probed(failure_threshold=4), "app", work)
    assert not certainly_runs_on(_probed(failure_threshold=3), "app", work)


def test_an_answer_tells_the_worst_seed_before_and_after() -> None:
    """A probe that kills a start of 30 s, and one that does not."""
    answers = Answers(behaviour_of(NEWEST))
    shown = answers.answer(_starting(30), _probed(), _probed(failure_threshold=6))
    assert shown is not None
    assert shown.restarts_before > 0
    assert shown.restarts_after == 0
    assert shown.first_end is not None
    assert 20 <= shown.first_end <= 40
    again = answers.answer(msgspec.structs.replace(_starting(30), told="again"), _probed(), None)
    assert again == msgspec.structs.replace(shown, told="again", restarts_after=None)


def test_a_pod_that_the_api_refuses_has_no_answer() -> None:
    """A period below zero is no pod, before or after the change."""
    answers = Answers(behaviour_of(NEWEST))
    refused = _probed(period_seconds=-1)
    assert answers.answer(_starting(30), refused, None) is None
    assert answers.answer(_starting(30), _probed(), refused) is None
