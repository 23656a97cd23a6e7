"""One pod of a simulation: its machine, its processes, and what is known of them.

Rules: the driver alone changes it.
"""

from collections.abc import Mapping
from math import inf
from typing import TYPE_CHECKING

import msgspec

from holdfast.kubelet.inputs import Draw, HookKind, Outcome, ProbeKind
from holdfast.kubelet.machine import PodMachine
from holdfast.kubelet.outputs import RunHook
from holdfast.kubelet.probe_worker import ProbeWorker
from holdfast.kubelet.wording import exec_error
from holdfast.model.container import Container, Probe
from holdfast.model.pod import Pod
from holdfast.simulation.process import Process, Reply, Surroundings, unreachable
from holdfast.simulation.workload import ContainerWorkload

if TYPE_CHECKING:
    from holdfast.simulation.storage import StorageWatch

_KILLED = 137


# A share of a period: ticks that were counted in other steps differ by rounding only.
_CLOSE = 1e-6


class Steady(msgspec.Struct, frozen=True):
    """Until when a worker gets the same outcome: at ticks, of which `tick` is one, or always."""

    until: float
    outcome: Outcome
    tick: float

    def covers(self, at: float, period: int) -> bool:
        """Whether it speaks of that moment: of a success only ticks are meant, which may move."""
        if self.outcome is not Outcome.SUCCESS:
            return True
        passed = (at - self.tick) / period
        return abs(passed - round(passed)) < _CLOSE


class PodRun(msgspec.Struct, eq=False):
    """One pod on its way through time."""

    name: str
    pod: Pod
    machine: PodMachine
    workloads: Mapping[str, ContainerWorkload]
    surroundings: Surroundings
    draw: Draw
    processes: dict[str, Process] = msgspec.field(default_factory=dict)
    lives: dict[str, int] = msgspec.field(default_factory=dict)
    ends: dict[str, float] = msgspec.field(default_factory=dict)
    told_at: dict[str, float] = msgspec.field(default_factory=dict)
    """When the kubelet hears of the present life of a container: it cannot end before."""
    hooks: dict[str, RunHook] = msgspec.field(default_factory=dict)
    """The preStop hook that runs in a container: it ends with it at the latest."""
    answers: dict[tuple[str, ProbeKind], Steady] = msgspec.field(default_factory=dict)
    """How a probe is answered for a while."""
    replies: dict[tuple[str, ProbeKind], tuple[float, Reply]] = msgspec.field(default_factory=dict)
    """The last answer of each probe that was asked for, and when."""
    wake_at: float = inf
    now: float = 0.0
    """When the driver last looked ahead."""
    storage: "StorageWatch | None" = None
    """The kubelet's look at its files; None where it writes none."""

    def spec(self, container: str) -> Container:
        """The container's specification."""
        return self.machine.state.records[container].spec

    def steady(self, worker: ProbeWorker) -> tuple[float, Outcome]:
        """Until when a worker gets the same outcome, and which (`Foresight`)."""
        key, tick = (worker.container, worker.kind), worker.next_tick
        known = self.answers.get(key)
        if known is not None and tick < known.until and known.covers(tick, worker.probe.period):
            return known.until, known.outcome
        process = self.processes.get(worker.container)
        if process is None:
            return -inf, Outcome.FAILURE
        outcome = self.ask(worker.container, worker.kind, worker.probe, tick).outcome
        if outcome is not Outcome.SUCCESS:
            # A sync may ask before the tick.
            tick = self.now
            if process.answer(worker.probe, tick).outcome is not outcome:
                return -inf, outcome
        until = process.steady_until(worker.probe, tick, outcome)
        self.answers[key] = Steady(until, outcome, tick)
        return until, outcome

    def reply(self, worker: ProbeWorker, at: float) -> tuple[float, str]:
        """After how many seconds a probe is answered, and with which output (`Foresight`)."""
        answered = self.ask(worker.container, worker.kind, worker.probe, at)
        return answered.seconds, answered.output

    def ask(self, container: str, kind: ProbeKind, probe: Probe, at: float) -> Reply:
        """What a probe gets that asks then: whoever looks ahead asks before the kubelet does."""
        key = container, kind
        known = self.replies.get(key)
        if known is not None and known[0] == at:
            return known[1]
        process = self.processes.get(container)
        reply = process.answer(probe, at) if process is not None else unreachable(probe)
        self.replies[key] = at, reply
        return reply

    def forget_answers(self) -> None:
        """A process has started, ended or heard a signal, or has another share of the node."""
        self.answers.clear()
        self.replies.clear()

    def hook_error(self, output: RunHook) -> str:
        """What is said of a hook that failed; one whose container ended is killed with it."""
        lifecycle = self.spec(output.container).lifecycle
        handler = None
        if lifecycle is not None:
            post = output.kind is HookKind.POST_START
            handler = lifecycle.post_start if post else lifecycle.pre_stop
        if handler is None or handler.exec is None:
            return "dial tcp: connect: connection refused"
        hook = self.workloads.get(output.container, ContainerWorkload()).hooks.get(output.kind)
        code = hook.exit if hook is not None and output.container in self.processes else _KILLED
        return exec_error(handler.exec.command or (), code, "")
