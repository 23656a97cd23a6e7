"""Drives pods through virtual time: machines of the kubelet, and processes that behave as told.

Rules: everything that happens is an entry of one queue, in order of time and then of its making, so
that the same pods, workloads and seed give the same trace. Chance comes from one source, asked by
name. What the runtime does takes the time that the latency model says. Stretches in which nothing
changes are passed over (`skipping`), with the same result as if every probe had been asked.
"""

import heapq
from collections.abc import Callable, Mapping
from functools import partial
from math import inf
from typing import Any

import msgspec

from holdfast.kubelet.behaviour import Behaviour
from holdfast.kubelet.defaults import pull_policy
from holdfast.kubelet.inputs import Draw, HookKind, Pull
from holdfast.kubelet.machine import PodMachine
from holdfast.kubelet.outputs import (
    CreateSandbox,
    Output,
    RemoveContainers,
    RunHook,
    RunProbe,
    SendSignal,
    StartContainer,
    StopSandbox,
)
from holdfast.kubelet.probing import probe_of
from holdfast.model.pod import Pod
from holdfast.simulation.latency import Latency
from holdfast.simulation.pod_run import PodRun
from holdfast.simulation.process import ChildKill, End, Process, Reply, Surroundings
from holdfast.simulation.skip_pods import skip_pods
from holdfast.simulation.storage import StorageWatch, writes
from holdfast.simulation.workload import ContainerWorkload

_KILLED = 137
# How long a killed process takes to be gone: its memory is given back by the kernel.
_DEATH_SECONDS = 0.01


class Happening(msgspec.Struct, frozen=True):
    """One line of a trace: what the machine wanted, or what a process did, and when."""

    at: float
    pod: str
    what: Output | End | ChildKill | Reply
    container: str = ""


Watch = Callable[[Happening], None]


class Simulation:
    """Virtual time for any number of pods, from time 0 on."""

    def __init__(
        self,
        draw: Draw,
        watch: Watch,
        *,
        latency: Latency | None = None,
        surroundings: Surroundings | None = None,
        skips: bool = True,
        start: float = 0.0,
        tells_probes: bool = True,
        tells_events: bool = True,
    ) -> None:
        """An empty world. `skips` passes over stretches in which nothing changes.

        `tells_probes` is whether `watch` hears of probes and their answers: they are most of what
        happens. Otherwise they are counted in `untold`. Without `tells_events` there are none.
        """
        self.now = start
        self.untold = 0
        self.pods: dict[str, PodRun] = {}
        self._draw = draw
        self._watch = watch
        self._latency = latency if latency is not None else Latency()
        self._surroundings = surroundings if surroundings is not None else Surroundings()
        self._skips = skips
        self._tells_probes = tells_probes
        self._tells_events = tells_events
        self._horizon = inf
        self._queue: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._wakes: list[tuple[float, int, PodRun]] = []
        self._made = 0

    def add_pod(
        self,
        pod: Pod,
        kubelet: Behaviour,
        workloads: Mapping[str, ContainerWorkload],
        *,
        kubelet_started_at: float = -inf,
        back_off_cap_seconds: float | None = None,
        surroundings: Surroundings | None = None,
    ) -> PodRun:
        """The kubelet hears of a pod now. Containers without a workload just run.

        `surroundings` are those of its node, where nodes differ.
        """
        name = f"{pod.key.namespace}/{pod.key.name}"
        machine = PodMachine(
            pod,
            kubelet,
            self.now,
            kubelet_started_at=kubelet_started_at,
            back_off_cap_seconds=back_off_cap_seconds,
            tells_events=self._tells_events,
        )
        draw = self._draw if not self.pods else partial(_drawn_for, self._draw, name)
        run = PodRun(name, pod, machine, workloads, surroundings or self._surroundings, draw)
        if writes(workloads):
            run.storage = StorageWatch(run, kubelet, self)
        self.pods[name] = run
        self._settle(run)
        return run

    def at(self, time: float, action: Callable[..., None], *arguments: Any) -> None:
        """Do something at a time."""
        self._made += 1
        heapq.heappush(self._queue, (time, self._made, action, arguments))

    def delete(self, run: PodRun, grace_seconds: float) -> None:
        """Somebody deletes a pod now."""
        run.machine.delete(grace_seconds, self.now)
        self._settle(run)

    def end(
        self,
        run: PodRun,
        reason: str,
        message: str,
        grace_seconds: float,
        *,
        disrupted: bool = False,
    ) -> None:
        """The kubelet ends a pod now."""
        run.machine.end(reason, message, grace_seconds, self.now, disrupted=disrupted)
        self._settle(run)

    def replace(self, run: PodRun, pod: Pod) -> None:
        """Somebody changes a pod's spec now."""
        run.pod = pod
        run.machine.spec_replaced(pod, self.now)
        self._settle(run)

    def kill_for_memory(self, run: PodRun, container: str) -> None:
        """The node is out of memory, and the kernel kills a container now."""
        if container in run.processes:
            self._end_at(run, container, End(self.now, _KILLED, oom=True))

    def restart_kubelet(self) -> None:
        """The kubelet of all pods restarts now; the processes go on."""
        for run in self.pods.values():
            run.machine.kubelet_restarted(self.now)
            run.forget_answers()
            self._settle(run)

    def run(self, until: float) -> None:
        """Let time pass, up to and including a moment."""
        self._horizon = until
        queue, wakes = self._queue, self._wakes
        while True:
            while wakes and wakes[0][2].wake_at != wakes[0][0]:
                heapq.heappop(wakes)
            next_wake = wakes[0][0] if wakes else inf
            # Within one moment, what happens comes before what the kubelet makes of it.
            if queue and queue[0][0] <= min(next_wake, until):
                self.now, _, action, arguments = heapq.heappop(queue)
                action(*arguments)
            elif next_wake <= until:
                self.now, _, run = heapq.heappop(wakes)
                run.wake_at = inf
                run.machine.wake(self.now, run.draw)
                self._settle(run)
            else:
                break
        self.now = max(self.now, until)

    # What the machine wants

    def _settle(self, run: PodRun) -> None:
        """Do what the machine says until it says nothing, then wait for its next deadline."""
        while outputs := run.machine.drain():
            for output in outputs:
                if self._tells_probes or not isinstance(output, RunProbe):
                    self._watch(Happening(self.now, run.name, output))
                else:
                    self.untold += 1
                self._perform(run, output)
        deadline = run.machine.next_deadline()
        if self._skips and deadline is not None and self._skip(run, deadline):
            deadline = run.machine.next_deadline()
        self._arm(run, deadline)

    def _arm(self, run: PodRun, deadline: float | None) -> None:
        """Wake the machine at its next deadline."""
        if deadline is None:
            run.wake_at = inf
        elif deadline != run.wake_at:
            run.wake_at = deadline
            self._made += 1
            heapq.heappush(self._wakes, (deadline, self._made, run))

    def _skip(self, run: PodRun, deadline: float) -> bool:
        """Pass over what changes nothing, up to the next thing that may.

        `deadline` is when something is due for the pod that has just settled; returns whether that
        may be later now.
        """
        until = min(self._horizon, self._queue[0][0] if self._queue else inf)
        if deadline >= until:
            return False
        taken = skip_pods(run, self.pods.values(), until, self.now)
        for other in taken:
            if other is not run:
                self._arm(other, other.machine.next_deadline())
        return run in taken

    def _perform(self, run: PodRun, output: Output) -> None:
        if isinstance(output, RunProbe):
            self._probe(run, output)
        elif isinstance(output, StartContainer):
            self._start(run, output)
        elif isinstance(output, SendSignal):
            self._signal(run, output)
        elif isinstance(output, RunHook):
            self._hook(run, output)
        elif isinstance(output, CreateSandbox):
            seconds = self._between(run, "sandbox", self._latency.sandbox)
            self.at(self.now + seconds, self._sandbox_created, run)
        elif isinstance(output, StopSandbox):
            seconds = self._between(run, "stop sandbox", self._latency.stop_sandbox)
            self.at(self.now + seconds, self._sandbox_stopped, run)
        elif isinstance(output, RemoveContainers):
            for container in output.containers:
                run.processes.pop(container, None)
            run.forget_answers()

    def _sandbox_created(self, run: PodRun) -> None:
        run.machine.sandbox_created(self.now, run.draw)
        self._settle(run)

    def _sandbox_stopped(self, run: PodRun) -> None:
        run.machine.sandbox_stopped(self.now)
        self._settle(run)

    def _start(self, run: PodRun, output: StartContainer) -> None:
        seconds = self._between(run, "start", self._latency.start)
        container = output.container
        spec = run.spec(container)
        pull = None
        if (spec.image_pull_policy or pull_policy(spec.image)) == "Always":
            taken = self._between(run, "pull", self._latency.pull)
            pull = Pull(taken, taken)
            seconds += taken
            run.machine.pull_started(container, self.now)
        workload = run.workloads.get(container, ContainerWorkload())
        error = workload.start_error_at(self.now)
        if error is not None:
            self.at(self.now + seconds, self._start_failed, run, container, error)
        else:
            self.at(self.now + seconds, self._started, run, container, workload, pull)

    def _start_failed(self, run: PodRun, container: str, error: Any) -> None:
        run.machine.start_failed(container, error.reason, error.message, self.now, run.draw)
        self._settle(run)

    def _started(
        self, run: PodRun, container: str, workload: ContainerWorkload, pull: Pull | None
    ) -> None:
        life = run.lives.get(container, -1) + 1
        run.lives[container] = life
        process = Process(workload, run.spec(container), self.now, life, run.draw, run.surroundings)
        run.processes[container] = process
        run.ends.pop(container, None)
        run.forget_answers()
        told_at = self.now + self._between(run, "report", self._latency.report)
        run.told_at[container] = told_at
        self.at(told_at, self._told, run, container, self.now, pull)  # before any end, in order
        end = process.own_end()
        if end is not None:
            self._end_at(run, container, end)
        child = process.child_kill()
        if child is not None:
            self.at(child.at, self._child_killed, run, container, process, child)
        if run.storage is not None:
            run.storage.started()

    def _told(self, run: PodRun, container: str, started_at: float, pull: Pull | None) -> None:
        run.machine.container_started(
            container, self.now, run.draw, started_at=started_at, pull=pull
        )
        self._settle(run)

    def _probe(self, run: PodRun, output: RunProbe) -> None:
        probe = probe_of(run.spec(output.container), output.kind)
        if probe is None:
            raise AssertionError("the machine asks only for probes that the container has")
        reply = run.ask(output.container, output.kind, probe, self.now)
        self.at(self.now + reply.seconds, self._answered, run, output, reply)

    def _answered(self, run: PodRun, output: RunProbe, reply: Reply) -> None:
        if self._tells_probes:
            self._watch(Happening(self.now, run.name, reply, output.container))
        else:
            self.untold += 1
        run.machine.probe_finished(
            output.container, output.kind, reply.outcome, reply.output, self.now, run.draw
        )
        self._settle(run)

    def _hook(self, run: PodRun, output: RunHook) -> None:
        lifecycle = run.spec(output.container).lifecycle
        process = run.processes.get(output.container)
        post = output.kind is HookKind.POST_START
        handler = (lifecycle.post_start if post else lifecycle.pre_stop) if lifecycle else None
        if handler is None or process is None:
            self.at(self.now, self._hook_failed, run, output)
        else:
            seconds, succeeded = process.run_hook(handler, self.now)
            run.hooks[output.container] = output
            ended = self._hook_succeeded if succeeded else self._hook_failed
            self.at(self.now + seconds, ended, run, output)

    def _hook_succeeded(self, run: PodRun, output: RunHook) -> None:
        self._hook_finished(run, output, succeeded=True)

    def _hook_failed(self, run: PodRun, output: RunHook) -> None:
        self._hook_finished(run, output, succeeded=False)

    def _hook_finished(self, run: PodRun, output: RunHook, *, succeeded: bool) -> None:
        if run.hooks.get(output.container) is output:
            del run.hooks[output.container]
        elif output.container in run.processes:
            return
        error = "" if succeeded else run.hook_error(output)
        run.machine.hook_finished(
            output.container, output.kind, self.now, run.draw, succeeded=succeeded, error=error
        )
        self._settle(run)

    def _signal(self, run: PodRun, output: SendSignal) -> None:
        process = run.processes.get(output.container)
        if process is None:
            return
        run.forget_answers()
        if output.signal == "KILL":
            end: End | None = End(self.now + _DEATH_SECONDS, _KILLED)
        else:
            end = process.on_term(self.now)
        if end is not None:
            self._end_at(run, output.container, end)

    # What processes do

    def _end_at(self, run: PodRun, container: str, end: End) -> None:
        """A process will end, unless something ends it before."""
        known = run.ends.get(container)
        if known is not None and known <= end.at:
            return
        run.ends[container] = end.at
        at = max(end.at, run.told_at[container])
        self.at(at, self._ended, run, container, run.processes[container], end)

    def _ended(self, run: PodRun, container: str, process: Process, end: End) -> None:
        if run.processes.get(container) is not process or run.ends.get(container) != end.at:
            return
        del run.processes[container]
        run.forget_answers()
        if run.storage is not None:
            run.storage.ended(container, process)
        hook = run.hooks.get(container)
        if hook is not None:
            self._hook_failed(run, hook)
        self._watch(Happening(self.now, run.name, end, container))
        run.machine.container_exited(container, end.exit_code, self.now, run.draw, oom=end.oom)
        self._settle(run)

    def _child_killed(self, run: PodRun, container: str, process: Process, kill: ChildKill) -> None:
        """The kernel killed a child for memory: the kubelet hears nothing of it (Q28)."""
        if run.processes.get(container) is process:
            self._watch(Happening(self.now, run.name, kill, container))

    def _between(self, run: PodRun, name: str, bounds: tuple[float, float]) -> float:
        low, high = bounds
        return low + (high - low) * run.draw(name)


def _drawn_for(draw: Draw, name: str, purpose: str) -> float:
    """A pod's own chance: what it draws does not depend on when others draw."""
    return draw(f"{name}: {purpose}")
