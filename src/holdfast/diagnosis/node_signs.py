"""What speaks for a node behind the end of a container: its events, and neighbours that got lost.

Rules: ends at the same time are no evidence by themselves, because unrelated crash loops coincide
(causes.md 6.5). A neighbour counts only when its own end bears a mark of the node: a state that the
runtime lost, or a sandbox that was made anew.
"""

from collections.abc import Iterator

from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.lives import Life
from holdfast.model.event import Event
from holdfast.model.pod import Pod

# causes.md 6.5: ends with one cause lie within a minute.
BURST_SECONDS = 60.0
# causes.md 5.1: what containerd and the kubelet write for a container they lost.
LOST_REASONS = frozenset({"Unknown", "ContainerStatusUnknown"})
# A host needs minutes to boot, and its kubelet reports the new boot id afterwards.
_BOOT_SECONDS = 900.0


def lost_neighbours(case: Case, *reasons: str) -> tuple[str, ...]:
    """Names of other pods of the node whose containers got lost within a minute of this end."""
    life = case.life
    if life is None or life.finished is None:
        return ()
    return tuple(
        f"{pod.key.namespace}/{pod.key.name}"
        for pod in case.context.pods_on(case.pod.spec.node_name)
        if pod is not case.pod and _lost_with(pod, life, reasons)
    )


def remade_neighbours(case: Case) -> tuple[str, ...]:
    """Names of other pods of the node whose sandbox was made anew."""
    return tuple(
        f"{pod.key.namespace}/{pod.key.name}"
        for pod in case.context.pods_on(case.pod.spec.node_name)
        if pod is not case.pod and case.context.events_of(pod).of("SandboxChanged")
    )


def node_events(case: Case, *reasons: str) -> tuple[Event, ...]:
    """Events of the pod's node with one of these reasons; all of them where none is given."""
    name = case.pod.spec.node_name
    if not name:
        return ()
    events = case.context.object_events("Node", name)
    return tuple(event for event in events if not reasons or event.reason in reasons)


def node_conditions(case: Case, *types: str) -> tuple[str, ...]:
    """Those of these condition types that the pod's node reports as True."""
    if case.node is None:
        return ()
    return tuple(
        type_
        for type_ in types
        if (condition := case.node.condition(type_)) is not None and condition.status == "True"
    )


def near_end(event: Event, life: Life | None) -> bool:
    """Whether an event lies around the end of a life, or nothing tells that it does not."""
    at = event.last
    if life is None or life.finished is None or at is None:
        return True
    return -BURST_SECONDS <= at - life.finished <= _BOOT_SECONDS


def _lost_with(pod: Pod, life: Life, reasons: tuple[str, ...]) -> bool:
    wanted = reasons or tuple(LOST_REASONS)
    return any(
        reason in wanted and life.finished is not None and abs(at - life.finished) <= BURST_SECONDS
        for reason, at in _ends(pod)
    )


def _ends(pod: Pod) -> Iterator[tuple[str, float]]:
    for member in pod.members():
        if member.status is None:
            continue
        for state in (member.status.last_state, member.status.state):
            end = state.terminated
            if end is not None and end.finished is not None:
                yield end.reason, end.finished
