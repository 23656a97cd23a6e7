"""What rules about time ask the kubelet model, where several ask the same."""

from holdfast.lint.pods import ContainerSubject, PodSubject
from holdfast.lint.problem import Replay, Stop
from holdfast.lint.values import patience
from holdfast.model.container import ContainerKind, Probe
from holdfast.model.hook_length import slept_seconds

# Longer than most requests, and well below the API's default grace period of 30 s.
_ORDINARY_SECONDS = 5.0
_SETTLED_SECONDS = 300.0


def drains(container: ContainerSubject, seconds: float = _ORDINARY_SECONDS) -> Stop:
    """It needs so long after SIGTERM, and ends with 0 then."""
    return Stop(
        container.name,
        f"its pod is deleted and {container.name} takes {seconds:g} s to stop",
        {container.name: stopping(container, {"after": f"{seconds:g}s"})},
    )


def ignores(container: ContainerSubject) -> Stop:
    """SIGTERM does nothing to it; whatever would mend that is in the program."""
    return Stop(
        container.name,
        f"its pod is deleted and SIGTERM does nothing to {container.name}",
        {container.name: stopping(container, {"action": "ignore"})},
        fix_is_replayed=False,
    )


def stopping(container: ContainerSubject, on_term: dict[str, str]) -> dict[str, object]:
    """What a container does on SIGTERM, as a part of a workload: behind its hook."""
    slept = slept_seconds(container.spec.pre_stop)
    hook = {"hooks": {"preStop": {"takes": f"{slept:g}s"}}} if slept is not None else {}
    return {"onTerm": on_term, **hook}


def hangs(
    container: ContainerSubject,
    probe: Probe,
    after_seconds: float = _SETTLED_SECONDS,
    *,
    fix_is_replayed: bool = True,
) -> Stop:
    """It reacts to nothing from then on, and its liveness probe fails."""
    name, from_start = container.name, {"from": f"{after_seconds:g}s"}
    return Stop(
        name,
        f"{name} hangs {after_seconds:g} s after its start",
        {name: {"onTerm": {"action": "ignore"}, **silent(probe, from_start)}},
        at_seconds=after_seconds,
        deleted=False,
        fix_is_replayed=fix_is_replayed,
    )


def falls_silent(container: ContainerSubject, probe: Probe) -> Replay:
    """It does not answer for as long as its liveness probe allows in nearly every phase.

    That is too short for one failure more.
    """
    seconds = patience(probe) + max(probe.period, probe.timeout) - 0.1
    return Replay(
        f"it does not answer for {seconds:g} s",
        silent(probe, {"from": f"{_SETTLED_SECONDS:g}s", "for": f"{seconds:g}s"}),
        seconds=_SETTLED_SECONDS + 2 * (seconds + container.pod.spec.grace_seconds),
    )


def silent(probe: Probe, spell: dict[str, str]) -> dict[str, object]:
    """No answer for a spell, as this kind of probe can see it."""
    if probe.exec is not None:
        return {"exec": {"*": [{"takes": "1h", **spell}]}}
    if probe.tcp_socket is not None:
        return {"unreachable": [{"how": "drops", **spell}]}
    return {"stuck": [spell]}


def first_program(pod: PodSubject) -> ContainerSubject | None:
    """The first ordinary container; None for a pod without one."""
    return next((one for one in pod.containers if one.kind is ContainerKind.APP), None)
