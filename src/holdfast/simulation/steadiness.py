"""How long the ticks of a probe keep getting the same outcome.

Rules: the answer may be too early, never too late: a driver skips the probes until then. Where
chance decides whether an answer is in time, the draw of every tick is looked at; a failure that
chance decides is not sure beyond now.
"""

from collections.abc import Iterable
from math import inf
from typing import TYPE_CHECKING

from holdfast.kubelet.inputs import Outcome
from holdfast.model.container import HttpGetAction, Probe
from holdfast.simulation.answering import (
    EXEC_SECONDS,
    EXEC_TIME,
    LATENCY,
    chosen,
    http_path,
    resolve_port,
)
from holdfast.simulation.chance import share
from holdfast.simulation.cpu_share import TURNS, left_for, turn_seconds, work_seconds
from holdfast.simulation.distribution import Distribution
from holdfast.simulation.spell import Spell, change_after
from holdfast.simulation.workload import Answer, DependencyDown, ExecAnswer, GrpcAnswer

if TYPE_CHECKING:
    from holdfast.simulation.process import Process

# Looked at ahead at most: a day of a probe with the default period is four times as much.
_MOST_TICKS = 2000
# A share of a microsecond, far above the rounding of a time and far below a draw's index.
_CLOSE = 1e-3


def steady_until(process: "Process", probe: Probe, now: float, outcome: Outcome) -> float:
    """A time of the world; `now` where the next answer may differ from this one.

    `now` is a tick, and `outcome` what it gets. Of a success, only ticks from then on are meant.
    """
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
        port = resolve_port(process.spec, probe.port)
        if not isinstance(port, int):
            return inf
        if process.closed(port, uptime) is not None:
            # Nobody gets as far as an answer.
            return _world(process, min(_points(process, uptime), _changes(process, spells, uptime)))
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
    soonest = _world(process, soonest)
    return min(soonest, _in_time_until(process, probe, answer, now, soonest, outcome))


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
    now: float,
    until: float,
    outcome: Outcome,
) -> float:
    """Until when it is sure that answers are in time, or that they are late."""
    law, low, high = _parts(process, probe, answer, now - process.started_at)
    timeout = float(probe.timeout)
    if process.surroundings.shared_cpu:
        return now
    pauses = process.workload.pauses if probe.exec is None else None
    if law.low + low >= timeout:
        # Late, whatever is drawn; a pause only makes it later.
        return inf
    if law.high + high + (pauses.last.high if pauses is not None else 0.0) < timeout:
        return inf
    if outcome is not Outcome.SUCCESS:
        return now
    return _late_tick(process, probe, law.share_below(timeout - high), now, until)


def _late_tick(
    process: "Process", probe: Probe, sure_share: float, now: float, until: float
) -> float:
    """The first tick that is not answered in time, or a tick before which all are.

    A draw below `sure_share` is in time without a pause, whatever else is drawn.
    """
    key, started_at, period = process.key, process.started_at, probe.period
    purpose = LATENCY if probe.exec is None else EXEC_TIME
    has_pauses = process.workload.pauses is not None and probe.exec is None
    at = now
    for number in range(1, _MOST_TICKS):
        at = now + number * period
        if at >= until:
            return at
        uptime = at - started_at
        moment = uptime * 1e6
        index = int(moment)
        is_sure = share(key, purpose, index) < sure_share
        # Ticks that were added up in other steps differ by rounding: both draws must be in time.
        is_close = not _CLOSE < moment - index < 1.0 - _CLOSE
        if is_close:
            beside = index - 1 if moment - index <= _CLOSE else index + 1
            is_sure = is_sure and share(key, purpose, beside) < sure_share
        if is_sure and not (has_pauses and process.pause_end(uptime) > uptime):
            continue
        if is_close or process.answer(probe, at).outcome is not Outcome.SUCCESS:
            return at
    return at


def _parts(
    process: "Process",
    probe: Probe,
    answer: Answer | GrpcAnswer | ExecAnswer | None,
    uptime: float,
) -> tuple[Distribution, float, float]:
    """The law of an answer without CPU time, and the least and the most of what comes on top.

    Of a process that is not stuck.
    """
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
        return law, cost.low, cost.high
    demand = process.demand_at(uptime)
    cores = left_for(1.0, process.cores, demand)
    wait = TURNS * turn_seconds(process.cores, demand, work.cpu.slice.seconds)
    return law, work_seconds(cost.low, cores), work_seconds(cost.high, cores) + wait
