"""The stop as the supervisor sees it, as a machine that never waits: service.md 8.1 and 8.3.

    running ─► window ─► in flight ─► cancelling ─► forced ─┐
       │          └──────────┴─────────────┴────────────────┤   the command ends, or is killed
       └────────────────────────────────────────────────────┴─► sweeping ─► ended

Inputs carry `now`, seconds of a monotonic clock. What the driver has to do is queued as orders and
taken with `orders()`; `next_deadline()` says when to call `wake(now)` at the latest.

Rules: no I/O, no clock. Whatever comes and whenever, a stop that began ends by its budget, and what
the command left behind ends too. Orders are given once each, and states only go forward.
"""

from holdfast.life.sequence import EARLIEST_SECONDS, QUIET_SECONDS
from holdfast.run.signals import SIGKILL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from holdfast.run.plan import Plan

RUNNING: "Final" = "running"
WINDOW: "Final" = "window"
IN_FLIGHT: "Final" = "in flight"
CANCELLING: "Final" = "cancelling"
FORCED: "Final" = "forced"
SWEEPING: "Final" = "sweeping"
ENDED: "Final" = "ended"

ANNOUNCE: "Final" = "announce"
"""Write the end of the budget and the drain into the page."""
CLOSE: "Final" = "close"
"""One stop signal to the process group of the command."""
CANCEL: "Final" = "cancel"
FORCE: "Final" = "force"
"""Tell the service to abandon what still runs."""
EVIDENCE: "Final" = "evidence"
"""Tell what every process is doing, and ask for dumps of stacks."""
KILL: "Final" = "kill"
"""SIGKILL to everything that is left."""
SWEEP: "Final" = "sweep"
"""The stop signal to what the command left behind."""
EXIT: "Final" = "exit"

# The kubelet's SIGKILL comes when the grace period ends and leaves no word: ours is earlier by the
# time that its reason, the exit code and the reaping take. Part of the evidence reserve.
_KILL_EARLY_SECONDS = 0.5
# Two stop signals that come together are one wish: `docker stop` and a process group, a kubelet
# that asks again. Nobody presses a key twice in this time, and a storm is no third signal.
_SAME_WISH_SECONDS = 0.2
# A process in an uninterruptible wait outlives SIGKILL; the kernel takes it with the namespace.
_GIVE_UP_SECONDS = 1.0


class Order:
    """What the driver does next; `reason` is for the log, `code` belongs to EXIT."""

    __slots__ = ("code", "kind", "reason")

    def __init__(self, kind: str, reason: str = "", code: int = 0) -> None:
        """Keep the parts."""
        self.kind = kind
        self.reason = reason
        self.code = code

    def __repr__(self) -> str:
        return " ".join(filter(None, (self.kind, self.reason)))


class Supervision:
    """One command, from its start to the exit of its supervisor."""

    def __init__(self, plan: "Plan", stop_signal: int) -> None:
        """The command runs."""
        self.state = RUNNING
        self.began_at = 0.0
        self.entered_at = 0.0
        self._killed_at: float | None = None
        self._plan = plan
        self._stop_signal = stop_signal
        self._orders: list[Order] = []
        self._wishes = 0
        self._last_wish = float("-inf")
        self._last_request: float | None = None
        self._end: float | None = None
        self._forwarded = False
        self._told = False
        self._evidence_given = False
        self._status: int | None = None

    @property
    def stopping(self) -> bool:
        """Whether a stop was asked for."""
        return self._wishes > 0

    @property
    def killed(self) -> bool:
        """Whether the supervisor killed what was left."""
        return self._killed_at is not None

    @property
    def end(self) -> float:
        """When the budget of the stop ends."""
        return self._end or 0.0

    def orders(self) -> list[Order]:
        """What is to be done, in this order; each is given once."""
        orders, self._orders = self._orders, []
        return orders

    def next_deadline(self) -> float | None:
        """When `wake` has something to do at the latest, or None."""
        ends = [self._kill_at(), self._give_up_at()]
        times = [self._phase_end(), self._quiet_end(), self._evidence_at(), *ends]
        return min((time for time in times if time is not None), default=None)

    def stop(self, now: float, *, serving: bool, informed: bool) -> None:
        """A stop signal came.

        `serving`: traffic can reach the command, so that a window helps. `informed`: a library in
        it reads the page, so that it can be told to force its stop.
        """
        is_same = now - self._last_wish < _SAME_WISH_SECONDS
        self._last_wish = now
        if is_same or self.state in (SWEEPING, ENDED):
            return
        self._wishes += 1
        if self.state == RUNNING:
            self._begin(now, serving=serving)
        elif self.state == WINDOW:
            self._close(now, "second signal")
        elif self.state == IN_FLIGHT:
            self._go(CANCELLING, now, CANCEL, "another signal")
        elif self.state == CANCELLING and informed:
            self._go(FORCED, now, FORCE, "another signal")
        else:
            self._kill(now, "another signal")

    def traffic(self, last_request: float) -> None:
        """When the last request came, from a service that says so; 0.0 for none since the drain."""
        self._last_request = last_request

    def exited(self, now: float, status: int) -> None:
        """The command has ended: its exit code, or minus the number of the signal."""
        if self._status is None:
            self._status = status
            self._enter(SWEEPING, now)

    def alone(self, now: float) -> None:
        """No child is left, and the command has ended."""
        if self.state == SWEEPING:
            self._exit(now, "")

    def left_behind(self, now: float) -> None:
        """The command has ended, and there are still children. A second call changes nothing."""
        if self.state == SWEEPING and not self._told:
            self._told = True
            limit = now + self._plan.budget.forced
            self._end = limit if self._end is None else min(self._end, limit)
            self._orders.append(Order(SWEEP))

    def wake(self, now: float) -> None:
        """Do what is due."""
        if self.state == ENDED:
            return
        kill, evidence = self._kill_at(), self._evidence_at()
        if evidence is not None and now >= evidence:
            self._ask_evidence()
        if kill is not None and now >= kill:
            self._kill(now, "the budget is used up")
            return
        give_up = self._give_up_at()
        if give_up is not None and now >= give_up:
            self._exit(now, "what cannot be killed is left to the kernel")
            return
        quiet, end = self._quiet_end(), self._phase_end()
        if quiet is not None and now >= quiet:
            self._close(now, "no more requests came")
        elif end is not None and now >= end:
            self._next(now)

    def _begin(self, now: float, *, serving: bool) -> None:
        self.began_at = now
        self._end = now + self._plan.total
        self._enter(WINDOW, now)
        self._orders.append(Order(ANNOUNCE))
        if not serving:
            self._close(now, "nothing to drain: it was never ready, or listens nowhere")
        elif self._plan.budget.drain <= 0:
            self._close(now, "no window")

    def _next(self, now: float) -> None:
        if self.state == WINDOW:
            self._close(now, "window over")
        elif self.state == IN_FLIGHT:
            self._go(CANCELLING, now, CANCEL, "wait for requests in flight over")
        elif self.state == CANCELLING:
            self._go(FORCED, now, FORCE, "forced stop")

    def _close(self, now: float, reason: str) -> None:
        self._forwarded = True
        self._go(IN_FLIGHT, now, CLOSE, reason)

    def _go(self, state: str, now: float, order: str, reason: str) -> None:
        self._enter(state, now)
        self._orders.append(Order(order, reason))

    def _phase_end(self) -> float | None:
        budget = self._plan.budget
        seconds = {WINDOW: budget.drain, IN_FLIGHT: budget.in_flight, CANCELLING: budget.forced}
        return self.entered_at + seconds[self.state] if self.state in seconds else None

    def _quiet_end(self) -> float | None:
        """When a window that nobody uses any more ends early."""
        if self.state != WINDOW or self._last_request is None:
            return None
        last = max(self.began_at, self._last_request)
        return max(self.began_at + EARLIEST_SECONDS, last + QUIET_SECONDS)

    def _evidence_at(self) -> float | None:
        if self._end is None or self._status is not None or self._evidence_given:
            return None
        return self._end - self._plan.budget.evidence

    def _kill_at(self) -> float | None:
        if self._end is None or self.killed or self.state == ENDED:
            return None
        # What was left behind by a command that ended by itself has no grace period to race with.
        return self._end - (_KILL_EARLY_SECONDS if self.stopping else 0.0)

    def _give_up_at(self) -> float | None:
        if self._killed_at is None or self.state == ENDED:
            return None
        return self._killed_at + _GIVE_UP_SECONDS

    def _ask_evidence(self) -> None:
        self._evidence_given = True
        self._orders.append(Order(EVIDENCE, f"the budget is used up while {self.state}"))

    def _kill(self, now: float, reason: str) -> None:
        if self._killed_at is None:
            self._killed_at = now
            self._orders.append(Order(KILL, reason))

    def _enter(self, state: str, now: float) -> None:
        self.state = state
        self.entered_at = now

    def _exit(self, now: float, reason: str) -> None:
        self._enter(ENDED, now)
        self._orders.append(Order(EXIT, reason, self._code()))

    def _code(self) -> int:
        status = -SIGKILL if self._status is None else self._status
        asked = (-self._stop_signal, 128 + self._stop_signal)
        if self._forwarded and status in asked:
            # Shells, the JVM and Python programs end so when they obey (service.md D8).
            return 0
        return 128 - status if status < 0 else status
