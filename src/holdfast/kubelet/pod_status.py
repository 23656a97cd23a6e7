"""The pod's status as the kubelet publishes it: states, phase, conditions (kubelet.md 3.8, 9).

Rules: times are cut to whole seconds; a container that waits shows the last start error and keeps
its end in lastState; only what the kubelet sees is published.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import Enum

import msgspec

from holdfast.kubelet.container_record import LifeRecord
from holdfast.kubelet.restart_policy import failed
from holdfast.model.container import (
    ContainerKind,
    ContainerState,
    ContainerStatus,
    StateRunning,
    StateTerminated,
    StateWaiting,
)
from holdfast.model.pod import PodCondition, PodStatus

# Start errors of containerd carry the Unix epoch (kubelet.md 2.5, Q39).
_EPOCH = "1970-01-01T00:00:00Z"
TERMINAL = ("Succeeded", "Failed")
# pkg/kubelet/status/status_manager.go TerminatePod
_LOST = ContainerState(
    terminated=StateTerminated(
        exit_code=137,
        reason="ContainerStatusUnknown",
        message="The container could not be located when the pod was terminated",
    )
)


class ContainerView(msgspec.Struct, frozen=True):
    """One container as the status manager has it. Lives that have ended do not change any more."""

    name: str
    kind: ContainerKind
    number: int | None
    """restartCount of the present life; None while there is none."""
    running: bool
    started_at: float
    life: LifeRecord | None
    """The present life when it has ended, else None."""
    older: LifeRecord | None
    """The life before, or what was removed of it."""
    comes_back: bool
    waiting_reason: str
    waiting_message: str
    started: bool
    ready: bool


class Facts(msgspec.Struct, frozen=True):
    """What the status depends on besides the containers."""

    terminating: bool = False
    has_sandbox: bool = False
    restarting_all: bool = False
    finished: bool = False
    """Nothing of the pod runs any more, and nothing will."""
    end_reason: str = ""
    """Why the kubelet ended the pod, once it has finished."""
    end_message: str = ""
    disrupted: bool = False
    """Whether that was no fault of the pod: eviction for the node, preemption, shutdown."""
    ready_to_start: bool = True
    """Whether this version publishes PodReadyToStartContainers."""


class Shown(Enum):
    """Which state of a container the API shows."""

    RUNNING = "running"
    WAITING = "waiting, ContainerCreating or the last start error"
    REMOVED = "waiting, RestartingAllContainers"
    BACKING_OFF = "waiting, CrashLoopBackOff or the last start error"
    TERMINATED = "terminated"


def _ended_for_good(view: ContainerView) -> bool:
    return view.life is not None and failed(view.life) and not view.comes_back


def _never_ran(apps: Sequence[ContainerView]) -> bool:
    return any(app.number is None and app.older is None for app in apps)


STATES: tuple[tuple[str, Callable[[ContainerView, Facts], bool], Shown], ...] = (
    ("a process is seen to run", lambda view, _: view.running, Shown.RUNNING),
    (
        "everything was removed, and no start has failed since",
        lambda view, facts: (
            view.life is None
            and facts.restarting_all
            and view.older is not None
            and not view.waiting_reason
        ),
        Shown.REMOVED,
    ),
    ("it has not run", lambda view, _: view.life is None, Shown.WAITING),
    (
        "it has ended, comes back, and a sync has found why it waits",
        lambda view, facts: view.comes_back and bool(view.waiting_reason) and not facts.terminating,
        Shown.BACKING_OFF,
    ),
    ("it has ended", lambda _, __: True, Shown.TERMINATED),
)
"""The first row that holds is the state of a container (kubelet.md 3.8)."""

_Row = Callable[[Sequence[ContainerView], Sequence[ContainerView], Facts], bool]
PHASES: tuple[tuple[str, _Row, str], ...] = (
    ("the kubelet has ended the pod", lambda _, __, facts: bool(facts.end_reason), "Failed"),
    (
        "the pod has finished, and an app container never ran",
        lambda apps, _, facts: facts.finished and _never_ran(apps),
        "Failed",
    ),
    (
        "an app container never ran, and an init container has failed for good",
        lambda apps, views, _: (
            _never_ran(apps)
            and any(_ended_for_good(v) for v in views if v.kind is ContainerKind.INIT)
        ),
        "Failed",
    ),
    ("an app container never ran", lambda apps, _, __: _never_ran(apps), "Pending"),
    (
        "an app container runs, or comes back",
        lambda apps, _, facts: any(
            app.running or (app.comes_back and not facts.terminating) for app in apps
        ),
        "Running",
    ),
    (
        "every app container has ended with 0",
        lambda apps, _, __: all(app.life is not None and app.life.exit_code == 0 for app in apps),
        "Succeeded",
    ),
    ("otherwise", lambda _, __, ___: True, "Failed"),
)
"""The first row that holds is the phase of a pod (kubelet.md 9.1)."""


def phase_of(views: Sequence[ContainerView], facts: Facts) -> str:
    """The first row of `PHASES` that holds."""
    apps = [view for view in views if view.kind is ContainerKind.APP]
    for _, holds, phase in PHASES:
        if holds(apps, views, facts):
            return phase
    raise AssertionError("the last row of the table holds always")


def build_status(views: Sequence[ContainerView], facts: Facts) -> PodStatus:
    """The status at this moment."""
    inits = [view for view in views if view.kind is not ContainerKind.APP]
    apps = [view for view in views if view.kind is ContainerKind.APP]
    phase = phase_of(views, facts)
    lost = _lost(inits, apps) if facts.finished else frozenset()
    waiting = "PodInitializing" if inits else "ContainerCreating"
    return PodStatus(
        phase=phase,
        reason=facts.end_reason,
        message=facts.end_message,
        conditions=_conditions(inits, apps, phase, facts),
        init_container_statuses=tuple(_status(v, waiting, facts, lost) for v in inits) or None,
        container_statuses=tuple(_status(v, waiting, facts, lost) for v in apps),
    )


def is_ready(views: Sequence[ContainerView], facts: Facts) -> bool:
    """Whether the condition Ready is True (kubelet.md 9.2)."""
    return not _unready(views) and phase_of(views, facts) not in TERMINAL


def api_time(at: float) -> str:
    """A time as the API stores it: RFC 3339, cut to the second."""
    return f"{datetime.fromtimestamp(int(at), UTC):%Y-%m-%dT%H:%M:%SZ}"


def _status(
    view: ContainerView, waiting: str, facts: Facts, lost: frozenset[str]
) -> ContainerStatus:
    state, last = _states(view, waiting, facts)
    if view.name in lost:
        state = _LOST
    done = view.kind is ContainerKind.INIT and view.life is not None and not failed(view.life)
    return ContainerStatus(
        name=view.name,
        state=state,
        last_state=last,
        ready=view.ready if view.running else done,
        restart_count=restart_count(view),
        started=view.started if view.running else False,
    )


def _states(
    view: ContainerView, waiting: str, facts: Facts
) -> tuple[ContainerState, ContainerState]:
    shown = next(shown for _, holds, shown in STATES if holds(view, facts))
    if shown is Shown.RUNNING:
        running = ContainerState(running=StateRunning(api_time(view.started_at)))
        return running, _terminated(view.older)
    if shown is Shown.TERMINATED:
        return _terminated(view.life), _terminated(view.older)
    if shown is Shown.REMOVED and view.older is not None:
        return _waiting(view.older.reason, view.older.message), _terminated(view.older)
    last = view.life if view.life is not None else view.older
    return _waiting(view.waiting_reason or waiting, view.waiting_message), _terminated(last)


def _waiting(reason: str, message: str) -> ContainerState:
    return ContainerState(waiting=StateWaiting(reason, message))


def _terminated(life: LifeRecord | None) -> ContainerState:
    if life is None:
        return ContainerState()
    if life.finished_at is None:
        ended = StateTerminated(life.exit_code, reason=life.reason, message=life.message)
        return ContainerState(terminated=ended)
    started = api_time(life.started_at) if life.started_at is not None else _EPOCH
    return ContainerState(
        terminated=StateTerminated(
            exit_code=life.exit_code,
            reason=life.reason,
            message=life.message,
            started_at=started,
            finished_at=api_time(life.finished_at),
        )
    )


def restart_count(view: ContainerView) -> int:
    """The restartCount that the API shows."""
    if view.number is not None:
        return view.number
    return view.older.number + 1 if view.older is not None else 0


def _lost(inits: list[ContainerView], apps: list[ContainerView]) -> frozenset[str]:
    """Containers of a finished pod that have no end of their own to show.

    Of a pod that was not initialized, only init containers that were reached, and at least the
    first. Source: kubernetes pkg/kubelet/status/status_manager.go TerminatePod.
    """
    missing = [view.name for view in apps if view.life is None]
    ran = any(view.number is not None or view.older is not None for view in apps)
    if inits and not ran and not _is_initialized(inits[-1]):
        missing = []
    reached = [i for i, view in enumerate(inits) if view.number is not None]
    upto = max(reached, default=0) + 1
    return frozenset((*missing, *(view.name for view in inits[:upto] if view.life is None)))


def _conditions(
    inits: list[ContainerView], apps: list[ContainerView], phase: str, facts: Facts
) -> tuple[PodCondition, ...]:
    """kubelet.md 9.2, without times: the API server's clock adds them."""
    unready = _unready((*inits, *apps))
    completed = {"Succeeded": "PodCompleted", "Failed": "PodFailed"}.get(phase, "")
    reason = completed or "ContainersNotReady"
    message = "" if completed else f"containers with unready status: [{' '.join(unready)}]"
    ready = ("False", reason, message) if unready or completed else ("True", "", "")
    sandbox = PodCondition("PodReadyToStartContainers", "True" if facts.has_sandbox else "False")
    conditions = [
        *((sandbox,) if facts.ready_to_start else ()),
        _initialized(inits, apps, phase),
        PodCondition("Ready", *ready),
        PodCondition("ContainersReady", *ready),
        PodCondition("PodScheduled", "True"),
    ]
    if facts.restarting_all:
        conditions.append(PodCondition("AllContainersRestarting", "True"))
    if facts.disrupted:
        text = facts.end_message
        conditions.append(PodCondition("DisruptionTarget", "True", "TerminationByKubelet", text))
    return tuple(conditions)


def _unready(views: Sequence[ContainerView]) -> list[str]:
    """App containers and sidecars that are not ready."""
    return [
        view.name
        for view in views
        if view.kind is not ContainerKind.INIT and not (view.running and view.ready)
    ]


def _initialized(inits: list[ContainerView], apps: list[ContainerView], phase: str) -> PodCondition:
    pending = [view.name for view in inits if not _is_initialized(view)]
    if pending and not any(app.number is not None for app in apps):
        text = f"containers with incomplete status: [{' '.join(pending)}]"
        return PodCondition("Initialized", "False", "ContainersNotInitialized", text)
    return PodCondition("Initialized", "True", "PodCompleted" if phase == "Succeeded" else "")


def _is_initialized(view: ContainerView) -> bool:
    if view.kind is ContainerKind.SIDECAR:
        return view.running and view.started
    return view.life is not None and not failed(view.life)
