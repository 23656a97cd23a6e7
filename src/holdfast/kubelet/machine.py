"""The kubelet for one pod, as a state machine without I/O, clock or chance.

Theory of operation. A driver tells the machine what happened (`container_exited`, `probe_finished`
and so on, each with `now`), drains `outputs` after each input and does what they say. Time passes
by `next_deadline()`, which answers when something is due, and `wake(now)`, which does it. Chance is
asked from `draw`, so that the seed lives in the driver: the same inputs and draws give the same
outputs. The state is plain data: it can be copied to ask "what if".

The pod's worker is one thread of control: a sync runs to its end, and what happens meanwhile asks
for another one (`scheduling.request_sync`). Probe workers run beside it and talk to it through the
published status (`publishing`) and stored verdicts. What the runtime does becomes visible by a
relist, up to a second later (`scheduling.see_everything`).

House rules: inputs that cannot happen (an exit of something that does not run, an answer that
nobody waits for) change nothing; tables are data (`stopping.TRANSITIONS`,
`probe_worker.DECISIONS`); one module decides, another one acts.

Source: docs/specs/kubelet.md; recordings of a real kubelet are in tests/recordings.
"""

import copy
from math import inf

import msgspec

from holdfast.kubelet.behaviour import Behaviour
from holdfast.kubelet.constants import BACK_OFF_CAP_SECONDS
from holdfast.kubelet.containers import give_turns, move, shorten_stops
from holdfast.kubelet.inputs import Draw, HookKind, Outcome, ProbeKind, Pull
from holdfast.kubelet.outputs import Output
from holdfast.kubelet.pod_state import (
    COLLECT,
    DEADLINE,
    RELIST,
    REQUEUE,
    SYNC,
    PodState,
    Timer,
    known_spec,
    new_state,
)
from holdfast.kubelet.probing import finish_probe, tick
from holdfast.kubelet.publishing import is_ready, is_started, publish_event
from holdfast.kubelet.scheduling import (
    freshen,
    relist_later,
    request_sync,
    request_syncs,
    schedule_collection,
    see_everything,
)
from holdfast.kubelet.starting import started
from holdfast.kubelet.stopping import StopInput
from holdfast.kubelet.syncing import (
    after_exit,
    after_failed_sandbox,
    after_failed_start,
    after_post_start,
    after_sandbox,
    after_start,
    begin_sync,
)
from holdfast.kubelet.terminating import finish, stop_sandbox_if_ended
from holdfast.model.pod import Pod

# Within one moment, ends and sights come before the decisions that rest on them.
_ORDER = {
    "stop": 0, "relist": 1, "collect": 2, "probe": 3, "update": 4, "requeue": 5, "sync": 6,
    "deadline": 7,
}  # fmt: skip
# pkg/kubelet/active_deadline.go
_DEADLINE = "Pod was active on the node longer than the specified deadline"
# prober_manager.go: containers younger than this at a kubelet restart are probed anew (1.11)
_KEPT_AGE_SECONDS = 10.0


class PodMachine:
    """One pod under one kubelet of one version."""

    def __init__(
        self,
        pod: Pod,
        behaviour: Behaviour,
        now: float,
        *,
        kubelet_started_at: float = -inf,
        back_off_cap_seconds: float = BACK_OFF_CAP_SECONDS,
    ) -> None:
        """The kubelet hears of the pod; the first sync is due at once.

        `back_off_cap_seconds` is crashLoopBackOff.maxContainerRestartPeriod (kubelet.md 3.2).
        """
        self.state: PodState = new_state(pod, behaviour, kubelet_started_at, back_off_cap_seconds)
        self.state.fresh_at = now
        self.state.timers[SYNC] = now
        if pod.spec.active_deadline_seconds is not None:
            self.state.timers[DEADLINE] = now + pod.spec.active_deadline_seconds

    def copy(self) -> "PodMachine":
        """The same pod at the same moment, on its own from here on."""
        return copy.deepcopy(self)

    def drain(self) -> list[Output]:
        """What is to be done since the last call, in order."""
        outputs = self.state.outputs
        if outputs:
            self.state.outputs = []
        return outputs

    def next_deadline(self) -> float | None:
        """When something is due, or None."""
        return min(self.state.timers.values(), default=None)

    def wake(self, now: float, draw: Draw) -> None:
        """Do everything that is due."""
        timers = self.state.timers
        while timers:
            timer = min(timers, key=lambda name: (timers[name], _ORDER[name[0]], name))
            if timers[timer] > now:
                return
            del timers[timer]
            self._fire(timer, now, draw)

    def sandbox_created(self, now: float, draw: Draw) -> None:
        """The pod has its sandbox and its network."""
        after_sandbox(self.state, now, draw)

    def sandbox_failed(self, message: str, now: float, draw: Draw) -> None:
        """The sandbox could not be made."""
        after_failed_sandbox(self.state, message, now, draw)

    def sandbox_stopped(self, now: float) -> None:
        """The sandbox of an ending pod is gone."""
        if self.state.terminating and not self.state.finished:
            finish(self.state, now)

    def container_started(
        self,
        container: str,
        now: float,
        draw: Draw,
        *,
        started_at: float | None = None,
        pull: Pull | None = None,
    ) -> None:
        """The runtime says that it has started the process: now, or a moment ago.

        `pull` when its image was fetched for it.
        """
        at = now if started_at is None else started_at
        started(self.state, self.state.records[container], pull, at, now)
        relist_later(self.state, now, draw)
        after_start(self.state, container, now, draw)

    def start_failed(
        self, container: str, reason: str, message: str, now: float, draw: Draw
    ) -> None:
        """The runtime could not start it; `reason` is the waiting reason (kubelet.md 3.9)."""
        after_failed_start(self.state, container, reason, message, now, draw)

    def container_exited(
        self, container: str, exit_code: int, now: float, draw: Draw, *, oom: bool = False
    ) -> None:
        """The process has ended. `oom` is the runtime's flag for any kill for memory (6.1)."""
        state = self.state
        life = state.records[container].newest
        if life is None or not life.alive:
            return
        life.finished_at = now
        life.exit_code = exit_code
        life.reason = "OOMKilled" if oom else "Completed" if exit_code == 0 else "Error"
        move(state, container, StopInput.EXITED, now)
        if state.terminating:
            give_turns(state, now)
            stop_sandbox_if_ended(state, now)
            return
        relist_later(state, now, draw)
        after_exit(state, container, now, draw)

    def probe_finished(
        self,
        container: str,
        kind: ProbeKind,
        outcome: Outcome,
        output: str,
        now: float,
        draw: Draw,
    ) -> None:
        """A probe was answered; `output` is the text of the kubelet's event."""
        finish_probe(self.state, container, kind, outcome, output, now, draw)

    def hook_finished(
        self,
        container: str,
        kind: HookKind,
        now: float,
        draw: Draw,
        *,
        succeeded: bool = True,
        message: str = "",
    ) -> None:
        """A hook has ended; `message` is the waiting message of a failed postStart hook."""
        if kind is HookKind.POST_START:
            after_post_start(self.state, container, succeeded, message, now, draw)
            return
        if not succeeded:
            text = "PreStopHook failed"
            publish_event(self.state, "FailedPreStopHook", "Warning", text, now, container)
        move(self.state, container, StopInput.HOOK_FINISHED, now)

    def delete(self, grace_seconds: float, now: float) -> None:
        """The pod is to go; a later call can only shorten the grace (kubelet.md 5.1)."""
        state = self.state
        grace = max(1.0, grace_seconds)
        if state.deletion_grace is not None and grace >= state.deletion_grace:
            return
        state.deletion_grace = grace
        if state.terminating:
            shorten_stops(state, grace, now)
        else:
            request_sync(state, now)

    def end(self, reason: str, message: str, grace_seconds: float, now: float) -> None:
        """The kubelet ends the pod: eviction, preemption, shutdown, deadline (6.4 to 6.8)."""
        state = self.state
        state.end_reason, state.end_message = reason, message
        state.grace_override = grace_seconds
        request_sync(state, now)

    def spec_replaced(self, pod: Pod, now: float) -> None:
        """The pod's spec was changed in place: image (and its back-off) or resources (3.2, 7.6)."""
        state = self.state
        state.pod = pod
        for member in pod.members():
            record = state.records.get(member.name)
            if record is None or member.spec is None:
                continue
            old, new = record.spec, known_spec(member.spec, record.kind, state.behaviour)
            record.definition_changed = record.definition_changed or old.image != new.image
            if old.image != new.image or old.resources != new.resources:
                state.back_off.entries.pop(record.name, None)
            if old.resources != new.resources and new.restarts_on_resize(old):
                record.resize_restarts = True
            # Probes are read once, when their workers are made (kubelet.md 1.2).
            record.spec = msgspec.structs.replace(
                new,
                liveness_probe=old.liveness_probe,
                readiness_probe=old.readiness_probe,
                startup_probe=old.startup_probe,
            )
        request_sync(state, now)

    def kubelet_restarted(self, now: float) -> None:
        """The kubelet starts anew: back-off, counters and results are forgotten (1.11, Q26)."""
        state = self.state
        state.kubelet_started_at = now
        state.back_off.entries.clear()
        state.image_back_off.entries.clear()
        state.recorder.forget()
        for name, record in state.records.items():
            life = record.current
            old = life is not None and life.seen_running and life.started_at is not None
            keeps = state.behaviour.keeps_probe_state and old and life is not None
            if keeps and life is not None and now - (life.started_at or 0.0) > _KEPT_AGE_SECONDS:
                record.kept = (is_started(state, name), is_ready(state, name))
        for timer in list(state.timers):
            if timer != DEADLINE:
                del state.timers[timer]
        state.workers.clear()
        state.stops.clear()
        state.plan = []
        state.waits_for = None
        state.has_workers = state.syncing = state.sync_pending = state.terminating = False
        state.fresh_at = now
        state.timers[SYNC] = now

    def _fire(self, timer: Timer, now: float, draw: Draw) -> None:
        state = self.state
        if timer == SYNC:
            begin_sync(state, now, draw)
        elif timer == REQUEUE or timer[0] == "update":
            request_sync(state, now)
        elif timer == RELIST:
            self._relist(now, draw)
        elif timer == COLLECT:
            state.back_off.collect(now)
            schedule_collection(state, now)
        elif timer == DEADLINE:
            publish_event(state, "DeadlineExceeded", "Normal", _DEADLINE, now)
            self.end("DeadlineExceeded", _DEADLINE, state.pod.spec.grace_seconds, now)
        elif timer[0] == "probe":
            tick(state, timer[1], ProbeKind(timer[2]), now, draw)
        else:
            move(state, timer[1], StopInput.GRACE_USED, now)

    def _relist(self, now: float, draw: Draw) -> None:
        state = self.state
        request_syncs(state, now, see_everything(state, now), draw)
        freshen(state, now)
