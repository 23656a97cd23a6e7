"""From a finding and its patch to the replay that proves it, or to the reason why none can.

Rules: the process does what the diagnosis says and nothing else. Numbers that the kill has hidden
stay open (prove.py): how long a start takes, how late an answer comes, how much memory is needed.
Where somebody has measured the processes, they do besides what was measured (complete.py). What a
replay of the pod does not show is said: images, commands, inputs from outside.
"""

from collections.abc import Callable
from functools import partial

import msgspec

from holdfast.kubelet.behaviour import Behaviour
from holdfast.model.container import Container
from holdfast.model.duration import Duration
from holdfast.model.edit import Change, Safety
from holdfast.model.finding import Finding
from holdfast.model.instant import parse_instant
from holdfast.model.pod import Pod
from holdfast.model.proof import PatchProof
from holdfast.model.quantity import format_bytes, read_quantity
from holdfast.model.simulated import Spread
from holdfast.model.verdict import Mechanism, ProbeFailure, Verdict
from holdfast.simulation.changed_pod import changed
from holdfast.simulation.complete import complete
from holdfast.simulation.hypothesis import (
    costly_from,
    grows_to,
    hypothesis_of,
    late_from,
    starts_after,
)
from holdfast.simulation.observation import Observation, observe
from holdfast.simulation.prove import Open, prove, prove_open, restarts_per_day
from holdfast.simulation.subject import Subject
from holdfast.simulation.trial import Trial
from holdfast.simulation.workload import ContainerWorkload, Workload

_NOT_READ = "the pod's specification or its start was not read"
_NOT_SHOWN = "a replay of the pod does not show whether its inputs are there afterwards"
_NO_CHANGE = "the patch sets no field whose value is known"
_SKETCH = "a sketch has values that only you know: replay the finished change with holdfast prove"
_BESIDE = "the patch changes how it stops, not whether it is restarted"


def try_patch(
    finding: Finding, pod: Pod, at: float, kubelet: Behaviour, measured: Workload | None = None
) -> PatchProof | str:
    """The proof of the finding's patch, or why there is none; "" where there is no patch.

    `at` is when the pod was read, `measured` what its processes were seen to do.
    """
    patch = finding.patch
    subject = finding.subject
    spec = next((m.spec for m in pod.members() if m.name == subject.container and m.spec), None)
    created = parse_instant(pod.status.start_time)
    if spec is None or created is None:
        return _NOT_READ
    seen = observe(pod.status, subject.container, created, at)
    if patch is None:
        return _without_patch(finding, pod, spec, seen, kubelet, measured)
    verdict = next((v for v in finding.verdicts if v.cause == patch.cause), None)
    if verdict is None:
        return _BESIDE
    if not patch.changes:
        return _NO_CHANGE
    if patch.safety is Safety.SKETCH:
        return _SKETCH
    if seen is None or verdict.mechanism not in (Mechanism.PROBE_KILL, Mechanism.MEMORY_KILL):
        return _NOT_SHOWN
    clean = Pod(pod.metadata, pod.spec)
    trial = _trial(clean, changed(clean, patch.changes), spec, kubelet)
    told = hypothesis_of(clean, spec, verdict, seen)
    if told is None:
        return "the times that were read do not tell what the process did"
    around = partial(complete, spec.name, measured=measured)
    number = _open_number(clean, spec, verdict, seen, around)
    if number is None:
        proof = prove(trial, around(told.workload), told.told, told.assumes)
    else:
        proof = prove_open(trial, number, told.told)
        if verdict.mechanism is Mechanism.MEMORY_KILL:
            # Nobody has seen whether it levels off: a leak is told beside the proof.
            leaking = around(_as_it_grew(told.workload, spec, measured))
            before, after = restarts_per_day(trial, leaking)
            proof = msgspec.structs.replace(proof, leaking_before=before, leaking_after=after)
    return proof if measured is None else _beside_measured(proof)


def _beside_measured(proof: PatchProof) -> PatchProof:
    assumed = ", ".join(filter(None, (proof.assumes, "and for the rest what was measured")))
    return msgspec.structs.replace(proof, assumes=assumed)


def _trial(before: Pod, after: Pod, spec: Container, kubelet: Behaviour) -> Trial:
    return Trial(Subject("Pod", before), Subject("Pod", after), (spec.name,), kubelet)


def _without_patch(
    finding: Finding,
    pod: Pod,
    spec: Container,
    seen: Observation | None,
    kubelet: Behaviour,
    measured: Workload | None,
) -> str:
    """Of a leak: what the remedy that everybody tries first would come to."""
    verdict = finding.cause
    limit = read_quantity(spec.limit("memory"))
    if verdict is None or verdict.mechanism is not Mechanism.MEMORY_KILL or seen is None:
        return ""
    told = hypothesis_of(pod, spec, verdict, seen)
    if limit is None or not limit.amount or told is None:
        return ""
    clean = Pod(pod.metadata, pod.spec)
    twice = str(2 * limit.bytes)
    change = Change(("containers", spec.name, "resources", "limits", "memory"), twice)
    trial = _trial(clean, changed(clean, (change,)), spec, kubelet)
    process = _as_it_grew(told.workload, spec, measured)
    before, after = restarts_per_day(trial, complete(spec.name, process, measured))
    return (
        "there is none, for a limit only puts the end of a leak off: with "
        f"{format_bytes(int(twice))} instead of {format_bytes(limit.bytes)}, the same growth "
        f"restarts it {_count(after)} times a day instead of {_count(before)} (24 h, seeds 0 to 9)"
    )


def _as_it_grew(
    process: ContainerWorkload, spec: Container, measured: Workload | None
) -> ContainerWorkload:
    """A process that leaks, with the growth that was measured where somebody did."""
    seen = measured.containers.get(spec.name) if measured is not None else None
    if seen is None or seen.memory.growth is None:
        return process
    return msgspec.structs.replace(process, memory=seen.memory)


def _count(restarts: Spread) -> str:
    return "unknown" if restarts.median is None else f"{restarts.median:.0f}"


_Around = Callable[[ContainerWorkload], Workload]
"""The workload of the pod in which the container does this."""


def _of(around: _Around, process: Callable[[float], ContainerWorkload]) -> Callable[..., Workload]:
    return lambda value: around(process(value))


def _open_number(
    pod: Pod, spec: Container, verdict: Verdict, seen: Observation, around: _Around
) -> Open | None:
    """The number that the diagnosis leaves open, or None where the workload is fully known."""
    uptime = seen.last.uptime_seconds if seen.last is not None else None
    if verdict.mechanism is Mechanism.MEMORY_KILL:
        limit = read_quantity(spec.limit("memory"))
        if limit is None or not limit.amount or uptime is None:
            return None
        return Open(
            float(limit.amount),
            _of(around, lambda need: grows_to(need, float(limit.amount), uptime)),
            lambda need: f"that it needs no more than {format_bytes(int(need))}",
        )
    if "listens_on" in verdict.parameters:
        return None
    if verdict.probe_failure is ProbeFailure.NEVER_UP and uptime:
        return Open(
            uptime,
            _of(around, starts_after),
            lambda start: f"that a start takes at most {_text(start)}",
        )
    if verdict.probe_failure is ProbeFailure.STARVED:
        answers = costly_from(pod, spec, verdict, seen)
        if answers is None:
            return None
        least, workload = answers
        return Open(
            least,
            _of(around, workload),
            lambda cost: f"that an answer needs at most {cost:.3f} s of CPU time",
        )
    if verdict.probe_failure is ProbeFailure.LATE:
        slow = late_from(pod, spec, verdict, seen)
        if slow is None:
            return None
        least, workload = slow
        return Open(least, _of(around, workload), lambda t: f"that answers take at most {_text(t)}")
    return None


def _text(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 10 else str(Duration(seconds))
