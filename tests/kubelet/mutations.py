"""The rule behind each quirk, and how to take it out: for the test that its test then fails.

Rules: an entry names the quirk's tests by their prefix and replaces one function or number of the
machine; what it replaces is the rule in one sentence.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
import pytest

from holdfast.kubelet import (
    containers,
    event_recorder,
    machine,
    pod_actions,
    pod_state,
    pod_status,
    probe_worker,
    probing,
    publishing,
    starting,
    stopping,
    syncing,
)
from holdfast.kubelet.back_off import BackOff, Entry
from holdfast.kubelet.container_record import ContainerRecord, LifeRecord
from holdfast.kubelet.inputs import HookKind, Outcome, ProbeKind
from holdfast.kubelet.machine import PodMachine
from holdfast.kubelet.probe_worker import ProbeWorker
from holdfast.simulation import answering
from holdfast.simulation.process import Process

Patch = pytest.MonkeyPatch


class Mutation(NamedTuple):
    """A rule, and how it is taken out."""

    rule: str
    apply: Callable[[Patch], None]


def _wrap(patch: Patch, owner: Any, name: str, change: Callable[..., Any]) -> None:
    """`change` gets the original and its arguments."""
    original = getattr(owner, name)

    def changed(*arguments: Any, **named: Any) -> Any:
        return change(original, *arguments, **named)

    patch.setattr(owner, name, changed)


def _exact_delays(patch: Patch) -> None:
    def delayed(worker: Any, view: Any, now: float) -> bool:
        return bool(now - view.started_at < worker.probe.initial_delay)

    rows = [
        (text, delayed if text.startswith("initialDelay") else holds, step)
        for text, holds, step in probe_worker.DECISIONS
    ]
    patch.setattr(probe_worker, "DECISIONS", tuple(rows))


def _always_young(patch: Patch) -> None:
    def add(original: Any, state: Any, now: float, draw: Any) -> None:
        state.kubelet_started_at = now
        original(state, now, draw)

    _wrap(patch, syncing, "add_workers", add)


def _no_pending_tick(patch: Patch) -> None:
    def tick(original: Any, worker: ProbeWorker, now: float) -> Any:
        free = original(worker, now)
        worker.tick_pending = False
        return free

    _wrap(patch, ProbeWorker, "tick", tick)


def _new_life_new_run(patch: Patch) -> None:
    def look(original: Any, worker: ProbeWorker, view: Any, now: float) -> Any:
        if view.number is not None and view.number != worker.number:
            worker.run, worker.last = 0, None
        return original(worker, view, now)

    _wrap(patch, ProbeWorker, "look", look)


def _outcome_as(patch: Patch, found: Outcome, taken: Outcome) -> None:
    def finish(original: Any, worker: ProbeWorker, outcome: Outcome, **named: Any) -> Any:
        return original(worker, taken if outcome is found else outcome, **named)

    _wrap(patch, ProbeWorker, "finish", finish)


def _grpc_like_tcp(patch: Patch) -> None:
    def refuse(original: Any, probe: Any, address: str, how: Any) -> Any:
        return msgspec.structs.replace(original(probe, address, how), seconds=0.0)

    _wrap(patch, answering, "_no_connection", refuse)


def _unready_at_kill(patch: Patch) -> None:
    def kill(original: Any, state: Any, step: Any, now: float) -> None:
        shown = state.shown[step.container]
        state.shown[step.container] = msgspec.structs.replace(shown, ready=False)
        publishing.publish_status(state)
        original(state, step, now)

    _wrap(patch, syncing, "_kill", kill)


def _failed_hook_stops_nothing(patch: Patch) -> None:
    def finished(original: Any, *arguments: Any, **named: Any) -> None:
        if named.get("succeeded", True) or arguments[2] is HookKind.POST_START:
            original(*arguments, **named)

    _wrap(patch, PodMachine, "hook_finished", finished)


def _post_start_beside(patch: Patch) -> None:
    def start(original: Any, state: Any, container: str, now: float, draw: Any) -> None:
        original(state, container, now, draw)
        syncing.after_post_start(state, container, None, now, draw)

    _wrap(patch, machine, "after_start", start)


def _first_restart_waits(patch: Patch) -> None:
    def remaining(original: Any, table: BackOff, key: str, finished: float, now: float) -> float:
        if key not in table.entries:
            table.entries[key] = Entry(table.base_seconds, now)
        return float(original(table, key, finished, now))

    _wrap(patch, BackOff, "remaining", remaining)


def _clean_ends_are_free(patch: Patch) -> None:
    def start(original: Any, state: Any, step: Any, now: float) -> None:
        life = state.records[step.container].last_exited
        if life is not None and life.exit_code == 0:
            state.exits_before.pop(step.container, None)
        original(state, step, now)

    _wrap(patch, syncing, "start", start)


def _entries_stay(patch: Patch) -> None:
    def make(original: Any, *arguments: Any) -> BackOff:
        table: BackOff = original(*arguments)
        table.expiry_seconds = 1e9
        return table

    _wrap(patch, pod_state, "crash_loop_back_off", make)


def _own_end_counts(patch: Patch) -> None:
    def exited(original: Any, state: Any, container: str, now: float, draw: Any) -> None:
        state.exits_before[container] = now
        original(state, container, now, draw)

    _wrap(patch, machine, "after_exit", exited)


def _pull_first(patch: Patch) -> None:
    def fail(original: Any, state: Any, record: Any, *arguments: Any) -> None:
        original(state, record, *arguments)
        state.back_off.entries.pop(record.back_off_key, None)

    _wrap(patch, syncing, "failed_to_start", fail)
    _wrap(patch, starting, "_wait_for_image", fail)


def _removed_ends_count(patch: Patch) -> None:
    def start(original: Any, state: Any, step: Any, now: float) -> None:
        if state.records[step.container].removed is not None:
            state.exits_before.setdefault(step.container, now)
        original(state, step, now)

    _wrap(patch, syncing, "start", start)


def _as_version(patch: Patch, **fields: Any) -> None:
    def make(original: Any, pod: Any, behaviour: Any, *arguments: Any) -> Any:
        return original(pod, msgspec.structs.replace(behaviour, **fields), *arguments)

    _wrap(patch, machine, "new_state", make)


def _restart_keeps_entries(patch: Patch) -> None:
    def anew(original: Any, state: Any, now: float) -> None:
        entries = dict(state.back_off.entries)
        original(state, now)
        state.back_off.entries.update(entries)

    _wrap(patch, machine, "start_anew", anew)


def _label_by_code(patch: Patch) -> None:
    def exited(original: Any, *arguments: Any, oom: bool = False) -> None:
        original(*arguments, oom=oom and arguments[2] == 137)

    _wrap(patch, PodMachine, "container_exited", exited)


def _keep_all_lives(patch: Patch) -> None:
    def begin(original: Any, record: ContainerRecord, now: float) -> Any:
        before = list(record.lives)
        life = original(record, now)
        record.lives = [*before, life]
        return life

    _wrap(patch, ContainerRecord, "begin", begin)


def _never_pending(patch: Patch) -> None:
    def phase(original: Any, *arguments: Any) -> str:
        found = str(original(*arguments))
        return "Running" if found == "Pending" else found

    for owner in (pod_status, publishing):
        _wrap(patch, owner, "phase_of", phase)


def _one_more_failure(patch: Patch) -> None:
    def finish(original: Any, worker: ProbeWorker, outcome: Outcome, **named: Any) -> Any:
        if outcome is Outcome.FAILURE and worker.run == 0 and worker.last is None:
            worker.busy = False
            worker.last = probe_worker.Value.SUCCESS
            return False
        return original(worker, outcome, **named)

    _wrap(patch, ProbeWorker, "finish", finish)


def _failures_count(patch: Patch) -> None:
    def fail(original: Any, state: Any, record: Any, *arguments: Any) -> None:
        original(state, record, *arguments)
        record.restart_count += 1
        record.removed = LifeRecord(record.restart_count - 1, None)

    _wrap(patch, syncing, "failed_to_start", fail)


def _all_workers_stop(patch: Patch) -> None:
    def begin(original: Any, state: Any, now: float) -> None:
        for name in state.records:
            for kind in ProbeKind:
                probing.stop_worker(state, name, kind)
        original(state, now)

    _wrap(patch, syncing, "begin_termination", begin)


def _replace(patch: Patch, owner: Any, name: str, value: Any) -> None:
    patch.setattr(owner, name, value)


MUTATIONS: dict[str, Mutation] = {
    "q1": Mutation("the start is cut to the second", _exact_delays),
    "q2": Mutation("only a kubelet younger than a period spreads ticks", _always_young),
    "q3": Mutation("one tick waits while a probe runs", _no_pending_tick),
    "q4": Mutation("runs of results survive a life", _new_life_new_run),
    "q5": Mutation("runs of results survive a life", _new_life_new_run),
    "q6": Mutation("runs of results survive a life", _new_life_new_run),
    "q7": Mutation(
        "errors are discarded", lambda p: _outcome_as(p, Outcome.ERROR, Outcome.FAILURE)
    ),
    "q8": Mutation(
        "a warning is a success", lambda p: _outcome_as(p, Outcome.WARNING, Outcome.FAILURE)
    ),
    "q9": Mutation("gRPC waits for a connection", _grpc_like_tcp),
    "q10": Mutation(
        "localhost is out of reach", lambda p: _replace(p, Process, "closed", lambda *_: None)
    ),
    "q11": Mutation(
        "a sync of an unready pod adds a probe",
        lambda p: _replace(p, syncing, "trigger_readiness", lambda *_: None),
    ),
    "q12": Mutation("a probe kill publishes nothing", _unready_at_kill),
    "q13": Mutation(
        "a probe kill has the grace", lambda p: _replace(p, syncing, "grace_of", lambda *_: 2.0)
    ),
    "q14": Mutation("a failed hook goes on to SIGTERM", _failed_hook_stops_nothing),
    "q15": Mutation("a sync waits for postStart", _post_start_beside),
    "q16": Mutation(
        "two seconds are left", lambda p: _replace(p, stopping, "MINIMUM_GRACE_SECONDS", 0)
    ),
    "q17": Mutation(
        "sidecars wait for their turn",
        lambda p: _replace(p, containers, "_awaits_turn", lambda *_: False),
    ),
    "q18": Mutation("without an entry nobody waits", _first_restart_waits),
    "q19": Mutation("the exit code does not matter", _clean_ends_are_free),
    "q20": Mutation("entries are forgotten 600 s after the last start", _entries_stay),
    "q21": Mutation("a probe kill is compared with the end before", _own_end_counts),
    "q22": Mutation("a probe kill is compared with the end before", _own_end_counts),
    "q23": Mutation("the back-off advances before the pull", _pull_first),
    "q24": Mutation("removed containers have no end", _removed_ends_count),
    "q25": Mutation(
        "a waiting pod is synced at the end of its wait",
        lambda p: _as_version(p, requeue_at_expiry=False),
    ),
    "q26": Mutation("the table lives in memory", _restart_keeps_entries),
    "q27": Mutation("the label belongs to the cgroup", _label_by_code),
    "q29": Mutation(
        "a label of memory is a failure",
        lambda p: _replace(p, pod_actions, "failed", lambda life: life.exit_code != 0),
    ),
    "q37": Mutation(
        "a bucket holds events back",
        lambda p: _replace(p, event_recorder.Bucket, "take", lambda *_: True),
    ),
    "q39": Mutation(
        "containerd gives the epoch",
        lambda p: _replace(p, pod_status, "_EPOCH", "2026-01-01T00:00:00Z"),
    ),
    "q40": Mutation("one dead container is kept", _keep_all_lives),
    "q41": Mutation("a pod is Pending until its apps start", _never_pending),
    "q43": Mutation("the first failure counts", _one_more_failure),
    "q44": Mutation("only starts are counted", _failures_count),
    "q45": Mutation("only app containers lose their workers", _all_workers_stop),
}
