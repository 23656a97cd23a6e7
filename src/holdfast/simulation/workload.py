"""What the processes of a pod do: the workload language (docs/workloads.md) as values.

Rules: the defaults describe a process that listens at once, answers everything in a few
milliseconds, leaks nothing and ends cleanly on SIGTERM. The doc string under a field is its
documentation. Reading and refusing is done in `read_workload.py`.
"""

from enum import StrEnum

import msgspec

from holdfast.model.duration import Duration
from holdfast.simulation.consumption import Disk, Memory
from holdfast.simulation.distribution import Seconds, constant, uniform
from holdfast.simulation.spell import Clock, Part, Spell

_NOTHING = constant(0.0)


class Start(Part, frozen=True, kw_only=True):
    """From the start of the process until it listens."""

    wall: Seconds = _NOTHING
    """Time that no processor shortens: waiting, reading, sleeping."""
    cpu: Seconds = _NOTHING
    """CPU time, which a CPU limit stretches."""
    threads: float = 1.0
    """How many cores the start can use at once."""


class Hang(StrEnum):
    """Where an answer gets stuck."""

    HEADERS = "headers"
    """The request is taken and never answered."""
    BODY = "body"
    """Headers come, the body never ends: the kubelet discards the probe."""


class Answer(Spell, frozen=True, kw_only=True):
    """What an HTTP path answers while it holds."""

    code: int = 200
    """The status code."""
    latency: Seconds | None = None
    """How long it takes beside the CPU time; the container's `latency` by default."""
    cpu: Seconds | None = None
    """The CPU time that it costs; `cpu.perAnswer` by default."""
    hang: Hang | None = None
    """Never answers."""
    redirect: str | None = None
    """Answers 302 with this location: a path, or an address with another host."""


class GrpcAnswer(Spell, frozen=True, kw_only=True):
    """What grpc.health.v1 answers for a service while it holds."""

    status: str = "SERVING"
    """SERVING, NOT_SERVING, UNKNOWN, SERVICE_UNKNOWN, or UNIMPLEMENTED."""
    latency: Seconds | None = None
    """How long it takes beside the CPU time; the container's `latency` by default."""
    hang: bool = False
    """Never answers."""


class ExecAnswer(Spell, frozen=True, kw_only=True):
    """What a command of an exec probe does while it holds."""

    exit: int = 0
    """Its exit code."""
    output: str = ""
    """What it prints; the kubelet's event shows it."""
    takes: Seconds | None = None
    """How long it runs beside the CPU time; 20ms by default."""
    cpu: Seconds | None = None
    """The CPU time that it costs; `cpu.perAnswer` by default."""
    missing: bool = False
    """The image has no such program: neither a success nor a failure."""


class Listener(StrEnum):
    """What a port does with connections."""

    REFUSES = "refuses"
    """Nothing listens."""
    DROPS = "drops"
    """Packets vanish: a policy, a full queue, a dead network."""


class Unreachable(Spell, frozen=True, kw_only=True):
    """The ports do not accept connections while it holds."""

    how: Listener = Listener.REFUSES
    """Whether connections are refused or vanish."""


class Stuck(Spell, frozen=True, kw_only=True):
    """The process takes connections and does nothing else while it holds: a deadlock."""

    obeys_term: bool = False
    """Whether it still reacts to SIGTERM."""


class Pauses(Part, frozen=True, kw_only=True):
    """Everything stops now and then: a garbage collector, a frozen virtual machine."""

    every: Seconds
    """From one pause to the next."""
    last: Seconds = msgspec.field(name="for")
    """How long it lasts."""


class Exit(Spell, frozen=True, kw_only=True):
    """The process ends by itself."""

    after: Seconds = _NOTHING
    """So long after its `from`: how long it lives."""
    code: int = 1
    """Its exit code; 128 and more for a signal (139 is SIGSEGV)."""


class DependencyDown(StrEnum):
    """What a process does without something that it needs."""

    IGNORE = "ignore"
    WAIT = "wait"
    """Does not listen until it is there (`atStart` only)."""
    EXIT = "exit"
    """Gives up after `exitAfter`."""
    FAIL = "fail"
    """Answers `code` (`whileRunning` only)."""
    HANG = "hang"
    """Requests wait for it (`whileRunning` only)."""


class Need(Part, frozen=True, kw_only=True):
    """What a dependency means to a process."""

    at_start: DependencyDown = DependencyDown.IGNORE
    """When it is down at the start: ignore, wait or exit."""
    while_running: DependencyDown = DependencyDown.IGNORE
    """When it goes down later: ignore, fail, hang or exit."""
    exit_after: Seconds = _NOTHING
    """How long it tries before it gives up."""
    exit_code: int = 1
    """Its exit code then."""
    paths: tuple[str, ...] = ("*",)
    """The HTTP paths that need it; "*" is all of them, "grpc" all gRPC services."""
    code: int = 503
    """What they answer meanwhile."""


class Demand(Spell, frozen=True, kw_only=True):
    """Other work of the same process that wants the processor while it holds."""

    cores: float
    """How many cores it would use: busy threads."""


class Cpu(Part, frozen=True, kw_only=True):
    """How the process uses the processor."""

    demand: tuple[Demand, ...] = ()
    """Work beside the answers to probes."""
    per_answer: Seconds = constant(0.001)
    """The CPU time of one answer."""
    slice: Duration = Duration(0.003)
    """How long a busy thread runs before the next gets its turn: 3ms in the kernel, 5ms between
    Python threads, 10ms between goroutines."""


class TermAction(StrEnum):
    """What SIGTERM does to PID 1."""

    EXIT = "exit"
    """A handler ends the process, with `code`, `after` some time."""
    NO_HANDLER = "noHandler"
    """There is none: the kernel ignores the signal for PID 1."""
    IGNORE = "ignore"
    """The process ignores it."""
    SHELL = "shell"
    """PID 1 is a shell that does not pass it on."""


class OnTerm(Part, frozen=True, kw_only=True):
    """What happens on SIGTERM."""

    action: TermAction = TermAction.EXIT
    """Exit, noHandler, ignore or shell; only `exit` ends it before SIGKILL."""
    after: Seconds = _NOTHING
    """How long the handler drains."""
    code: int = 0
    """The exit code of the handler; 143 where SIGTERM has its default effect under an init."""
    serves: Seconds = _NOTHING
    """How long it still accepts connections; most servers close their listener at once."""


class Hook(Part, frozen=True, kw_only=True):
    """What the command or the request of a lifecycle hook does (`sleep` needs no description)."""

    takes: Seconds = constant(0.05)
    """How long it runs."""
    exit: int = 0
    """The exit code of its command."""


class Outage(Spell, frozen=True, kw_only=True):
    """A dependency is down while it holds."""

    clock: Clock = Clock.WORLD
    """Always the world's: an outage hits everybody at once."""


class StartError(Spell, frozen=True, kw_only=True):
    """The container cannot be started while it holds."""

    clock: Clock = Clock.WORLD
    """Always the world's: no process runs yet."""

    reason: str
    """The waiting reason: ErrImagePull, CreateContainerConfigError, RunContainerError and so on."""
    message: str = ""
    """The message beside it."""


class ContainerWorkload(Part, frozen=True, kw_only=True):
    """What the process of one container does."""

    start: Start = Start()
    """How long it takes until it listens."""
    ports: tuple[int, ...] | None = None
    """The ports that it listens on; all that are asked for by default."""
    localhost_only: bool = False
    """It listens on 127.0.0.1, where the kubelet cannot reach it."""
    unreachable: tuple[Unreachable, ...] = ()
    """When its ports accept no connections."""
    latency: Seconds = constant(0.002)
    """How long an answer takes beside its CPU time."""
    answers: dict[str, tuple[Answer, ...]] = msgspec.field(default_factory=dict)
    """By HTTP path, "*" for all others: what it answers; 200 otherwise."""
    grpc: dict[str, tuple[GrpcAnswer, ...]] = msgspec.field(default_factory=dict)
    """By service name, "*" for all others: what its health service answers."""
    exec: dict[str, tuple[ExecAnswer, ...]] = msgspec.field(default_factory=dict)
    """By command (its words joined by spaces), "*" for all others: what it does; exit 0 else."""
    stuck: tuple[Stuck, ...] = ()
    """When it hangs as a whole."""
    pauses: Pauses | None = None
    """When it stops for a moment."""
    exits: tuple[Exit, ...] = ()
    """When it ends by itself."""
    needs: dict[str, Need] = msgspec.field(default_factory=dict)
    """By name of a dependency: what its outages do."""
    memory: Memory = Memory()
    """What it takes of its memory limit."""
    child: Memory | None = None
    """What a child process takes of the same limit."""
    disk: Disk = Disk()
    """What it writes to the node's disk."""
    cpu: Cpu = Cpu()
    """What it takes of its CPU limit."""
    on_term: OnTerm = OnTerm()
    """What it does on SIGTERM."""
    hooks: dict[str, Hook] = msgspec.field(default_factory=dict)
    """By "postStart" or "preStop": what the hook does."""
    start_errors: tuple[StartError, ...] = ()
    """When it cannot be started at all."""

    def start_error_at(self, now: float) -> StartError | None:
        """The reason why it cannot be started at that time of the world, or None."""
        found = None
        for error in self.start_errors:
            if error.holds(now, 0):
                found = error
        return found


class Dependency(Part, frozen=True, kw_only=True):
    """Something outside the pods that they need: a database, a broker, another service."""

    outages: tuple[Outage, ...] = ()
    """When it is down."""
    needs: tuple[str, ...] = ()
    """Other dependencies without which it is down as well."""


class Traffic(Part, frozen=True, kw_only=True):
    """Requests that clients send to the pods through a Service."""

    per_second: float = 0.0
    """How many, all pods together."""
    lasts: Seconds = constant(0.05)
    """How long one is in work."""
    container: str = ""
    """The container that serves them; the pod's first one by default."""
    lag: Seconds = uniform(0.1, 2.0)
    """How long proxies take to hear that a pod is ready, or no longer so (kubelet.md 5.5)."""


class Workload(Part, frozen=True, kw_only=True):
    """A document of kind Workload."""

    containers: dict[str, ContainerWorkload] = msgspec.field(default_factory=dict)
    """By name of a container, or of its owner and the container ("api/app"), "*" for all others;
    what is in none of them just runs."""
    dependencies: dict[str, Dependency] = msgspec.field(default_factory=dict)
    """By name: what they need from outside."""
    traffic: Traffic = Traffic()
    """What clients ask."""
