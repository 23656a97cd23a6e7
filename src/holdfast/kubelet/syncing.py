"""One sync of a pod: publish, decide, kill, start (kubelet.md 0.4, 2.1, 3.5, 4.3).

Rules: a sync works through its plan one step after the other and waits for each; what it decided
rests on what was seen when it began. A kill and the start after it share one sync, which is why the
back-off of a probe kill looks at the end before (3.5).
"""

from holdfast.kubelet import wording
from holdfast.kubelet.container_record import ContainerRecord
from holdfast.kubelet.containers import begin_stop, grace_of
from holdfast.kubelet.inputs import Draw, HookKind, ProbeKind
from holdfast.kubelet.outputs import RemoveContainers, RunHook
from holdfast.kubelet.pod_actions import Because, Kill, PodActions, View, compute_actions
from holdfast.kubelet.pod_state import (
    RELIST,
    SYNC,
    KillAll,
    MakeSandbox,
    PodState,
    Start,
)
from holdfast.kubelet.pod_work import STEPS, SyncInput, Wait
from holdfast.kubelet.probing import add_workers, condemned_by, trigger_readiness
from holdfast.kubelet.publishing import (
    is_started,
    is_terminal,
    publish_event,
    publish_status,
    views_of,
)
from holdfast.kubelet.scheduling import (
    detection_seconds,
    request_syncs,
    requeue,
    see_everything,
)
from holdfast.kubelet.starting import (
    failed_to_start,
    make_sandbox,
    start,
)
from holdfast.kubelet.terminating import begin_termination


def begin_sync(state: PodState, now: float, draw: Draw) -> None:
    """A sync starts."""
    state.timers.pop(SYNC, None)
    state.syncing = True
    see_everything(state, min(now, state.fresh_at))
    _show_and_trigger(state, now, draw)
    if _is_ending(state):
        state.syncing = False
        begin_termination(state, now)
        return
    add_workers(state, now, draw)
    view = View(
        state.pod.spec.policy,
        lambda name: condemned_by(state, name),
        lambda name: is_started(state, name),
    )
    actions = compute_actions(state.record_list(), view)
    if actions.ends_pod:
        state.syncing = False
        begin_termination(state, now)
        return
    _plan(state, actions, draw)
    _advance(state, now, draw)


def after_sandbox(state: PodState, now: float, draw: Draw) -> None:
    """The sandbox stands; since 1.36 its condition is published at once (kubelet.md 9.2)."""
    if not _is_awaited(state, SyncInput.SANDBOX_CREATED, ""):
        return
    state.has_sandbox = state.sandbox_unseen = True
    if state.behaviour.ready_to_start_early:
        publish_status(state)
    _go_on(state, SyncInput.SANDBOX_CREATED, now, draw)


def after_failed_sandbox(state: PodState, message: str, now: float, draw: Draw) -> None:
    """No sandbox: the sync ends with an error."""
    if not _is_awaited(state, SyncInput.SANDBOX_FAILED, ""):
        return
    text = wording.sandbox_failed(message)
    publish_event(state, "FailedCreatePodSandBox", "Warning", text, now)
    state.start_failed = True
    state.plan = state.plan[:1]
    _go_on(state, SyncInput.SANDBOX_FAILED, now, draw)


def after_exit(state: PodState, container: str, now: float, draw: Draw) -> None:
    """A container has ended; a sync that waited for it goes on.

    One that died below its postStart hook is waited for until the hook itself ends.
    """
    if not _is_awaited(state, SyncInput.EXITED, container):
        return
    if isinstance(state.plan[0], KillAll):
        # There may be more to stop in the same step.
        state.waits_for = None
        _advance(state, now, draw)
    else:
        _go_on(state, SyncInput.EXITED, now, draw)


def after_start(state: PodState, container: str, now: float, draw: Draw) -> None:
    """A container runs: its postStart hook is waited for, then the sync goes on."""
    lifecycle = state.records[container].spec.lifecycle
    hook = lifecycle.post_start if lifecycle is not None else None
    what = SyncInput.STARTED if hook is None else SyncInput.STARTED_WITH_HOOK
    if not _is_awaited(state, what, container):
        return
    if hook is not None:
        state.outputs.append(RunHook(container, HookKind.POST_START))
    _go_on(state, what, now, draw)


def after_failed_start(
    state: PodState, container: str, reason: str, message: str, now: float, draw: Draw
) -> None:
    """A container could not be started; the sync goes on without it."""
    failed_to_start(state, state.records[container], reason, message, now)
    if _is_awaited(state, SyncInput.START_FAILED, container):
        _go_on(state, SyncInput.START_FAILED, now, draw)


def after_post_start(
    state: PodState, container: str, failure: tuple[str, str] | None, now: float, draw: Draw
) -> None:
    """The postStart hook has ended; after a failure the container is killed with its full grace.

    `failure` is the error and what the command printed.
    """
    if not _is_awaited(state, SyncInput.HOOK_SUCCEEDED, container):
        return
    if failure is None:
        _go_on(state, SyncInput.HOOK_SUCCEEDED, now, draw)
        return
    record = state.records[container]
    lifecycle = record.spec.lifecycle
    hook = lifecycle.post_start if lifecycle is not None else None
    text = wording.POST_START_FAILED
    publish_event(state, "FailedPostStartHook", "Warning", text, now, container)
    record.waiting_reason = "PostStartHookError"
    if hook is not None:
        record.waiting_message = wording.post_start_failed(state.pod, container, hook, *failure)
    state.start_failed = True
    if not record.alive:
        _go_on(state, SyncInput.HOOK_FAILED_LATE, now, draw)
        return
    text = wording.KILLED_AFTER_POST_START
    publish_event(state, "Killing", "Normal", text, now, container)
    _go_on(state, SyncInput.HOOK_FAILED, now, draw)
    begin_stop(state, record, grace_of(state, record, None), now)


def _is_ending(state: PodState) -> bool:
    wanted = state.deletion_grace is not None or state.grace_override is not None
    return wanted or is_terminal(state)


def _show_and_trigger(state: PodState, now: float, draw: Draw) -> None:
    """Build and publish; extra readiness probes may read the status before (kubelet.md 1.5)."""
    views = views_of(state)
    unready = [
        name
        for name, view in views.items()
        if view.started and not view.ready and (name, ProbeKind.READINESS) in state.workers
    ]
    if unready and draw("trigger race") < 0.5:
        for name in unready:
            trigger_readiness(state, name, now, draw)
        unready = []
    state.shown = views
    publish_status(state)
    for name in unready:
        trigger_readiness(state, name, now, draw)


def _plan(state: PodState, actions: PodActions, draw: Draw) -> None:
    state.acted = state.start_failed = False
    state.back_off_left = []
    state.exits_before = {
        name: life.finished_at
        for name in actions.starts
        if (life := state.records[name].last_exited) is not None and life.finished_at is not None
    }
    if actions.restarts_all:
        state.restarting_all = True
        state.plan = [KillAll(actions.restarts_all)]
        return
    if state.restarting_all and any(r.seen_running for r in state.records.values()):
        state.restarting_all = False
    kills = list(actions.kills)
    if len(kills) > 1:
        # The kubelet goes over a map, in no order (kubelet.md 2.1).
        first = int(draw("kill order") * len(kills))
        kills = kills[first:] + kills[:first]
    starts = [Start(name) for name in actions.starts]
    sandbox = [MakeSandbox()] if starts and not state.has_sandbox else []
    state.plan = [*kills, *sandbox, *starts]


def _advance(state: PodState, now: float, draw: Draw) -> None:
    """Work through the plan until a step has to wait, or to its end."""
    while state.syncing and state.waits_for is None and state.plan:
        step = state.plan[0]
        if isinstance(step, Start):
            start(state, step, now)
        elif isinstance(step, Kill):
            _kill(state, step, now)
        elif isinstance(step, MakeSandbox):
            make_sandbox(state)
        else:
            _kill_all(state, step, now)
        if state.waits_for is None:
            state.plan.pop(0)
    if state.syncing and state.waits_for is None:
        _end_sync(state, now, draw)


def _is_awaited(state: PodState, what: SyncInput, container: str) -> bool:
    """Whether that answers what the sync waits for."""
    waits = state.waits_for
    return waits is not None and waits[1] == container and (waits[0], what) in STEPS


def _go_on(state: PodState, what: SyncInput, now: float, draw: Draw) -> None:
    """What was waited for has come: the next wait of the same step, or the next step."""
    if state.waits_for is None:
        return
    wait, container = state.waits_for
    following = STEPS[wait, what]
    if following is not None:
        state.waits_for = (following, container)
        return
    state.waits_for = None
    state.plan.pop(0)
    _advance(state, now, draw)


def _kill(state: PodState, step: Kill, now: float) -> None:
    record = state.records[step.container]
    state.acted = True
    message = _killing(record, step)
    publish_event(state, "Killing", "Normal", message, now, step.container)
    by_probe = step.because in (Because.LIVENESS, Because.STARTUP)
    # kubelet.md 13.3: the replacement inherits "started" while it is made in the same sync.
    record.gate_inherited = (
        by_probe
        and step.restarts
        and state.behaviour.started_inherited
        and is_started(state, record.name)
    )
    if record.alive:
        state.waits_for = (Wait.EXIT, step.container)
        begin_stop(state, record, grace_of(state, record, step.because), now)


def _killing(record: ContainerRecord, step: Kill) -> str:
    if step.because is Because.DEFINITION:
        return wording.definition_changed(record)
    if step.because is Because.RESIZE:
        return wording.resize_restart(record.name)
    return wording.killed_by_probe(record, step.because.value, step.restarts)


def _kill_all(state: PodState, step: KillAll, now: float) -> None:
    """Stop what runs one after the other, then let the runtime forget everything (3.7).

    Nothing that has ended is left, so nothing backs off.
    """
    state.acted = True
    for record in state.record_list():
        if record.alive:
            text = wording.KILLED_WITH_ALL
            publish_event(state, "Killing", "Normal", text, now, record.name)
            state.waits_for = (Wait.EXIT, record.name)
            begin_stop(state, record, 0.0, now)
            return
    names = [record.name for record in state.record_list() if record.lives]
    ordered = [name for name in names if name != step.trigger] + [step.trigger]
    state.outputs.append(RemoveContainers(tuple(ordered)))
    for record in state.record_list():
        record.forget_lives()
    state.exits_before = {}
    state.sync_pending = True


def _end_sync(state: PodState, now: float, draw: Draw) -> None:
    state.syncing = False
    failed = state.start_failed or bool(state.back_off_left)
    updates = int(state.sync_pending)
    state.sync_pending = False
    if state.acted and not failed and state.behaviour.on_demand_relist:
        state.fresh_at = now
        state.timers.pop(RELIST, None)
        updates += see_everything(state, now)
    else:
        state.fresh_at = now + detection_seconds(draw)
        if state.acted:
            state.timers[RELIST] = state.fresh_at
    requeue(state, now, draw)
    request_syncs(state, now, updates, draw)
