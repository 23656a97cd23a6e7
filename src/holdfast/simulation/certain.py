"""When no phase of any probe lets a container end, so that one replay says what all would say.

Rules: it may say no where it is so, never yes where it is not (a property test replays random
pods). A verdict takes as many failures in a row as `failureThreshold` says, each at least a period
after the one before: counted is how many ticks fit, at most, into the times at which the process
does not answer well.
"""

from collections.abc import Iterator
from itertools import chain
from math import inf

from holdfast.model.container import Container, Probe
from holdfast.model.pod import PodSpec
from holdfast.simulation.spell import Spell
from holdfast.simulation.workload import (
    Answer,
    ContainerWorkload,
    ExecAnswer,
    GrpcAnswer,
    Start,
)

_ANSWERS_AT_ONCE = ContainerWorkload()


def certainly_runs_on(spec: PodSpec, name: str, work: ContainerWorkload) -> bool:
    """Whether no container of a pod ever ends once it runs, whenever probes ask.

    `work` is what the process of the container of that name does; all others answer at once.
    """
    known = ContainerWorkload(
        start=Start(wall=work.start.wall),
        stuck=work.stuck,
        unreachable=work.unreachable,
        answers=work.answers,
        grpc=work.grpc,
        exec=work.exec,
    )
    if work != known or any(one.name == name for one in spec.init_containers or ()):
        return False
    containers = (*(spec.init_containers or ()), *spec.containers)
    # A postStart hook that fails ends its container, and a request fails before it listens.
    if any(one.post_start is not None for one in containers):
        return False
    return all(_runs_on(one, work if one.name == name else _ANSWERS_AT_ONCE) for one in containers)


def _runs_on(container: Container, work: ContainerWorkload) -> bool:
    startup, start = container.startup_probe, work.start.wall.high
    # A command succeeds before the process listens, every other startup probe waits for that.
    waits = startup is not None and startup.exec is None
    return _never_fails(startup, start, work) and _never_fails(
        container.liveness_probe, 0.0 if waits else start, work
    )


def _never_fails(probe: Probe | None, start: float, work: ContainerWorkload) -> bool:
    """Whether too few ticks fall into silences for a verdict of failure."""
    if probe is None:
        return True
    # Of a tick that finds its worker busy, the probe comes later, by a timeout at most.
    late = probe.timeout if probe.timeout >= probe.period else 0
    silences = _silences(probe, start, work)
    return sum((seconds + late) / probe.period + 1.0 for seconds in silences) < probe.failures


def _silences(probe: Probe, start: float, work: ContainerWorkload) -> Iterator[float]:
    """How long it lasts, each time, that the probe may fail."""
    answers: list[tuple[Answer | GrpcAnswer | ExecAnswer, ...]] = []
    if probe.exec is not None:
        answers += work.exec.values()
    else:
        if start:
            yield start
        for spell in (*work.stuck, *work.unreachable):
            yield _seconds(spell)
        answers += work.answers.values() if probe.http_get is not None else ()
        answers += work.grpc.values() if probe.grpc is not None else ()
    for answer in chain.from_iterable(answers):
        if not _is_good(answer, probe.timeout):
            yield _seconds(answer)


def _seconds(spell: Spell) -> float:
    return inf if spell.length is None or spell.every is not None else spell.length.seconds


def _is_good(answer: Answer | GrpcAnswer | ExecAnswer, timeout: int) -> bool:
    """Whether it is a success in time; what needs a CPU may have to wait for it."""
    if isinstance(answer, ExecAnswer):
        takes, succeeds = answer.takes, answer.exit == 0 and answer.cpu is None
    elif isinstance(answer, GrpcAnswer):
        takes, succeeds = answer.latency, answer.status == "SERVING" and not answer.hang
    else:
        takes = answer.latency
        plain = answer.hang is None and answer.redirect is None and answer.cpu is None
        succeeds = plain and 200 <= answer.code < 400
    most = takes.high + _ANSWERS_AT_ONCE.cpu.per_answer.high if takes is not None else 0.0
    return succeeds and most < timeout
