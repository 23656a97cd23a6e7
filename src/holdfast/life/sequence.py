"""The stop of a service as a machine that never waits: service.md 8.1 and 8.3.

    serving ─► window ─► in flight ─► cancelling ─► releasing ─► ending ─► (exit)
                 └────────────┴─────────────┴───────────┴─ the backstop: dump, forced exit

Inputs carry `now`, seconds of a monotonic clock. What the driver has to do is queued as orders and
taken with `orders()`; `next_deadline()` says when to call `wake(now)` at the latest. The service's
own driver and the property tests run this machine in real and in virtual time.

Rules: no I/O, no clock, no thread. Whatever the inputs and whenever they come, the machine orders
its exit before the budget ends. Orders are given once each, and states only go forward.
"""

from holdfast.life.budget import Budget
from holdfast.life.phases import Phases

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

STARTING: "Final" = "starting"
SERVING: "Final" = "serving"
WINDOW: "Final" = "window"
IN_FLIGHT: "Final" = "in flight"
CANCELLING: "Final" = "cancelling"
RELEASING: "Final" = "releasing"
ENDING: "Final" = "ending"
ENDED: "Final" = "ended"

ANNOUNCE: "Final" = "announce"
"""Say that the drain began: readiness, Connection: close, streams, WebSockets."""
RUN_HOOKS: "Final" = "run hooks"
"""Deregister and stop consumers; nothing waits for them."""
CANCEL_STARTUP: "Final" = "cancel startup"
CLOSE: "Final" = "close"
"""Pass SIGTERM on to the server: it closes its listener and idle connections."""
CANCEL: "Final" = "cancel"
"""Cancel the requests that still run, cooperatively."""
ABANDON: "Final" = "abandon"
"""Name the requests that still run, and go on without them."""
RUN_PHASE: "Final" = "run phase"
ABANDON_PHASE: "Final" = "abandon phase"
ABANDON_HOOKS: "Final" = "abandon hooks"
RELEASED: "Final" = "released"
"""Every phase has ended: the application may end."""
DUMP: "Final" = "dump"
"""Write the stacks of all threads and tasks."""
EXIT: "Final" = "exit"

FORCED_EXIT_CODE: "Final" = 70
"""EX_SOFTWARE of sysexits.h: the stop did not end by itself. 137 and 143 are signals."""
# A server that has nothing left in flight closes within its own polls (0.1 to 1 s, service.md 9.1);
# one that still has not is held by half-open clients (service.md 9.4).
IDLE_SECONDS: "Final" = 1.5
# Propagation of endpoints usually takes 2 to 5 s in a cluster (service.md 8.6): no window ends
# before that because it is quiet.
QUIET_SECONDS: "Final" = 3.0
EARLIEST_SECONDS: "Final" = 5.0


class Order:
    """What the driver does next. `name`: a phase; `code`: of EXIT; `reason`: for the log."""

    __slots__ = ("code", "kind", "name", "reason", "seconds")

    def __init__(
        self, kind: str, *, name: str = "", reason: str = "", code: int = 0, seconds: float = 0.0
    ) -> None:
        """Keep the parts."""
        self.kind = kind
        self.name = name
        self.reason = reason
        self.code = code
        self.seconds = seconds

    def __repr__(self) -> str:
        parts = [self.kind, self.name, self.reason, str(self.code) if self.kind == EXIT else ""]
        return " ".join(part for part in parts if part)


class StopSequence:
    """One life of a service, from its start to its exit."""

    def __init__(self, budget: Budget, phases: Phases, *, supervised: bool = False) -> None:
        """Start. `supervised`: the window is ended by `close`, not by the budget's drain."""
        self.state = STARTING
        self.budget = budget
        self.began_at = 0.0
        self.entered_at = 0.0
        self.reason = ""
        self._phases = phases
        self._supervised = supervised
        self._orders: list[Order] = []
        self._terms = 0
        self._backstop: float | None = None
        self._in_flight = 0
        self._idle_since: float | None = None
        self._quiet_since: float | None = None
        self._stopped = False
        self._lost = ""
        self._hooks_until: float | None = None
        self._running: dict[str, float] = {}
        self._done: set[str] = set()

    @property
    def draining(self) -> bool:
        """Whether the stop has begun."""
        return self.state not in (STARTING, SERVING)

    def orders(self) -> list[Order]:
        """What is to be done, in this order; each is given once."""
        orders, self._orders = self._orders, []
        return orders

    def next_deadline(self) -> float | None:
        """When `wake` has something to do at the latest, or None."""
        times = [self._backstop] if self.state != ENDED else []
        if self.state == WINDOW:
            times += [self._window_end(), self._quiet_end()]
        elif self.state == IN_FLIGHT:
            times += [self.entered_at + self.budget.in_flight, self._idle_end()]
        elif self.state == CANCELLING:
            times += [self.entered_at + self.budget.forced, self._idle_end()]
        elif self.state == RELEASING:
            times += [*self._running.values(), self._hooks_until]
        times.append(self._linger_end())
        return min((time for time in times if time is not None), default=None)

    def ready(self, now: float) -> None:
        """The application has started."""
        if self.state == STARTING:
            self._enter(SERVING, now)

    def term(self, now: float, end: float | None = None) -> None:
        """A SIGTERM. `end`: when the supervisor's budget ends, where there is one."""
        self._terms += 1
        if not self.draining:
            self._begin(now, "SIGTERM", end)
        elif self._terms == 1:
            # The stop had begun without a signal; from now on the process has to end.
            self._arm(now, end)
        elif self.state == WINDOW and not self._supervised:
            self._close(now, "second SIGTERM")
        elif self.state == IN_FLIGHT and self._terms == 2:
            self._cancel(now, "second SIGTERM")
        elif self.state in (IN_FLIGHT, CANCELLING) and self._terms > 2:
            self._abandon(now, "third SIGTERM")

    def drain(self, now: float) -> None:
        """Begin without a signal; a second call changes nothing."""
        if not self.draining:
            self._begin(now, "asked to stop", None, armed=False)

    def close(self, now: float) -> None:
        """The supervisor has ended the window."""
        if self.state == WINDOW:
            self._close(now, "window over")

    def cancel(self, now: float) -> None:
        """The supervisor has ended the wait for requests in flight."""
        self.close(now)
        if self.state == IN_FLIGHT:
            self._cancel(now, "told by the supervisor")

    def force(self, now: float) -> None:
        """The supervisor forces the stop."""
        self.close(now)
        if self.state in (IN_FLIGHT, CANCELLING):
            self._abandon(now, "told by the supervisor")

    def traffic(self, now: float, last_request: float, in_flight: int) -> None:
        """What the driver sees: the time of the last request, and how many are in flight."""
        self._in_flight = in_flight
        if self.state == WINDOW:
            self._quiet_since = max(self.began_at, last_request) if not in_flight else None
        if in_flight:
            self._idle_since = None
        elif self._idle_since is None:
            self._idle_since = now
        self.wake(now)

    def stopped(self, now: float) -> None:
        """The server has closed its listener and all connections."""
        self._stopped = True
        if not self.draining:
            # Ended without a SIGTERM: a keyboard interrupt, a reload, a test.
            self._begin(now, "server stopped", None, armed=False)
        if self.state in (WINDOW, IN_FLIGHT, CANCELLING):
            self._release(now)

    def phase_ended(self, now: float, name: str) -> None:
        """A phase has returned or raised; late news of an abandoned one change nothing."""
        if self.state == RELEASING and self._running.pop(name, None) is not None:
            self._done.add(name)
            self._run_phases(now)

    def hooks_ended(self, now: float) -> None:
        """Every hook of the drain has returned or raised."""
        self._hooks_until = None
        if self.state == RELEASING:
            self._run_phases(now)

    def ended(self, now: float) -> None:
        """The application has ended by itself, and its process is about to."""
        if self.state == ENDING and self._backstop is None:
            self._enter(ENDED, now)

    def wake(self, now: float) -> None:
        """Do what is due. A late wake-up takes nothing from the time of the next step."""
        if self.state == WINDOW:
            self._wake_in_window(now)
        elif self.state == IN_FLIGHT:
            self._wake_in_flight(now)
        elif self.state == CANCELLING:
            self._wake_cancelling(now)
        elif self.state == RELEASING:
            self._wake_releasing(now)
        linger = self._linger_end()
        if linger is not None and now >= linger:
            self._exit(now)
        # Last: steps that use their whole budget end in time.
        if self._backstop is not None and now >= self._backstop and self.state != ENDED:
            self._force_exit(now)

    def _begin(self, now: float, reason: str, end: float | None, *, armed: bool = True) -> None:
        was_ready = self.state == SERVING
        self.began_at = now
        self.reason = reason
        if armed:
            self._arm(now, end)
        self._enter(WINDOW, now)
        self._order(ANNOUNCE, reason=reason)
        if was_ready:
            self._order(RUN_HOOKS)
            # They may take what requests in flight may take: the release begins no earlier then.
            self._hooks_until = now + self.budget.drain + self.budget.in_flight
        else:
            self._order(CANCEL_STARTUP, reason="SIGTERM before the application was ready")
        if self._stopped:
            return
        if not was_ready or (not self._supervised and self.budget.drain <= 0):
            self._close(now, "never ready" if not was_ready else "no window")

    def _arm(self, now: float, end: float | None) -> None:
        latest = now + self.budget.total if end is None else end
        self._backstop = max(now, latest - self.budget.evidence)

    def _window_end(self) -> float | None:
        return None if self._supervised else self.entered_at + self.budget.drain

    def _quiet_end(self) -> float | None:
        if self._supervised or self._quiet_since is None:
            return None
        return max(self.entered_at + EARLIEST_SECONDS, self._quiet_since + QUIET_SECONDS)

    def _idle_end(self) -> float | None:
        if self._idle_since is None:
            return None
        return max(self.entered_at, self._idle_since) + IDLE_SECONDS

    def _linger_end(self) -> float | None:
        """When the process is ended although its server has not: not before its connections had
        the time of a forced stop, but at once when requests were abandoned."""
        if self.state != ENDING or self._backstop is None or self._stopped:
            return None
        return self.entered_at + (0.0 if self._lost else self.budget.forced)

    def _wake_in_window(self, now: float) -> None:
        end, quiet = self._window_end(), self._quiet_end()
        if end is not None and now >= end:
            self._close(end, "window over")
        elif quiet is not None and now >= quiet:
            self._close(quiet, "no more requests came")

    def _close(self, now: float, reason: str) -> None:
        self._enter(IN_FLIGHT, now)
        self._order(CLOSE, reason=reason)
        self._idle_since = None if self._in_flight else now

    def _wake_in_flight(self, now: float) -> None:
        idle, end = self._idle_end(), self.entered_at + self.budget.in_flight
        if now >= end:
            self._cancel(end, "wait for requests in flight over")
        elif idle is not None and now >= idle:
            self._release(now)

    def _cancel(self, now: float, reason: str) -> None:
        self._enter(CANCELLING, now)
        self._order(CANCEL, reason=reason)

    def _wake_cancelling(self, now: float) -> None:
        idle, end = self._idle_end(), self.entered_at + self.budget.forced
        if now >= end:
            self._abandon(end, "forced stop")
        elif idle is not None and now >= idle:
            self._release(now)

    def _abandon(self, now: float, reason: str) -> None:
        if self._in_flight:
            self._lost = f"{self._in_flight} requests abandoned: {reason}"
        self._order(ABANDON, reason=reason)
        self._release(now)

    def _release(self, now: float) -> None:
        self._enter(RELEASING, now)
        self._run_phases(now)

    def _run_phases(self, now: float) -> None:
        for phase in self._phases:
            started = phase.name in self._done or phase.name in self._running
            if not started and self._done.issuperset(phase.after):
                self._running[phase.name] = now + phase.seconds
                self._order(RUN_PHASE, name=phase.name, seconds=phase.seconds)
        if not self._running and self._hooks_until is None:
            self._enter(ENDING, now)
            self._order(RELEASED)

    def _wake_releasing(self, now: float) -> None:
        late = {name: end for name, end in self._running.items() if now >= end}
        for name in late:
            del self._running[name]
            self._done.add(name)
            self._order(ABANDON_PHASE, name=name, seconds=self._phases[name].seconds)
        if self._hooks_until is not None and now >= self._hooks_until:
            self._hooks_until = None
            self._order(ABANDON_HOOKS)
        self._run_phases(max(late.values(), default=now))

    def _force_exit(self, now: float) -> None:
        reason = f"the budget of the stop is used up while {self.state}"
        self._order(DUMP, reason=reason)
        self._order(EXIT, reason=reason, code=FORCED_EXIT_CODE)
        self._enter(ENDED, now)

    def _exit(self, now: float) -> None:
        code = FORCED_EXIT_CODE if self._lost else 0
        reason = self._lost or "the server did not end; no request was in flight"
        self._order(EXIT, reason=reason, code=code)
        self._enter(ENDED, now)

    def _enter(self, state: str, now: float) -> None:
        self.state = state
        self.entered_at = now

    def _order(
        self, kind: str, *, name: str = "", reason: str = "", code: int = 0, seconds: float = 0.0
    ) -> None:
        self._orders.append(Order(kind, name=name, reason=reason, code=code, seconds=seconds))
