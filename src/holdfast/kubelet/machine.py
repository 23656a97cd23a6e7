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

from holdfast.kubelet import wording
from holdfast.kubelet.behaviour import Behaviour
from holdfast.kubelet.changes import replace_spec, start_anew
from holdfast.kubelet.constants import LEAST_GRACE_SECONDS
from holdfast.kubelet.containers import any_left, give_turns, move, shorten_stops
from holdfast.kubelet.inputs import Draw, HookKind, Outcome, ProbeKind, Pull
from holdfast.kubelet.outputs import Output
from holdfast.kubelet.pod_state import (
    COLLECT,
    DEADLINE,
    EXCEEDED,
    RELIST,
    REQUEUE,
    SYNC,
    PodState,
    Timer,
    new_state,
)
from holdfast.kubelet.probing import finish_probe, tick
from holdfast.kubelet.publishing import publish_event
from holdfast.kubelet.scheduling import (
    freshen,
    relist_later,
    request_sync,
    request_syncs,
    schedule_collection,
    see_everything,
)
from holdfast.kubelet.starting import started, tell_pull
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
from holdfast.kubelet.terminating import end, finish, stop, stop_sandbox_if_ended
from holdfast.model.pod import Pod

# Within one moment, ends and sights come before the decisions that rest on them.
_ORDER = {
    "stop": 0, "relist": 1, "collect": 2, "probe": 3, "update": 4, "requeue": 5, "sync": 6,
    "deadline": 7, "exceeded": 8,
}  # fmt: skip


def _order(timer: Timer) -> tuple[int, Timer]:
    return _ORDER[timer[0]], timer


class PodMachine:
    """One pod under one kubelet of one version."""

    def __init__(
        self,
        pod: Pod,
        behaviour: Behaviour,
        now: float,
        *,
        kubelet_started_at: float = -inf,
        back_off_cap_seconds: float | None = None,
        tells_events: bool = True,
    ) -> None:
        """The kubelet hears of the pod; the first sync is due at once.

        `back_off_cap_seconds` is crashLoopBackOff.maxContainerRestartPeriod, None where it is not
        set (kubelet.md 3.2).
        """
        self.state: PodState = new_state(pod, behaviour, kubelet_started_at, back_off_cap_seconds)
        self.state.recorder.silent = not tells_events
        self.state.fresh_at = now
        self.state.timers[SYNC] = now
        if pod.spec.active_deadline_seconds is not None:
            self.state.deadline = now + pod.spec.active_deadline_seconds
            self.state.timers[DEADLINE] = self.state.deadline

    def copy(self) -> "PodMachine":
        """The same pod at the same moment, on its own from here on."""
        state = self.state
        # What never changes is shared.
        shared = [state.pod, state.behaviour, *(r.spec for r in state.records.values())]
        shared += [worker.probe for worker in state.workers.values()]
        return copy.deepcopy(self, {id(one): one for one in shared})

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
            due = min(timers.values())
            if due > now:
                return
            same = [timer for timer, at in timers.items() if at == due]
            timer = same[0] if len(same) == 1 else min(same, key=_order)
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
        state = self.state
        if state.terminating and not state.finished and not any_left(state):
            finish(state, now)

    def pull_started(self, container: str, now: float) -> None:
        """The runtime has begun to fetch the image of a container that it is to start."""
        record = self.state.records.get(container)
        if record is not None and record.starting and not record.pull_told:
            record.pull_told = True
            tell_pull(self.state, record, now)

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
        record = self.state.records.get(container)
        if record is None or not record.starting or record.alive:
            return
        at = now if started_at is None else started_at
        started(self.state, record, pull, at, now)
        if self.state.terminating:
            stop(self.state, record, now)
            return
        relist_later(self.state, now, draw)
        after_start(self.state, container, now, draw)

    def start_failed(
        self, container: str, reason: str, message: str, now: float, draw: Draw
    ) -> None:
        """The runtime could not start it; `reason` is the waiting reason (kubelet.md 3.9)."""
        record = self.state.records.get(container)
        if record is not None and record.starting:
            after_failed_start(self.state, container, reason, message, now, draw)
            if self.state.terminating:
                stop_sandbox_if_ended(self.state, now)

    def container_exited(
        self,
        container: str,
        exit_code: int,
        now: float,
        draw: Draw,
        *,
        oom: bool = False,
        message: str = "",
    ) -> None:
        """The process has ended. `oom` is the runtime's flag for any kill for memory (6.1).

        `message` is its termination message (9.3).
        """
        state = self.state
        record = state.records.get(container)
        life = record.newest if record is not None else None
        if life is None or not life.alive:
            return
        life.finished_at = now
        life.exit_code = exit_code
        life.reason = "OOMKilled" if oom else "Completed" if exit_code == 0 else "Error"
        life.message = message
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
        error: str = "",
        output: str = "",
    ) -> None:
        """A hook has ended.

        Of a failed one, `error` is what the runtime or the HTTP client says of it
        (`wording.exec_error`), `output` what its command printed.
        """
        if kind is HookKind.POST_START:
            failure = None if succeeded else (error, output)
            after_post_start(self.state, container, failure, now, draw)
            return
        record = self.state.records.get(container)
        if record is None or not record.pre_stop_runs:
            return
        record.pre_stop_runs = False
        if not succeeded:
            text = wording.PRE_STOP_FAILED
            publish_event(self.state, "FailedPreStopHook", "Warning", text, now, container)
        move(self.state, container, StopInput.HOOK_FINISHED, now)

    def delete(self, grace_seconds: float, now: float) -> None:
        """The pod is to go; a later call can only shorten the grace (kubelet.md 5.1)."""
        state = self.state
        grace = max(LEAST_GRACE_SECONDS, grace_seconds)
        if state.deletion_grace is not None and grace >= state.deletion_grace:
            return
        state.deletion_grace = grace
        if state.terminating:
            shorten_stops(state, grace, now)
        else:
            request_sync(state, now)

    def end(
        self,
        reason: str,
        message: str,
        grace_seconds: float,
        now: float,
        *,
        disrupted: bool = False,
    ) -> None:
        """The kubelet ends the pod: eviction, preemption, shutdown, deadline (6.4 to 6.8).

        `disrupted` when the node and not the pod is the reason: the status gets DisruptionTarget.
        A pod's own storage limits are its own fault. Only the first reason counts.
        """
        end(self.state, reason, message, grace_seconds, now, disrupted=disrupted)

    def spec_replaced(self, pod: Pod, now: float) -> None:
        """The pod's spec was changed in place: image (and its back-off) or resources (3.2, 7.6)."""
        replace_spec(self.state, pod)
        request_sync(self.state, now)

    def kubelet_restarted(self, now: float) -> None:
        """The kubelet starts anew: back-off, counters and results are forgotten (1.11, Q26)."""
        if not self.state.finished:
            start_anew(self.state, now)

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
            message = wording.DEADLINE_EXCEEDED
            self.end("DeadlineExceeded", message, state.pod.spec.grace_seconds, now)
        elif timer == EXCEEDED:
            text = wording.EXCEEDED_GRACE
            publish_event(state, "ExceededGracePeriod", "Warning", text, now)
        elif timer[0] == "probe":
            tick(state, timer[1], ProbeKind(timer[2]), now, draw)
        else:
            move(state, timer[1], StopInput.GRACE_USED, now)

    def _relist(self, now: float, draw: Draw) -> None:
        state = self.state
        request_syncs(state, now, see_everything(state, now), draw)
        freshen(state, now)
