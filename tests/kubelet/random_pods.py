"""Pods and workloads at random, for properties that hold for all of them.

Rules: everything is small, so that a minute of a pod's life meets many of its rules, and a failing
example stays readable. Only what an API server accepts.
"""

from hypothesis import strategies as st

from holdfast.kubelet.behaviour import Behaviour, behaviour_of
from holdfast.model.container import (
    Container,
    ExecAction,
    ExitCodeRule,
    HttpGetAction,
    Lifecycle,
    LifecycleHandler,
    Probe,
    RestartRule,
    SleepAction,
)
from holdfast.model.duration import Duration
from holdfast.model.metadata import Metadata
from holdfast.model.node import KubernetesVersion
from holdfast.model.pod import Pod, PodSpec
from holdfast.simulation.distribution import Distribution, constant, uniform
from holdfast.simulation.workload import (
    Answer,
    ContainerWorkload,
    Exit,
    Hook,
    OnTerm,
    Start,
    StartError,
    Stuck,
    TermAction,
    Unreachable,
)

_EXEC = ExecAction(command=("check",))
_HANDLERS = (
    LifecycleHandler(exec=_EXEC),
    LifecycleHandler(sleep=SleepAction(seconds=3)),
)


@st.composite
def behaviours(draw: st.DrawFn) -> Behaviour:
    """A kubelet of any version."""
    return behaviour_of(KubernetesVersion(1, draw(st.integers(25, 36))))


@st.composite
def probes(draw: st.DrawFn, *, readiness: bool = False, grace: bool = True) -> Probe:
    """A probe that decides within seconds."""
    by_exec = draw(st.booleans())
    return Probe(
        exec=_EXEC if by_exec else None,
        http_get=None if by_exec else HttpGetAction(port=80, path="/health"),
        period_seconds=draw(st.integers(1, 7)),
        timeout_seconds=draw(st.sampled_from((1, 1, 2, 9))),
        failure_threshold=draw(st.integers(1, 4)),
        success_threshold=draw(st.integers(1, 3)) if readiness else None,
        initial_delay_seconds=draw(st.sampled_from((0, 0, 3, 8))),
        termination_grace_period_seconds=(
            draw(st.sampled_from((None, None, 1, 4))) if grace and not readiness else None
        ),
    )


@st.composite
def containers(draw: st.DrawFn, name: str, *, plain: bool = False) -> Container:
    """A container; a plain one is an init container without probes and hooks."""
    if plain:
        return Container(name=name, image="app:1")
    maybe = st.none() | probes()
    hooks = st.none() | st.sampled_from(_HANDLERS)
    rules = st.sampled_from((None, None, "Restart", "RestartAllContainers"))
    action = draw(rules)
    policy = draw(st.sampled_from((None, None, "Always", "OnFailure", "Never")))
    codes = ExitCodeRule(operator="In", values=(42,))
    return Container(
        name=name,
        image="app:1",
        startup_probe=draw(maybe),
        liveness_probe=draw(maybe),
        readiness_probe=draw(st.none() | probes(readiness=True)),
        lifecycle=Lifecycle(post_start=draw(hooks), pre_stop=draw(hooks)),
        restart_policy=policy or ("Never" if action else None),
        restart_policy_rules=(RestartRule(action, codes),) if action else None,
    )


@st.composite
def pods(draw: st.DrawFn) -> Pod:
    """One or two app containers, after up to two init containers or sidecars."""
    inits = []
    for i in range(draw(st.integers(0, 2))):
        if draw(st.booleans()):
            inits.append(draw(containers(f"init{i}", plain=True)))
        else:
            sidecar = draw(containers(f"sidecar{i}"))
            inits.append(_replace(sidecar))
    apps = [draw(containers(f"app{i}")) for i in range(draw(st.integers(1, 2)))]
    spec = PodSpec(
        containers=tuple(apps),
        init_containers=tuple(inits) or None,
        restart_policy=draw(st.sampled_from(("Always", "Always", "OnFailure", "Never"))),
        termination_grace_period_seconds=draw(st.sampled_from((0, 1, 5, 30))),
        active_deadline_seconds=draw(st.sampled_from((None, None, None, 40))),
    )
    return Pod(metadata=Metadata(name="web", namespace="default", uid="u"), spec=spec)


def _replace(container: Container) -> Container:
    return Container(
        name=container.name,
        image=container.image,
        startup_probe=container.startup_probe,
        liveness_probe=container.liveness_probe,
        readiness_probe=container.readiness_probe,
        lifecycle=container.lifecycle,
        restart_policy="Always",
    )


@st.composite
def laws(draw: st.DrawFn, longest: float) -> Distribution:
    """A time that is fixed, or that varies."""
    low = draw(st.sampled_from((0.0, 0.3, 1.0, longest / 2)))
    return uniform(low, longest) if draw(st.booleans()) else constant(low)


@st.composite
def workloads(draw: st.DrawFn) -> ContainerWorkload:
    """A process that may start slowly, fail, hang, crash, ignore SIGTERM or answer late."""
    begin = Duration(draw(st.sampled_from((0.0, 4.0, 20.0))))
    end = Duration(begin.seconds + draw(st.sampled_from((2.0, 9.0))))
    codes = st.sampled_from((200, 200, 500, 404))
    return ContainerWorkload(
        start=Start(wall=draw(laws(8.0))),
        answers={"*": (Answer(begin=begin, end=end, code=draw(codes)),)},
        latency=draw(laws(2.5)),
        stuck=draw(st.sampled_from(((), (), (Stuck(begin=begin, end=end),)))),
        unreachable=draw(st.sampled_from(((), (), (Unreachable(begin=begin, end=end),)))),
        exits=(
            (Exit(after=draw(laws(30.0)), code=draw(st.sampled_from((0, 1, 42)))),)
            if draw(st.booleans())
            else ()
        ),
        on_term=OnTerm(
            action=draw(st.sampled_from((TermAction.EXIT, TermAction.IGNORE))),
            after=draw(laws(6.0)),
        ),
        hooks={
            "postStart": Hook(takes=draw(laws(5.0)), exit=draw(st.sampled_from((0, 0, 1)))),
            "preStop": Hook(takes=draw(laws(8.0)), exit=draw(st.sampled_from((0, 0, 1)))),
        },
        start_errors=draw(
            st.sampled_from(
                (
                    (),
                    (),
                    (StartError(end=Duration(30.0), reason="ErrImagePull", message="no"),),
                    (StartError(end=Duration(9.0), reason="RunContainerError", message="no"),),
                )
            )
        ),
    )
