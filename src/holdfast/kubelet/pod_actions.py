"""What a sync does: whom to kill, whom to start (computePodActions, kubelet.md 2.1, 4.1, 4.2).

Rules: decided from what the kubelet sees at the beginning of the sync; app containers wait for the
last init container; a sidecar lets the next one go when it has started.
"""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum

import msgspec

from holdfast.kubelet.container_record import ContainerRecord
from holdfast.kubelet.restart_policy import (
    RESTART_ALL,
    failed,
    matching_rule,
    restarts_after,
    restarts_after_kill,
)
from holdfast.model.container import ContainerKind


class Because(StrEnum):
    """Why a running container is stopped while its pod goes on, in the order of asking (2.1)."""

    DEFINITION = "definition changed"
    LIVENESS = "liveness"
    STARTUP = "startup"
    RESIZE = "resize"


class Kill(msgspec.Struct, frozen=True):
    """Stop a running container; `restarts` when it is started again."""

    container: str
    because: Because
    restarts: bool


class PodActions(msgspec.Struct, frozen=True):
    """The plan of one sync, in the order of its execution."""

    kills: tuple[Kill, ...] = ()
    starts: tuple[str, ...] = ()
    ends_pod: bool = False
    """Nothing runs on and nothing starts: what is left (sidecars) is killed, the pod is done."""
    restarts_all: str = ""
    """The container whose end restarts the whole pod (kubelet.md 3.7)."""


class View(msgspec.Struct, frozen=True):
    """What the decision rests on besides the containers."""

    pod_policy: str
    condemned: Callable[[str], Because | None]
    """Why the present life of a container is to end, or None."""
    is_started: Callable[[str], bool]


def compute_actions(every: Sequence[ContainerRecord], view: View) -> PodActions:
    """The plan for the pod as it is seen now."""
    trigger = _restarting_all(every)
    if trigger:
        return PodActions(restarts_all=trigger)
    inits = [r for r in every if r.kind is not ContainerKind.APP]
    apps = [r for r in every if r.kind is ContainerKind.APP]
    kills = [*_kills(inits, view), *_kills(apps, view)]
    killed = {kill.container for kill in kills}
    starts = [kill.container for kill in kills if kill.restarts]
    if inits and not any(app.current for app in apps):
        progress = _next_init(inits, view, killed)
        if progress is not None:
            return msgspec.structs.replace(
                progress, kills=tuple(kills), starts=(*starts, *progress.starts)
            )
    starts += [r.name for r in inits if r.kind is ContainerKind.SIDECAR and _ended(r)]
    done = bool(apps)
    for app in apps:
        life = app.current
        if app.name in killed:
            done = done and app.name not in starts
        elif life is None or (life.end_seen and restarts_after(app, life, view.pod_policy)):
            starts.append(app.name)
            done = False
        elif not life.end_seen:
            done = False
    if done:
        return PodActions(() if not kills else tuple(kills), (), ends_pod=True)
    return PodActions(tuple(kills), tuple(starts))


def _ended(record: ContainerRecord) -> bool:
    life = record.current
    return life is not None and life.end_seen


def _restarting_all(records: Iterable[ContainerRecord]) -> str:
    for record in records:
        life = record.current
        if record.spec.restart_policy_rules and life is not None and life.end_seen:
            rule = matching_rule(record, life)
            if rule is not None and rule.action == RESTART_ALL:
                return record.name
    return ""


def _kills(records: Iterable[ContainerRecord], view: View) -> Iterable[Kill]:
    for record in records:
        because = view.condemned(record.name) if record.seen_running else None
        if because is not None:
            # A container that was edited is started again whatever its policy is.
            edited = because in (Because.DEFINITION, Because.RESIZE)
            restarts = edited or restarts_after_kill(record, view.pod_policy)
            yield Kill(record.name, because, restarts)


def _next_init(inits: Sequence[ContainerRecord], view: View, killed: set[str]) -> PodActions | None:
    """The step of an unfinished initialisation, or None when the app containers may go.

    Sidecars that have ended are started again on the way; they hold up what comes after them only
    the first time, until the next one has a record.
    """
    sidecars: tuple[str, ...] = ()
    reached = max((i for i, record in enumerate(inits) if record.current), default=-1)
    for index, record in enumerate(inits):
        life = record.current
        if record.name in killed:
            return PodActions(starts=sidecars)
        if life is None:
            return PodActions(starts=(*sidecars, record.name))
        if record.kind is ContainerKind.SIDECAR:
            if life.end_seen:
                sidecars = (*sidecars, record.name)
            if index == reached and not view.is_started(record.name):
                return PodActions(starts=sidecars)
        elif not life.end_seen:
            return PodActions(starts=sidecars)
        elif failed(life):
            again = restarts_after(record, life, view.pod_policy)
            starts = (*sidecars, record.name)
            return PodActions(starts=starts) if again else PodActions(ends_pod=True)
    return None
