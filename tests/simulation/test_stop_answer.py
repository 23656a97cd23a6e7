"""How a container ends that is told to stop, or that hangs: as the kubelet ends it."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kubelet.random_pods import behaviours
from tests.simulation.dressed_pods import dressed_pods

from holdfast.kubelet.behaviour import NEWEST, Behaviour, behaviour_of
from holdfast.model.container import (
    Container,
    ExecAction,
    HttpGetAction,
    Lifecycle,
    LifecycleHandler,
    Probe,
    TcpSocketAction,
)
from holdfast.model.hazard import ContainerEnd, StopReplay
from holdfast.model.metadata import Metadata
from holdfast.model.pod import Pod, PodSpec
from holdfast.model.stop_question import StopQuestion
from holdfast.simulation import stop_answer
from holdfast.simulation.bare_pod import bare_spec
from holdfast.simulation.behaviours import Behaviours
from holdfast.simulation.scenario import Scenario
from holdfast.simulation.stop_answer import StopAnswers
from holdfast.simulation.subject import Subject
from holdfast.simulation.workload import Workload

_HTTP = HttpGetAction(8080, "/health")


def _asked(
    container: Container,
    *,
    after: Container | None = None,
    grace_seconds: int = 30,
    deleted: bool = True,
    **behaves: object,
) -> StopReplay | None:
    question = StopQuestion(container.name, "so", {container.name: behaves}, deleted=deleted)
    specs = [
        PodSpec(containers=(one,), termination_grace_period_seconds=grace_seconds)
        for one in (container, after)
        if one is not None
    ]
    answers = StopAnswers(behaviour_of(NEWEST))
    return answers.answer(question, specs[0], specs[1] if after is not None else None)


@pytest.mark.parametrize(
    ("grace_seconds", "sleep_seconds", "stop", "exit_code", "least", "most"),
    [
        (30, 0, "5s", 0, 5, 6),
        (30, 0, "40s", 137, 30, 31),
        (30, 20, "5s", 0, 25, 26),
        (30, 28, "5s", 137, 30, 31),
        # The hook is cut off with the grace period; SIGTERM gets the 2 s of kubelet.md 5.3.
        (20, 30, "5s", 137, 22, 23),
        (0, 0, "5s", 137, 0, 3),
    ],
)
def test_grace_and_hook(
    grace_seconds: int, sleep_seconds: int, stop: str, exit_code: int, least: float, most: float
) -> None:
    """The hook takes its part of the grace period, and SIGKILL comes at its end."""
    hook = LifecycleHandler(exec=ExecAction(("sleep", str(sleep_seconds))))
    container = Container(name="app", image="app:1", lifecycle=Lifecycle(pre_stop=hook))

    shown = _asked(
        container,
        grace_seconds=grace_seconds,
        onTerm={"after": stop},
        hooks={"preStop": {"takes": f"{sleep_seconds}s"}},
    )

    assert shown is not None
    assert shown.before.exit_code == exit_code
    assert least <= shown.before.seconds <= most
    assert shown.after is None


def test_a_hang_ends_after_the_probe_and_the_grace_period() -> None:
    """Three failures of ten seconds, then thirty seconds for SIGTERM, or those of the probe."""
    slow = Container(name="app", image="app:1", liveness_probe=Probe(http_get=_HTTP))
    probe = Probe(http_get=_HTTP, termination_grace_period_seconds=5)

    shown = _asked(
        slow,
        after=msgspec.structs.replace(slow, liveness_probe=probe),
        deleted=False,
        stuck=[{"from": "5m"}],
    )

    assert shown is not None
    assert shown.after is not None
    assert shown.before.is_killed
    assert 50 <= shown.before.seconds <= 63
    assert 20 <= shown.before.seconds - shown.after.seconds <= 30


def test_a_probe_of_a_port_does_not_see_a_hang() -> None:
    """The kernel accepts for a process that does nothing: that is told, and no end made up."""
    probe = Probe(tcp_socket=TcpSocketAction(8080))
    container = Container(name="app", image="app:1", liveness_probe=probe)

    shown = _asked(container, deleted=False, stuck=[{"from": "5m"}])

    assert shown is not None
    assert shown.before == ContainerEnd(None, 930.0)


def test_what_the_api_refuses_is_not_replayed() -> None:
    """There is no such pod that could be deleted."""
    probe = Probe(http_get=_HTTP, success_threshold=2)
    container = Container(name="app", image="app:1", liveness_probe=probe)

    assert _asked(container) is None


@settings(max_examples=40)
@given(dressed_pods(), behaviours(), st.integers(0, 10**6), st.data())
def test_a_bare_pod_ends_as_the_pod_does(
    spec: PodSpec, kubelet: Behaviour, seed: int, data: st.DataObject
) -> None:
    """What is left out changes no end, and not its second."""
    name = data.draw(st.sampled_from([one.name for one in spec.containers]))
    code = data.draw(st.sampled_from(("exit", "ignore", "shell", "noHandler")))
    behaves: dict[str, object] = {"onTerm": {"action": code, "after": "3s"}}
    work = Behaviours().read(behaves)
    question = StopQuestion(name, "so", {name: behaves}, 120.0)

    def end(one: PodSpec) -> ContainerEnd:
        scenario = Scenario(
            subject=Subject("Pod", Pod(Metadata(name="checked", namespace="default"), one)),
            workload=Workload(containers={name: work}),
            behaviour=kubelet,
            seconds=300.0,
        )
        return stop_answer._end(scenario, question, seed)

    assert end(bare_spec(spec, {name: work})) == end(spec)
