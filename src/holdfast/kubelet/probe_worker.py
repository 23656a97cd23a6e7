"""One probe worker: ticks, counters, hold and initial values (kubelet.md 1.2 to 1.6).

Rules: ticks keep the phase of the worker's creation for ever, whatever the container does; at most
one tick is pending while a probe runs; counters survive a restart of the container unless a verdict
of this worker was what ended it.
"""

from collections.abc import Callable
from enum import Enum, auto
from math import ceil

import msgspec

from holdfast.kubelet.inputs import Outcome, ProbeKind
from holdfast.model.container import Probe

# pkg/kubelet/prober/prober.go: maxProbeRetries
MAX_ATTEMPTS = 3


# Ticks lie on a grid of a millionth of a second that binary fractions hold exactly, so that whole
# periods can be added one by one or all at once, with the same sum.
_GRID = 2.0**20


def tick_after(now: float, seconds: float) -> float:
    """The tick that comes so long after a moment."""
    return ceil((now + seconds) * _GRID) / _GRID


class Value(Enum):
    """What is stored for a container's probe."""

    UNKNOWN = auto()
    SUCCESS = auto()
    FAILURE = auto()


INITIAL = {
    ProbeKind.STARTUP: Value.UNKNOWN,
    ProbeKind.READINESS: Value.FAILURE,
    ProbeKind.LIVENESS: Value.SUCCESS,
}
"""The value before any verdict (kubelet.md 1.4)."""


class View(msgspec.Struct):
    """What the status manager shows a worker of a container's present life.

    `number` is None while no container has an ID.
    """

    number: int | None
    running: bool
    started: bool
    started_at: float
    will_restart: bool


class Step(Enum):
    """What a look at the container comes to."""

    WAIT = "wait"
    EXECUTE = "run the probe"
    STORED = "store Failure without asking"
    END = "store Failure, the worker ends"


class ProbeWorker(msgspec.Struct):
    """State of one worker. `next_tick` is the next moment of its ticker."""

    container: str
    kind: ProbeKind
    probe: Probe
    next_tick: float
    number: int | None = None
    value: Value = Value.UNKNOWN
    last: Value | None = None
    run: int = 0
    on_hold: bool = False
    busy: bool = False
    attempt: int = 0
    tick_pending: bool = False
    trigger_pending: bool = False
    stopped: bool = False

    def tick(self, now: float) -> bool:
        """The ticker fires; returns whether the loop is free to act on it."""
        period = self.probe.period
        missed = int((now - self.next_tick) // period) + 1
        self.next_tick += missed * period
        if self.busy:
            self.tick_pending = True
        return not self.busy

    def trigger(self, now: float, *, resets_ticker: bool) -> bool:
        """An extra readiness probe (kubelet.md 1.5); returns whether the loop acts on it now."""
        if self.busy:
            self.trigger_pending = True
            return False
        if resets_ticker:
            self.next_tick = tick_after(now, self.probe.period)
        return True

    def look(self, view: View, now: float) -> Step:
        """What the worker does with the container as it sees it: the table of decisions."""
        if view.number is not None and view.number != self.number:
            # A new container: the counters go on, the stored value starts anew (1.3, 1.6).
            self.number = view.number
            self.value = INITIAL[self.kind]
            self.on_hold = False
        step = self._decide(view, now)
        if step is Step.EXECUTE:
            self.busy = True
            self.attempt = 1
        elif step is not Step.WAIT:
            self.value = Value.FAILURE
        return step

    def foresee(self, view: View) -> Step | None:
        """What every tick comes to while nothing else changes; None when a look changes things."""
        if view.number is not None and view.number != self.number:
            return None
        if _is_delayed(self, view, self.next_tick) and view.running and not self.on_hold:
            return None
        step = self._decide(view, self.next_tick)
        if step is Step.STORED and self.value is Value.FAILURE:
            return Step.WAIT
        return step if step in (Step.WAIT, Step.EXECUTE) else None

    def _decide(self, view: View, now: float) -> Step:
        for _, holds, step in DECISIONS:
            if holds(self, view, now):
                return step
        raise AssertionError("the last row of the table holds always")

    def finish(self, outcome: Outcome, *, startup_success_holds: bool) -> bool:
        """A probe has ended; returns whether a verdict was stored that differs from before.

        Errors after the last attempt are discarded: they neither count nor end a run of results.
        """
        self.busy = False
        self.attempt = 0
        if outcome is Outcome.ERROR:
            return False
        good = outcome in (Outcome.SUCCESS, Outcome.WARNING)
        result = Value.SUCCESS if good else Value.FAILURE
        self.run = self.run + 1 if result is self.last else 1
        self.last = result
        if self.run < (self.probe.successes if good else self.probe.failures):
            return False
        changed = self.value is not result
        self.value = result
        decided = self.kind is ProbeKind.STARTUP and (not good or startup_success_holds)
        if decided or (self.kind is ProbeKind.LIVENESS and not good):
            self.on_hold = True
            self.run = 0
        return changed


def _is_delayed(worker: ProbeWorker, view: View, now: float) -> bool:
    # The API's start is cut to the second, so the delay can end up to a second early (1.3, Q1).
    return int(now - int(view.started_at)) < worker.probe.initial_delay


DECISIONS: tuple[tuple[str, Callable[[ProbeWorker, View, float], bool], Step], ...] = (
    ("no container has an ID yet", lambda _, view, __: view.number is None, Step.WAIT),
    ("a verdict holds the worker", lambda worker, _, __: worker.on_hold, Step.WAIT),
    (
        "the container does not run and comes back",
        lambda _, view, __: not view.running and view.will_restart,
        Step.STORED,
    ),
    ("the container does not run", lambda _, view, __: not view.running, Step.END),
    ("initialDelaySeconds is not over", _is_delayed, Step.WAIT),
    (
        "startup probes idle once the container has started, the others until then",
        lambda worker, view, _: view.started == (worker.kind is ProbeKind.STARTUP),
        Step.WAIT,
    ),
    ("otherwise", lambda _, __, ___: True, Step.EXECUTE),
)
"""doProbe in order: the first row that holds says what is done (kubelet.md 1.3)."""
