"""Measurements as a workload file (docs/workloads.md) that `simulate`, `prove` and `tune` read.

Rules: only what was seen is written; what was not has the default of the language. Numbers that
vary are lists of what was measured, thinned to quantiles. CPU time is told apart from waiting,
because a limit stretches only the first.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from math import ceil, inf
from typing import Any

import yaml

from holdfast.kubelet.inputs import Outcome, ProbeKind
from holdfast.kubelet.probing import probe_of
from holdfast.model.container import Container, Probe
from holdfast.model.measurement import Disposition
from holdfast.model.quantity import read_quantity
from holdfast.rehearsal.measuring.growth import find_growth
from holdfast.rehearsal.measuring.measurements import Answered, Measured, Measurements
from holdfast.rehearsal.seen import Listening
from holdfast.rehearsal.stage import ports_of
from holdfast.simulation.read_workload import API_VERSION, KIND

Plain = dict[str, Any]

_MOST_VALUES = 20
_MILLI = 1000.0
_MEBI = 1024.0 * 1024.0
# What a few probes a second cost is part of `cpu.perAnswer`, not of other work.
_LEAST_DEMAND_CORES = 0.05
_STATUS = "HTTP probe failed with statuscode: "


def workload_document(measurements: Measurements, specs: Iterable[Container]) -> Plain:
    """The document as plain values, as `read_workload` takes it."""
    containers = {}
    for spec in specs:
        lives = measurements.lives.get(spec.name)
        if lives:
            extra = measurements.extra_starts.get(spec.name, [])
            containers[spec.name] = _container(spec, lives, extra)
    return {"apiVersion": API_VERSION, "kind": KIND, "containers": containers}


def write_workload(document: Plain, heading: Sequence[str]) -> str:
    """The document as YAML below a comment that says where it comes from."""
    comment = "".join(f"# {line}\n" for line in heading)
    return comment + yaml.safe_dump(document, sort_keys=False, width=100, default_flow_style=None)


def _container(spec: Container, lives: list[Measured], extra: list[Listening]) -> Plain:
    found: Plain = {}
    starts = [*(life.listening for life in lives if life.listening is not None), *extra]
    if starts:
        found["start"] = _start(spec, starts)
    answers = _http_answers(spec, lives)
    if answers:
        found["answers"] = answers
    commands = _commands(spec, lives)
    if commands:
        found["exec"] = commands
    exits = [life for life in lives if life.ended_by_itself]
    if exits:
        code = Counter(life.exit_code for life in exits).most_common(1)[0][0]
        found["exits"] = [{"after": _durations(life.ended or 0.0 for life in exits), "code": code}]
    memory = _memory(lives)
    if memory:
        found["memory"] = memory
    demand = _demand([life for life in lives if life.listening is not None or not ports_of(spec)])
    if demand > _LEAST_DEMAND_CORES:
        found["cpu"] = {"demand": [{"cores": round(demand, 3)}]}
    stop = _on_term(lives)
    if stop:
        found["onTerm"] = stop
    return found


def _start(spec: Container, starts: list[Listening]) -> Plain:
    """Waiting is what is left when the CPU time at the speed of the limit is taken away."""
    limit = read_quantity(spec.limit("cpu"))
    cores = min(float(limit.amount), 1.0) if limit is not None and limit.amount else 1.0
    waits = [max(0.0, each.seconds - each.cpu_seconds / cores) for each in starts]
    return {"wall": _durations(waits), "cpu": _durations(each.cpu_seconds for each in starts)}


def _http_answers(spec: Container, lives: list[Measured]) -> Plain:
    """By path, from the life that was asked longest: a spell for each stretch of the same code."""
    found: Plain = {}
    for path, kinds in _by_subject(spec, _path):
        asked = [_answers_of(life, kinds) for life in lives]
        longest = max(asked, key=lambda answers: answers[-1].uptime if answers else -1.0)
        spells: list[Plain] = []
        coded = [(answer, _code(answer)) for answer in longest]
        told = [(answer, code) for answer, code in coded if code is not None]
        for code, stretch in groupby(told, key=lambda pair: pair[1]):
            answers = [answer for answer, _ in stretch]
            spell: Plain = {"code": code, "latency": _durations(a.seconds for a in answers)}
            if spells:
                spell["from"] = _duration(answers[0].uptime)
            spells.append(spell)
        if spells:
            found[path] = spells
    return found


def _commands(spec: Container, lives: list[Measured]) -> Plain:
    """By command of an exec probe: exit codes are not known, only whether it was 0."""
    found: Plain = {}
    for line, kinds in _by_subject(spec, _command):
        answers = [answer for life in lives for answer in _answers_of(life, kinds)]
        done = [each for each in answers if each.reply.outcome is not Outcome.ERROR]
        spells: list[Plain] = []
        for failed, stretch in groupby(done, key=lambda a: a.reply.outcome is Outcome.FAILURE):
            part = list(stretch)
            spell: Plain = {"exit": int(failed), "takes": _durations(a.seconds for a in part)}
            if spells:
                spell["from"] = _duration(part[0].uptime)
            spells.append(spell)
        # Lives are one after the other here: only a command that never changes can be told.
        if len(spells) == 1:
            found[line] = spells
    return found


def _by_subject(
    spec: Container, name_of: Callable[[Probe], str | None]
) -> Iterator[tuple[str, set[ProbeKind]]]:
    """Paths or commands, and the kinds of the probes that ask them."""
    subjects: dict[str, set[ProbeKind]] = {}
    for kind in ProbeKind:
        probe = probe_of(spec, kind)
        name = name_of(probe) if probe is not None else None
        if name is not None:
            subjects.setdefault(name, set()).add(kind)
    yield from subjects.items()


def _path(probe: Probe) -> str | None:
    return (probe.http_get.path or "/").partition("?")[0] if probe.http_get is not None else None


def _command(probe: Probe) -> str | None:
    return " ".join(probe.exec.command or ()) if probe.exec is not None else None


def _answers_of(life: Measured, kinds: set[ProbeKind]) -> list[Answered]:
    """Until it was told to stop: a program that drains answers otherwise."""
    end = life.stopped.uptime if life.stopped is not None else inf
    return [answer for answer in life.answers if answer.kind in kinds and answer.uptime < end]


def _code(answer: Answered) -> int | None:
    """The status code, or None where there was no answer."""
    if answer.reply.outcome is Outcome.SUCCESS:
        return 200
    if answer.reply.outcome is Outcome.FAILURE and answer.reply.output.startswith(_STATUS):
        return int(answer.reply.output.removeprefix(_STATUS))
    return None


def _memory(lives: list[Measured]) -> Plain:
    """Of the life that lived longest."""
    longest = max(lives, key=lambda life: life.used[-1][0] if life.used else -1.0)
    points = [(at, float(usage.memory_bytes)) for at, usage in longest.used if usage.memory_bytes]
    if not points:
        return {}
    growth = find_growth(points)
    memory: Plain = {"start": _bytes(growth.start)}
    if growth.rate > 0:
        memory["growth"] = {"rate": f"{_bytes(growth.rate * 60)}/m"}
        if growth.begin > 0:
            memory["growth"]["from"] = _duration(growth.begin)
    return memory


def _demand(lives: list[Measured]) -> float:
    """Cores that it used on average after its start, of the life that lived longest."""
    if not lives:
        return 0.0
    longest = max(lives, key=lambda life: life.used[-1][0] if life.used else -1.0)
    begin = longest.listening.seconds if longest.listening is not None else 0.0
    later = [(at, usage.cpu_seconds) for at, usage in longest.used if at >= begin]
    if len(later) < 2 or later[-1][0] <= later[0][0]:
        return 0.0
    return (later[-1][1] - later[0][1]) / (later[-1][0] - later[0][0])


def _on_term(lives: list[Measured]) -> Plain:
    ended = [life for life in lives if life.stopped is not None and life.ended is not None]
    if not ended:
        return {}
    killed = [life for life in ended if life.killed]
    if killed:
        stop = killed[-1].stopped
        if stop is not None and stop.shell:
            return {"action": "shell"}
        no_handler = stop is None or stop.disposition is Disposition.DEFAULT
        return {"action": "noHandler" if no_handler else "ignore"}
    code = Counter(life.exit_code for life in ended).most_common(1)[0][0]
    waits = ((life.ended or 0.0) - life.stopped.uptime for life in ended if life.stopped)
    return {"after": _durations(waits), "code": code}


def _durations(seconds: Iterable[float]) -> str | list[str]:
    """One value, or the quantiles of many."""
    values = sorted(seconds)
    if len(values) > _MOST_VALUES:
        step = (len(values) - 1) / (_MOST_VALUES - 1)
        values = [values[round(number * step)] for number in range(_MOST_VALUES)]
    written = [_duration(value) for value in values]
    return written[0] if len(set(written)) == 1 else written


def _duration(seconds: float) -> str:
    """In milliseconds, which is as fine as it was measured; never less than one."""
    return f"{max(1, round(max(0.0, seconds) * _MILLI))}ms"


def _bytes(count: float) -> str:
    """In KiB up to a MiB, then in MiB with what was measured of it."""
    if count < _MEBI:
        return f"{ceil(count / 1024)}Ki"
    return f"{count / _MEBI:.1f}Mi"
