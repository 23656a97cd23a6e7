"""How long a probe keeps getting the same outcome.

Rules: the answer may be too early, never too late: a driver skips the probes until then. Where
chance decides whether an answer is in time, nothing is sure beyond now.
"""

from collections.abc import Iterable
from math import inf
from typing import TYPE_CHECKING

from holdfast.model.container import HttpGetAction, Probe
from holdfast.simulation.answering import EXEC_SECONDS, chosen, http_path, resolve_port
from holdfast.simulation.cpu_share import TURNS, left_for, turn_seconds, work_seconds
from holdfast.simulation.distribution import Distribution
from holdfast.simulation.spell import Spell, change_after
from holdfast.simulation.workload import Answer, DependencyDown, ExecAnswer, GrpcAnswer

if TYPE_CHECKING:
    from holdfast.simulation.process import Process


def steady_until(process: "Process", probe: Probe, now: float) -> float:
    """A time of the world; `now` where the next answer may differ from this one."""
    uptime = now - process.started_at
    work = process.workload
    spells: list[Spell] = [*work.unreachable, *work.stuck]
    answer: Answer | GrpcAnswer | ExecAnswer | None
    soonest = inf
    if probe.exec is not None:
        line = " ".join(probe.exec.command or ())
        spells = [*work.exec.get(line, work.exec.get("*", ()))]
        answer = chosen(work.exec, line, process, uptime)
    elif probe.tcp_socket is not None:
        return _world(process, min(_points(process, uptime), _changes(process, spells, uptime)))
    else:
        if not isinstance(resolve_port(process.spec, probe.port), int):
            return inf
        if probe.grpc is not None:
            path, name = "grpc", probe.grpc.service or ""
            spells.extend(work.grpc.get(name, work.grpc.get("*", ())))
            answer = chosen(work.grpc, name, process, uptime)
        else:
            path = http_path(probe.http_get or HttpGetAction())
            spells.extend(work.answers.get(path, work.answers.get("*", ())))
            answer = chosen(work.answers, path, process, uptime)
            if answer is not None and answer.redirect is not None:
                return now
        if uptime < process.responsive_from(uptime) < inf:
            # Whoever asks late enough in a hang is answered in time when it ends.
            return now
        soonest = _points(process, uptime)
        for name, need in work.needs.items():
            if need.while_running is DependencyDown.HANG and process.surroundings.is_down(
                name, now
            ):
                return now
            change = process.surroundings.change_after(name, now)
            soonest = min(soonest, change - process.started_at)
    spells.extend(work.cpu.demand)
    soonest = min(soonest, _changes(process, spells, uptime))
    return _world(process, min(soonest, _in_time_until(process, probe, answer, uptime)))


def _points(process: "Process", uptime: float) -> float:
    return min((point for point in process.turning_points if point > uptime), default=inf)


def _changes(process: "Process", spells: Iterable[Spell], uptime: float) -> float:
    return change_after(spells, uptime, process.started_at)


def _world(process: "Process", uptime: float) -> float:
    return process.started_at + uptime


def _in_time_until(
    process: "Process",
    probe: Probe,
    answer: Answer | GrpcAnswer | ExecAnswer | None,
    uptime: float,
) -> float:
    """Until when it is sure that answers are in time, or that they are late."""
    low, high = _bounds(process, probe, answer, uptime)
    timeout = float(probe.timeout)
    if process.surroundings.shared_cpu or low < timeout <= high:
        return uptime
    pauses = process.workload.pauses
    if pauses is None or probe.exec is not None or low >= timeout:
        return inf
    if high + pauses.last.high < timeout:
        return inf
    return uptime if process.pause_end(uptime) > uptime else process.next_pause(uptime)


def _bounds(
    process: "Process",
    probe: Probe,
    answer: Answer | GrpcAnswer | ExecAnswer | None,
    uptime: float,
) -> tuple[float, float]:
    """The shortest and the longest answer of a process that is not stuck."""
    work = process.workload
    law: Distribution | None
    cost = work.cpu.per_answer
    if isinstance(answer, ExecAnswer):
        law, cost = answer.takes, answer.cpu or cost
    elif isinstance(answer, Answer):
        law, cost = answer.latency, answer.cpu or cost
    else:
        law = answer.latency if answer is not None else None
    if law is None:
        law = EXEC_SECONDS if probe.exec is not None else work.latency
    if process.cores == inf:
        return law.low + cost.low, law.high + cost.high
    demand = process.demand_at(uptime)
    cores = left_for(1.0, process.cores, demand)
    wait = TURNS * turn_seconds(process.cores, demand, work.cpu.slice.seconds)
    return (
        law.low + work_seconds(cost.low, cores),
        law.high + work_seconds(cost.high, cores) + wait,
    )
