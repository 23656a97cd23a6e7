"""One life of one container's process: when it ends, what it answers, what a signal does to it.

Rules: everything that happens in a life follows from the workload, the moment of its start and one
draw; nothing is kept from one question to the next, except that SIGTERM was received. Times at the
border are those of the world, inside they are uptimes. A life is asked millions of times in a
proof: what can be known at its start is worked out once.
"""

from bisect import bisect_right
from collections.abc import Iterator
from math import inf

import msgspec

from holdfast.kubelet.inputs import Draw, Outcome
from holdfast.model.container import Container, LifecycleHandler, Probe
from holdfast.model.quantity import read_quantity
from holdfast.simulation.answering import (
    CPU_TIME,
    LATENCY,
    TURN,
    Reply,
    ask,
    http_path,
    resolve_port,
    unreachable,
)
from holdfast.simulation.chance import key_of, share
from holdfast.simulation.consumption import AtCeiling, Memory
from holdfast.simulation.cpu_share import TURNS, left_for, turn_seconds, work_seconds
from holdfast.simulation.distribution import Distribution
from holdfast.simulation.memory_curve import MemoryCurve, together_reach
from holdfast.simulation.spell import Clock, Spell, change_after, local
from holdfast.simulation.steadiness import steady_until
from holdfast.simulation.surroundings import Surroundings
from holdfast.simulation.workload import (
    ContainerWorkload,
    DependencyDown,
    Hook,
    Listener,
    TermAction,
)

__all__ = ["ChildKill", "End", "Process", "Reply", "Surroundings", "unreachable"]

_KILLED = 137
_PLAIN_HOOK = Hook()
# A process that ends in its first instant still ran.
_LEAST_LIFE = 0.001
# Purposes of chance; answering.py has 1 to 9.
_START_WALL, _START_CPU, _EXIT, _TERM, _SERVES, _LEAK, _CHILD_LEAK, _HOOK, _NEED = range(11, 20)
_PAUSE_GAP, _PAUSE = 21, 22


class End(msgspec.Struct, frozen=True):
    """How a process ends: `oom` for a kill for memory, its own or before it a child's."""

    at: float
    exit_code: int
    oom: bool = False


class ChildKill(msgspec.Struct, frozen=True):
    """The kernel kills a child for memory, and the process itself goes on."""

    at: float


class Process:
    """A life. `started_at` is a time of the world, `life` counts the container's lives from 0."""

    __slots__ = (
        "_closes_at", "_limit_bytes", "_listens_at", "_never_stops", "_own_end", "_pause_ends",
        "_pause_starts", "_thrashes_at", "child", "cores", "key", "life", "memory", "spec",
        "started_at", "surroundings", "workload",
    )  # fmt: skip

    def __init__(
        self,
        workload: ContainerWorkload,
        spec: Container,
        started_at: float,
        life: int,
        draw: Draw,
        surroundings: Surroundings,
    ) -> None:
        """A process starts now."""
        self.workload = workload
        self.spec = spec
        self.started_at = started_at
        self.life = life
        self.surroundings = surroundings
        self.key = key_of(draw(f"process {spec.name}"))
        limit = read_quantity(spec.limit("cpu"))
        self.cores = min(float(limit.amount) if limit is not None else inf, surroundings.cores)
        if surroundings.grant is not None:
            self.cores = min(self.cores, surroundings.grant(spec))
        bound = read_quantity(spec.limit("memory"))
        self._limit_bytes = float(bound.amount) if bound is not None and bound.amount else inf
        self.memory = self._curve(workload.memory, _LEAK)
        self.child = self._curve(workload.child, _CHILD_LEAK) if workload.child else None
        self._pause_starts: list[float] = []
        self._pause_ends: list[float] = []
        self._thrashes_at = self._at_ceiling(AtCeiling.THRASH)
        stops = workload.stuck or workload.pauses is not None or self._thrashes_at < inf
        self._never_stops = not stops
        self._listens_at = self._start()
        self._closes_at = inf
        self._own_end: tuple[End | None] | None = None

    def own_end(self) -> End | None:
        """How and when it ends by itself, or for memory; None when it goes on for ever."""
        if self._own_end is None:
            end = min(self._ends(), key=lambda end: end.at, default=None)
            self._own_end = (self._labelled(end),)
        return self._own_end[0]

    def child_kill(self) -> ChildKill | None:
        """The kill of a child for memory, which the process itself survives (kubelet.md Q28)."""
        if self.child is None or self.surroundings.oom_group:
            return None
        at = together_reach(self.memory, self.child, self._limit_bytes)
        if at == inf or self.memory.at(at) > self.child.at(at):
            return None
        return ChildKill(self.started_at + at)

    def answer(self, probe: Probe, now: float) -> Reply:
        """What a probe gets that asks now."""
        return ask(self, probe, now)

    def steady_until(self, probe: Probe, now: float, outcome: Outcome) -> float:
        """Until when a probe gets the same outcome as now; `now` where that is not sure."""
        return steady_until(self, probe, now, outcome)

    def run_hook(self, handler: LifecycleHandler, now: float) -> tuple[float, bool]:
        """How long a lifecycle hook takes, and whether it succeeds (kubelet.md 4.3)."""
        if handler.sleep is not None:
            return float(handler.sleep.seconds), True
        lifecycle = self.spec.lifecycle
        name = "preStop" if lifecycle is not None and lifecycle.pre_stop == handler else "postStart"
        hook = self.workload.hooks.get(name, _PLAIN_HOOK)
        uptime = now - self.started_at
        if handler.http_get is not None:
            # Any answer is a success, and nothing limits the wait; only no connection is not.
            port = resolve_port(self.spec, handler.http_get.port)
            if not isinstance(port, int) or self.closed(port, uptime) is not None:
                return 0.0, False
            return self.answer_seconds(http_path(handler.http_get), None, None, uptime), True
        takes = hook.takes.at(share(self.key, _HOOK, self.moment(uptime)))
        return takes, hook.exit == 0

    def on_term(self, now: float) -> End | None:
        """SIGTERM arrives: how it ends because of it, or None when it does not."""
        rule = self.workload.on_term
        uptime = now - self.started_at
        wakes = self.responsive_from(uptime, obeys_term=True)
        if rule.action is not TermAction.EXIT or wakes == inf:
            return None
        serves = rule.serves.at(share(self.key, _SERVES, 0))
        after = rule.after.at(share(self.key, _TERM, 0))
        self._closes_at = min(self._closes_at, wakes + serves)
        return self._labelled(End(self.started_at + wakes + after, rule.code))

    def accepts(self, until: float) -> list[tuple[float, float]]:
        """When it serves connections before a time of the world: (from, to) in order."""
        found: list[tuple[float, float]] = []
        begin, close, full = self.turning_points
        port = (self.workload.ports or (0,))[0]
        spells = (*self.workload.unreachable, *self.workload.stuck)
        stop = min(close, full, until - self.started_at)
        while begin < stop:
            end = min(change_after(spells, begin, self.started_at), stop)
            stuck = any(self.holds(spell, begin) for spell in self.workload.stuck)
            if self.closed(port, begin) is None and not stuck:
                found.append((self.started_at + begin, self.started_at + end))
            begin = end
        return found

    def memory_at(self, now: float) -> float:
        """The bytes that it and its child use at a time of the world."""
        uptime = now - self.started_at
        return self.memory.at(uptime) + (self.child.at(uptime) if self.child else 0.0)

    def moment(self, uptime: float) -> int:
        """The index of chance for what happens at that uptime."""
        return int(uptime * 1e6)

    def _labelled(self, end: End | None) -> End | None:
        """The runtime says OOMKilled of any later end once a child was killed (kubelet.md 6.1)."""
        child = self.child_kill()
        if end is None or child is None or child.at > end.at:
            return end
        return End(end.at, end.exit_code, oom=True)

    # What answers are made of

    def closed(self, port: int, uptime: float) -> Listener | None:
        """Why a port takes no connection, or None when it does."""
        work = self.workload
        if not self._listens_at <= uptime < self._closes_at or work.localhost_only:
            return Listener.REFUSES
        if work.ports is not None and port not in work.ports:
            return Listener.REFUSES
        found = None
        for spell in work.unreachable:
            if self.holds(spell, uptime):
                found = spell.how
        return found

    def answer_seconds(
        self, path: str, latency: Distribution | None, work: Distribution | None, uptime: float
    ) -> float:
        """How long an answer takes; infinite when it never comes."""
        since = uptime if self._never_stops else self.responsive_from(uptime)
        for name, need in self.workload.needs.items():
            if need.while_running is DependencyDown.HANG and _concerns(need.paths, path):
                world = self.started_at + since
                back = self.surroundings.next_state(name, world, down=False)
                since = max(since, back - self.started_at)
        law = latency if latency is not None else self.workload.latency
        fixed = law.low == law.high
        own = law.low if fixed else law.at(share(self.key, LATENCY, self.moment(uptime)))
        return since - uptime + own + self.cpu_seconds(work, uptime)

    def cpu_seconds(self, work: Distribution | None, uptime: float) -> float:
        """How long the processor part of an answer takes beside everything else (cpu_share.py)."""
        moment = self.moment(uptime)
        law = work if work is not None else self.workload.cpu.per_answer
        # Most answers cost the same each time: nothing is drawn for those.
        fixed = law.low == law.high
        needed = law.low if fixed else law.at(share(self.key, CPU_TIME, moment))
        if self.cores == inf:
            return needed
        demand = self.demand_at(uptime)
        seconds = work_seconds(needed, left_for(1.0, self.cores, demand))
        turn = turn_seconds(self.cores, demand, self.workload.cpu.slice.seconds)
        if turn:
            waits = (share(self.key, TURN, moment * TURNS + i) for i in range(TURNS))
            seconds += turn * sum(waits)
        return seconds

    def demand_at(self, uptime: float) -> float:
        """The cores that its own other work wants."""
        demand = self.workload.cpu.demand
        return sum(d.cores for d in demand if self.holds(d, uptime)) if demand else 0.0

    def code_without_dependencies(self, path: str, uptime: float) -> int | None:
        """The code that a path answers because something it needs is down, or None."""
        for name, need in self.workload.needs.items():
            if need.while_running is not DependencyDown.FAIL or not _concerns(need.paths, path):
                continue
            if self.surroundings.is_down(name, self.started_at + uptime):
                return need.code
        return None

    def responsive_from(self, uptime: float, *, obeys_term: bool = False) -> float:
        """The first uptime from then on at which it is neither stuck nor paused.

        With `obeys_term`, a stuck process that still handles signals counts as responsive.
        """
        while True:
            if uptime >= self._thrashes_at:
                return inf
            until = uptime
            for spell in self.workload.stuck:
                if self.holds(spell, until) and not (obeys_term and spell.obeys_term):
                    until = change_after((spell,), until, self.started_at)
            if until < inf:
                until = max(until, self.pause_end(until))
            if until in (uptime, inf):
                return until
            uptime = until

    def pause_end(self, uptime: float) -> float:
        """The end of the pause that lasts at that uptime; the uptime itself when none does."""
        self._make_pauses(uptime)
        number = bisect_right(self._pause_starts, uptime) - 1
        return max(uptime, self._pause_ends[number]) if number >= 0 else uptime

    def next_pause(self, uptime: float) -> float:
        """The beginning of the first pause after that uptime; infinite without pauses."""
        self._make_pauses(uptime)
        number = bisect_right(self._pause_starts, uptime)
        return self._pause_starts[number] if number < len(self._pause_starts) else inf

    def holds(self, spell: Spell, uptime: float) -> bool:
        """Whether a spell of its workload holds at that uptime."""
        return spell.holds(local(spell, uptime, self.started_at), self.life)

    @property
    def turning_points(self) -> tuple[float, float, float]:
        """The uptimes at which it listens, stops listening, and gives up under memory."""
        return self._listens_at, self._closes_at, self._thrashes_at

    # The life as a whole

    def _ends(self) -> Iterator[End]:
        """Every way in which it would end, the first of which it does."""
        for number, rule in enumerate(self.workload.exits):
            base = 0.0 if rule.clock is Clock.PROCESS else self.started_at
            begin = rule.next_begin(base, self.life) - base
            if begin < inf:
                after = rule.after.at(share(self.key, _EXIT, number))
                yield self._end(begin + after, rule.code)
        yield from self._memory_ends()
        for number, name in enumerate(self.workload.needs):
            yield from self._dependency_ends(number, name)

    def _memory_ends(self) -> Iterator[End]:
        at = together_reach(self.memory, self.child, self._limit_bytes)
        spared = self.child_kill() is not None
        if spared:
            # The child is gone from then on; the process goes on alone.
            at = self.memory.reaches(self._limit_bytes)
        if at < inf:
            yield self._end(at, _KILLED, oom=True)
        full = self._at_ceiling(AtCeiling.EXIT)
        if full < inf:
            yield self._end(full, self.workload.memory.exit_code)

    def _dependency_ends(self, number: int, name: str) -> Iterator[End]:
        need = self.workload.needs[name]
        if DependencyDown.EXIT not in (need.at_start, need.while_running):
            return
        patience = need.exit_after.at(share(self.key, _NEED, number))
        down = self.surroundings.next_state(name, self.started_at, down=True)
        while down < inf:
            at_start = down <= self.started_at
            rule = need.at_start if at_start else need.while_running
            back = self.surroundings.next_state(name, down, down=False)
            if rule is DependencyDown.EXIT and back > down + patience:
                yield self._end(down + patience - self.started_at, need.exit_code)
                return
            down = self.surroundings.next_state(name, back, down=True) if back < inf else inf

    def _end(self, uptime: float, code: int, *, oom: bool = False) -> End:
        return End(self.started_at + max(uptime, _LEAST_LIFE), code, oom=oom)

    def _at_ceiling(self, effect: AtCeiling) -> float:
        memory = self.workload.memory
        if memory.ceiling is None or memory.at_ceiling is not effect:
            return inf
        return self.memory.live_reaches(float(memory.ceiling.amount))

    def _start(self) -> float:
        """The uptime at which it listens."""
        begin = 0.0
        for name, need in self.workload.needs.items():
            if need.at_start is DependencyDown.WAIT:
                world = self.surroundings.next_state(name, self.started_at + begin, down=False)
                begin = world - self.started_at
        start = self.workload.start
        if begin == inf:
            return inf
        begin += start.wall.at(share(self.key, _START_WALL, 0))
        work = start.cpu.at(share(self.key, _START_CPU, 0))
        while work > 0:
            cores = left_for(start.threads, self.cores, self.demand_at(begin))
            seconds = work_seconds(work, cores, start.threads)
            change = change_after(self.workload.cpu.demand, begin, self.started_at)
            if begin + seconds <= change:
                return begin + seconds
            work -= min(cores, start.threads) * (change - begin)
            begin = change
        return begin

    def _curve(self, memory: Memory, purpose: int) -> MemoryCurve:
        growth = memory.growth
        rate = growth.rate.at(share(self.key, purpose, 0)) if growth is not None else 0.0
        return MemoryCurve(memory, rate)

    def _make_pauses(self, uptime: float) -> None:
        """Draw pauses until one begins after that uptime."""
        pauses = self.workload.pauses
        if pauses is None:
            return
        starts, ends = self._pause_starts, self._pause_ends
        while not starts or starts[-1] <= uptime:
            number = len(starts)
            before = ends[-1] if ends else 0.0
            starts.append(before + pauses.every.at(share(self.key, _PAUSE_GAP, number)))
            ends.append(starts[-1] + pauses.last.at(share(self.key, _PAUSE, number)))


def _concerns(paths: tuple[str, ...], path: str) -> bool:
    return path in paths or "*" in paths
