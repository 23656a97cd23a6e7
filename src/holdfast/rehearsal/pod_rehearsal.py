"""One pod under the kubelet machine in real time: does what the machine wants, tells what happened.

Rules: one method for each output of the machine; whatever takes time is a task of its own and feeds
the machine when it is done. Source of what each does: docs/specs/kubelet.md 16.
"""

import asyncio
import random
import signal
import time
from collections.abc import Coroutine
from functools import partial
from typing import Any

from holdfast.kubelet import wording
from holdfast.kubelet.inputs import HookKind
from holdfast.kubelet.machine import PodMachine
from holdfast.kubelet.outputs import (
    CreateSandbox,
    PodFinished,
    RunHook,
    RunProbe,
    SendSignal,
    StartContainer,
    StopSandbox,
)
from holdfast.kubelet.outputs import (
    Output as Wish,
)
from holdfast.kubelet.probing import probe_of
from holdfast.kubelet.publishing import publish_event
from holdfast.model.container import Container, LifecycleHandler
from holdfast.model.quantity import read_quantity
from holdfast.rehearsal.clock import Clock
from holdfast.rehearsal.container_runtime import StartFailedError
from holdfast.rehearsal.driver import RealTimeDriver, Tell
from holdfast.rehearsal.environment import ConfigurationError
from holdfast.rehearsal.hooks import run_hook
from holdfast.rehearsal.journal import Journal
from holdfast.rehearsal.life import Life
from holdfast.rehearsal.listening import listening_ports, open_connections, served_ports
from holdfast.rehearsal.output import Output
from holdfast.rehearsal.probes.ask import ask
from holdfast.rehearsal.probes.reply import Target
from holdfast.rehearsal.seen import (
    Began,
    Ended,
    Hooked,
    Listening,
    OverLimit,
    Probed,
    Seen,
    Serves,
    Signalled,
    Used,
    Wanted,
    Watch,
    Wrote,
)
from holdfast.rehearsal.stage import Stage, ports_of
from holdfast.rehearsal.start_failure import FORMAT_EXIT_CODE, start_refusal, wrong_format
from holdfast.rehearsal.start_life import start_life
from holdfast.rehearsal.termination_message import message_of

_SAMPLE_SECONDS = 1.0
# Without control groups memory is a watch: the shorter its pause, the less gets past it.
_WATCH_SECONDS = 0.1


class PodRehearsal:
    """A pod on its way through real time."""

    def __init__(self, stage: Stage, clock: Clock, watch: Watch) -> None:
        """The kubelet hears of the pod when `run` is called."""
        plan = stage.plan
        self.stage = stage
        self.clock = clock
        self.lives: dict[str, Life] = {}
        """What runs, by name of the container."""
        self.open_connections = 0
        """Connections to the pod at the last look while something of it ran."""
        self.journal = Journal()
        self.driver: RealTimeDriver
        self._watch = watch
        self._plan = plan
        chance = random.Random(plan.seed)  # noqa: S311 - jitter, not secrets
        self._draw = lambda _name: chance.random()
        self._counts: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        version = plan.behaviour.version
        self._probe_target = Target(stage.network.pod_ip, f"kube-probe/{version}")
        self._hook_target = Target(stage.network.pod_ip, f"kube-lifecycle/{version}")

    @property
    def machine(self) -> PodMachine:
        """The kubelet."""
        return self.driver.machine

    def begin(self) -> None:
        """The kubelet hears of the pod now."""
        machine = PodMachine(self._plan.pod, self._plan.behaviour, self.clock.now())
        self.driver = RealTimeDriver(machine, self.clock, self._draw, self._perform)
        self._do(self._sample())
        if self.stage.tree is None:
            self._do(self._watch_memory())
        self.driver.settle()

    @property
    def over(self) -> bool:
        """Whether nothing of the pod runs any more and nothing will."""
        return self._over.done()

    async def wait(self, seconds: float | None) -> None:
        """Until nothing of the pod runs any more, or so many seconds are over.

        Raises what went wrong in a task, above all that the runtime is gone.
        """
        try:
            async with asyncio.timeout(seconds):
                await asyncio.shield(self._over)
        except TimeoutError:
            return

    def delete(self, grace_seconds: float) -> None:
        """Somebody deletes the pod."""
        self.driver.feed(lambda machine, now: machine.delete(grace_seconds, now))

    async def abandon(self) -> None:
        """Stop here: no more probes, no more inputs. What runs is ended with the runtime."""
        self.driver.stop()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def look_at_connections(self) -> None:
        """Count the connections to the programs that run now."""
        if self.lives:
            self.open_connections = sum(
                open_connections(life.running.process, ports_of(self.spec(life.container)))
                for life in self.lives.values()
            )

    def spec(self, container: str) -> Container:
        """The container's specification."""
        return self.machine.state.records[container].spec

    # What the machine wants

    def _perform(self, output: Wish) -> None:
        self._tell(Wanted(output))
        if isinstance(output, RunProbe):
            self._do(self._probe(output))
        elif isinstance(output, StartContainer):
            self._do(self._start(output.container))
        elif isinstance(output, SendSignal):
            self._signal(output)
        elif isinstance(output, RunHook):
            self._do(self._hook(output))
        elif isinstance(output, CreateSandbox):
            self._feed(lambda machine, now: machine.sandbox_created(now, self._draw))
        elif isinstance(output, StopSandbox):
            self._feed(lambda machine, now: machine.sandbox_stopped(now))
        elif isinstance(output, PodFinished):
            self._conclude(None)

    def _signal(self, output: SendSignal) -> None:
        life = self.lives.get(output.container)
        if life is None:
            return
        which = signal.Signals[f"SIG{output.signal}"]
        found, shell = life.disposition(which), life.is_shell
        self._tell(Signalled(life.container, life.number, output.signal, found, shell))
        life.send(self.stage.runtime, which)

    async def _start(self, container: str) -> None:
        number = self._counts.get(container, 0)
        spec = self.spec(container)
        output = self.journal.open(container, number, partial(self._write, container))
        try:
            life = await start_life(self.stage, spec, number, output)
        except ConfigurationError as error:
            self._refuse(container, "CreateContainerConfigError", str(error))
        except StartFailedError as error:
            if wrong_format(error.failure):
                self._fail_at_exec(container, number, output, error.failure.subject)
            else:
                self._refuse(container, "RunContainerError", start_refusal(error.failure))
        else:
            await self._live(life)

    async def _live(self, life: Life) -> None:
        container, number = life.container, life.number
        self._begin(container, number, life.program.arguments)
        self.lives[container] = life
        self._do(self._watch_ports(life))
        status = await life.running.ended
        if life.group is not None:
            # Without one, nothing is left of a process that could tell.
            self._tell(Used(container, number, life.usage()))
        exit_code, oom = life.end(status)
        del self.lives[container]
        spec, lines = self.spec(container), life.output.lines
        message = message_of(self._plan.pod, spec, exit_code, life.messages, lines)
        self._end(container, number, exit_code, oom=oom, message=message)

    def _fail_at_exec(self, container: str, number: int, output: Output, program: str) -> None:
        """The kernel refuses the program's format after the runtime has started the container."""
        self._begin(container, number, (program,))
        output.add(f"exec {program}: exec format error")
        output.close()
        self._end(container, number, FORMAT_EXIT_CODE, oom=False)

    def _begin(self, container: str, number: int, command: tuple[str, ...]) -> None:
        self._counts[container] = number + 1
        self._tell(Began(container, number, command))
        self._feed(lambda machine, now: machine.container_started(container, now, self._draw))

    def _end(
        self, container: str, number: int, exit_code: int, *, oom: bool, message: str = ""
    ) -> None:
        self._tell(Ended(container, number, exit_code, oom))
        self._feed(
            lambda machine, now: machine.container_exited(
                container, exit_code, now, self._draw, oom=oom, message=message
            )
        )

    def _refuse(self, container: str, reason: str, message: str) -> None:
        self._feed(
            lambda machine, now: machine.start_failed(container, reason, message, now, self._draw)
        )

    async def _probe(self, output: RunProbe) -> None:
        container, kind = output.container, output.kind
        spec = self.spec(container)
        probe = probe_of(spec, kind)
        if probe is None:
            raise AssertionError("the machine asks only for probes that the container has")
        life = self.lives.get(container)
        executor = life.executor if life is not None else None
        begun = time.monotonic()
        reply = await ask(probe, spec, self._probe_target, executor, self._plan.behaviour)
        self._tell(Probed(container, kind, reply, time.monotonic() - begun))
        self._feed(
            lambda machine, now: machine.probe_finished(
                container, kind, reply.outcome, reply.output, now, self._draw
            )
        )

    async def _hook(self, output: RunHook) -> None:
        container, kind = output.container, output.kind
        spec = self.spec(container)
        life = self.lives.get(container)
        handler = _handler(spec, kind)
        if handler is None or life is None:
            raise AssertionError("the machine wants only hooks of containers that run")
        begun = time.monotonic()
        result = await run_hook(handler, spec, self._hook_target, life.executor, life.running)
        if result.fell_back:
            self._feed(partial(_tell_fallback, result.fell_back))
        self._tell(Hooked(container, kind, result.error, time.monotonic() - begun))
        self._feed(
            lambda machine, now: machine.hook_finished(
                container,
                kind,
                now,
                self._draw,
                succeeded=not result.error,
                error=result.error,
                output=result.output,
            )
        )

    # What is looked at meanwhile

    async def _sample(self) -> None:
        while True:
            await asyncio.sleep(_SAMPLE_SECONDS)
            for life in list(self.lives.values()):
                self._tell(Used(life.container, life.number, life.usage()))
                self._tell(Serves(life.container, life.number, served_ports(life.running.process)))

    async def _watch_ports(self, life: Life) -> None:
        """When it listens, seen from outside: nobody connects for that."""
        begun = time.monotonic()
        async for port in listening_ports(
            life.running.process, ports_of(self.spec(life.container))
        ):
            seconds, spent = time.monotonic() - begun, life.usage().cpu_seconds
            self._tell(Listening(life.container, life.number, port, seconds, spent))

    async def _watch_memory(self) -> None:
        """Where the kernel holds no limit: end what has passed it."""
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            for life in list(self.lives.values()):
                limit = read_quantity(self.spec(life.container).limit("memory"))
                if limit is None or life.killed_for_memory:
                    continue
                resident = life.usage().memory_bytes
                if resident > limit.bytes:
                    life.killed_for_memory = True
                    over = OverLimit(life.container, life.number, resident, limit.bytes)
                    self._tell(over)
                    life.send(self.stage.runtime, signal.SIGKILL)

    # The plumbing

    def _write(self, container: str, line: str) -> None:
        self._tell(Wrote(container, line))

    def _tell(self, what: Seen) -> None:
        self._watch(self.clock.now(), what)

    def _feed(self, tell: Tell) -> None:
        self.driver.feed(tell)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._conclude(error)

    def _conclude(self, error: BaseException | None) -> None:
        if self._over.done():
            return
        if error is None:
            self._over.set_result(None)
        else:
            self._over.set_exception(error)


def _handler(spec: Container, kind: HookKind) -> LifecycleHandler | None:
    if spec.lifecycle is None:
        return None
    post = kind is HookKind.POST_START
    return spec.lifecycle.post_start if post else spec.lifecycle.pre_stop


def _tell_fallback(host: str, machine: PodMachine, now: float) -> None:
    text = wording.https_fallback(host)
    publish_event(machine.state, "LifecycleHTTPFallback", "Warning", text, now)
