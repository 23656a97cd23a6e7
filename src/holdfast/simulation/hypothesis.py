"""What a cause says the process does, as a workload with numbers that fit what was observed.

Rules: a number is derived from times and settings by the kubelet's own arithmetic, and has the
width that whole seconds and the phase of the probes leave it; nothing is searched for. What a cause
does not say (the shape of a leak) is assumed, and the assumption is told.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

import msgspec

from holdfast.kubelet.inputs import ProbeKind
from holdfast.kubelet.probing import probe_of
from holdfast.kubelet.windows import Window, detection_window, kill_window
from holdfast.model.container import Container, Probe
from holdfast.model.duration import Duration
from holdfast.model.pod import Pod
from holdfast.model.quantity import Quantity, read_quantity
from holdfast.model.verdict import Mechanism, ProbeFailure, Verdict
from holdfast.simulation.consumption import Growth, Memory
from holdfast.simulation.distribution import Distribution, constant, uniform
from holdfast.simulation.observation import Observation
from holdfast.simulation.workload import (
    Answer,
    ContainerWorkload,
    ExecAnswer,
    Exit,
    GrpcAnswer,
    Hook,
    OnTerm,
    Start,
    StartError,
    Stuck,
    TermAction,
)

# A second of truncation on either side of a difference of API times (kubelet.md 0.3).
_TRUNCATION = 1.0
# How late an answer comes that is too late, in timeouts: anything above one is the same kill.
_LATE = 2.0
# Longer than any life that is replayed: "never" for a start that was always cut off.
_NEVER_SECONDS = 10 * 86400.0
# What a service takes of its limit before it grows; the shape of a leak is not in the status.
_RESTING_SHARE = 0.25


_Answer = TypeVar("_Answer", Answer, GrpcAnswer, ExecAnswer)


class Hypothesis(NamedTuple):
    """A workload, told in one sentence; `assumes` is what was not observed, or ""."""

    workload: ContainerWorkload
    told: str
    assumes: str = ""


def hypothesis_of(
    pod: Pod, spec: Container, verdict: Verdict, seen: Observation, share: float = 0.5
) -> Hypothesis | None:
    """The workload that a verdict means, or None where it means none that a replay could show.

    `share` chooses among numbers that fit alike: 0 is the least one, 1 the greatest.
    """
    if verdict.mechanism is Mechanism.PROBE_KILL:
        return _killed_by_probe(pod, spec, verdict, seen, share)
    if verdict.mechanism is Mechanism.MEMORY_KILL:
        return _killed_for_memory(spec, seen, share)
    if verdict.mechanism is Mechanism.CANNOT_START:
        return _cannot_start(seen)
    if verdict.mechanism is Mechanism.HOOK_FAILS:
        hooks = {"postStart": Hook(exit=1)}
        return Hypothesis(ContainerWorkload(hooks=hooks), "its postStart hook fails every time")
    if verdict.mechanism is Mechanism.SELF_EXIT:
        return _ends_by_itself(seen, share)
    return None


def costly(probe: Probe, uptime: float, cpu_seconds: float, term: OnTerm) -> ContainerWorkload:
    """A process whose answers to a probe cost so much CPU time from some uptime on."""
    at, cost = Duration(uptime), constant(cpu_seconds)
    if probe.exec is not None:
        return ContainerWorkload(exec={"*": (ExecAnswer(begin=at, cpu=cost),)}, on_term=term)
    return ContainerWorkload(answers={"*": (Answer(begin=at, cpu=cost),)}, on_term=term)


def starts_after(seconds: float) -> ContainerWorkload:
    """A process that listens after so long and is well from then on."""
    return ContainerWorkload(start=Start(wall=constant(seconds)))


def grows_to(need: float, limit: float, seconds: float) -> ContainerWorkload:
    """A process whose memory reaches `limit` bytes after so long, and stays at `need` bytes."""
    resting = min(limit, need) * _RESTING_SHARE
    memory = Memory(
        start=Quantity.parse(int(resting)),
        growth=Growth(rate=constant((limit - resting) / max(seconds, _TRUNCATION))),
        ceiling=Quantity.parse(int(need)),
    )
    return ContainerWorkload(memory=memory)


OpenWorkload = tuple[float, Callable[[float], ContainerWorkload]]
"""The least value that a number must have, and the process for a value of it."""


def late_from(
    pod: Pod, spec: Container, verdict: Verdict, seen: Observation
) -> OpenWorkload | None:
    """The late answers of a verdict, by the seconds that they take: more than the timeout."""
    probe = probe_of(spec, _kind(verdict))
    middle = hypothesis_of(pod, spec, verdict, seen)
    if probe is None or middle is None:
        return None
    answers = middle.workload

    def workload(seconds: float) -> ContainerWorkload:
        late = constant(seconds)
        return msgspec.structs.replace(
            answers,
            answers={name: _each(given, latency=late) for name, given in answers.answers.items()},
            grpc={name: _each(given, latency=late) for name, given in answers.grpc.items()},
            exec={name: _each(given, takes=late) for name, given in answers.exec.items()},
        )

    return float(probe.timeout), workload


def costly_from(
    pod: Pod, spec: Container, verdict: Verdict, seen: Observation
) -> OpenWorkload | None:
    """The costly answers of a verdict, by their CPU seconds: more than a timeout's worth."""
    probe = probe_of(spec, _kind(verdict))
    middle = hypothesis_of(pod, spec, verdict, seen)
    cores = read_quantity(spec.limit("cpu"))
    if probe is None or middle is None or cores is None:
        return None
    given = (*middle.workload.answers.values(), *middle.workload.exec.values())
    begin = given[0][0].begin.seconds if given else 0.0
    term = middle.workload.on_term
    least = float(probe.timeout) * float(cores.amount)
    return least, lambda cost: costly(probe, begin, cost, term)


def _each(answers: tuple[_Answer, ...], **fields: Distribution) -> tuple[_Answer, ...]:
    return tuple(msgspec.structs.replace(answer, **fields) for answer in answers)


def _kind(verdict: Verdict) -> ProbeKind:
    named = str(verdict.parameters.get("probe", ProbeKind.LIVENESS.value))
    return ProbeKind.STARTUP if named == ProbeKind.STARTUP else ProbeKind.LIVENESS


def _ends_by_itself(seen: Observation, share: float) -> Hypothesis | None:
    uptimes = [end.uptime_seconds for end in seen.ended if end.uptime_seconds is not None]
    last = seen.last
    if last is None or not uptimes:
        return None
    law = _around(min(uptimes), max(uptimes))
    told = _told(law)
    if max(uptimes) - min(uptimes) <= _TRUNCATION:
        # Whole seconds hide a difference of less: it lives equally long each time.
        law = constant(law.at(share))
    work = ContainerWorkload(exits=(Exit(after=law, code=last.exit_code),))
    return Hypothesis(work, f"it ends with {last.exit_code} after {told}")


def _killed_for_memory(spec: Container, seen: Observation, share: float) -> Hypothesis | None:
    limit = read_quantity(spec.limit("memory"))
    last = seen.last
    uptime = last.uptime_seconds if last is not None else None
    if limit is None or not limit.amount or uptime is None:
        return None
    size = float(limit.amount)
    grown = size * (1.0 - _RESTING_SHARE)
    rate = constant(grown / _around(uptime, uptime).at(share))
    start = Quantity.parse(int(size * _RESTING_SHARE))
    memory = Memory(start=start, growth=Growth(rate=rate))
    return Hypothesis(
        ContainerWorkload(memory=memory),
        f"its memory grows steadily and reaches the limit after {uptime:.0f} s",
        f"that it begins at a quarter of its limit and grows by about {grown / (uptime or 1):.0f} "
        "bytes a second",
    )


def _cannot_start(seen: Observation) -> Hypothesis | None:
    reason = seen.waiting
    if seen.last is not None and seen.last.reason == "StartError":
        reason = "RunContainerError"
    if reason in ("", "ContainerCreating", "PodInitializing", "CrashLoopBackOff"):
        return None
    if reason == "ImagePullBackOff":
        reason = "ErrImagePull"
    errors = (StartError(reason=reason),)
    return Hypothesis(ContainerWorkload(start_errors=errors), f"every start fails with {reason}")


def _killed_by_probe(
    pod: Pod, spec: Container, verdict: Verdict, seen: Observation, share: float
) -> Hypothesis | None:
    name = _kind(verdict)
    probe = probe_of(spec, name)
    failure = verdict.probe_failure
    if probe is None or failure is None or seen.last is None:
        return None
    term, stop = _stop(pod, probe, seen)
    late = failure in (ProbeFailure.LATE, ProbeFailure.HANG, ProbeFailure.STARVED)
    failing_seconds = float(probe.timeout) if late else 0.0
    lived = seen.last.uptime_seconds
    if lived is None:
        return None
    if kill_window(probe, failing_seconds, stop).holds(lived) or failure is ProbeFailure.NEVER_UP:
        begin = constant(0.0)
    else:
        begin = _onset(probe, failing_seconds, stop, lived)
    uptime = begin.at(share)
    port = verdict.parameters.get("listens_on")
    if failure is ProbeFailure.NEVER_UP and isinstance(port, float):
        work = ContainerWorkload(ports=(int(port),), on_term=term)
        return Hypothesis(work, f"it listens on port {port:.0f} only")
    if failure is ProbeFailure.STARVED:
        cores = read_quantity(spec.limit("cpu"))
        if cores is None or not cores.amount:
            return None
        work = costly(probe, uptime, _LATE * probe.timeout * float(cores.amount), term)
    else:
        work = _failing(probe, failure, uptime, term)
    told = f"its {name} probe {_FAILS[failure]} from {_told(begin)} after each start on"
    if failure is ProbeFailure.NEVER_UP:
        told = f"it never answers its {name} probe before it is killed"
    return Hypothesis(work, told)


_FAILS = {
    ProbeFailure.NEVER_UP: "is refused",
    ProbeFailure.STATUS: "is answered with a failure",
    ProbeFailure.LATE: "is answered too late",
    ProbeFailure.STARVED: "is answered too late, for want of CPU time,",
    ProbeFailure.HANG: "is not answered",
    ProbeFailure.COMMAND: "runs a command that fails",
}


def _stop(pod: Pod, probe: Probe, seen: Observation) -> tuple[OnTerm, Window]:
    """What SIGTERM does, told by the exit code, and how long the stop takes (kubelet.md 2.3)."""
    own = probe.termination_grace_period_seconds
    grace = float(own if own is not None else pod.spec.grace_seconds)
    code = seen.last.exit_code if seen.last is not None else 0
    if code == 137:
        return OnTerm(action=TermAction.IGNORE), Window(grace, grace + 2.0)
    return OnTerm(code=code), Window(0.0, 1.0)


def _onset(probe: Probe, failing_seconds: float, stop: Window, uptime: float) -> Distribution:
    """When it began to fail, counted back from the end by the detection window (kubelet.md 1.9)."""
    detected = detection_window(probe, failing_seconds)
    low = uptime - _TRUNCATION - stop.high - detected.high
    high = uptime + _TRUNCATION - stop.low - detected.low
    return uniform(max(0.0, low), max(0.0, high))


def _failing(probe: Probe, failure: ProbeFailure, uptime: float, term: OnTerm) -> ContainerWorkload:
    """A process whose answers turn bad at one uptime, the same in all lives of a replay."""
    at = Duration(uptime)
    if failure is ProbeFailure.NEVER_UP:
        return ContainerWorkload(start=Start(wall=constant(_NEVER_SECONDS)), on_term=term)
    if failure is ProbeFailure.HANG:
        return ContainerWorkload(stuck=(Stuck(begin=at, obeys_term=True),), on_term=term)
    if probe.exec is not None or failure is ProbeFailure.COMMAND:
        takes = constant(_LATE * probe.timeout) if failure is ProbeFailure.LATE else None
        answer = ExecAnswer(begin=at, exit=0 if takes else 1, takes=takes)
        return ContainerWorkload(exec={"*": (answer,)}, on_term=term)
    if probe.grpc is not None:
        status = "NOT_SERVING" if failure is ProbeFailure.STATUS else "SERVING"
        late = constant(_LATE * probe.timeout) if failure is ProbeFailure.LATE else None
        return ContainerWorkload(
            grpc={"*": (GrpcAnswer(begin=at, status=status, latency=late),)}, on_term=term
        )
    if probe.http_get is None:
        return ContainerWorkload(stuck=(Stuck(begin=at, obeys_term=True),), on_term=term)
    path = probe.http_get.path or "/"
    if failure is ProbeFailure.LATE:
        slow = Answer(begin=at, latency=constant(_LATE * probe.timeout))
        return ContainerWorkload(answers={path: (slow,)}, on_term=term)
    return ContainerWorkload(answers={path: (Answer(begin=at, code=500),)}, on_term=term)


def _around(low: float, high: float) -> Distribution:
    return uniform(max(0.05, low - _TRUNCATION), high + _TRUNCATION)


def _told(law: Distribution) -> str:
    if law.low == law.high:
        return f"{law.low:.0f} s"
    return f"{law.low:.0f} to {law.high:.0f} s"
