"""Drives the machine of sequence.py in real time, on a daemon thread of its own.

The thread does not depend on the event loop: a blocked loop, a hook that hangs or a server that
never ends cannot keep it from dumping the stacks and ending the process in time.

Rules: everything that happens reaches the machine through one queue, so there is no lock that a
signal handler could wait for. What the machine orders is done here and nowhere else.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Protocol

from holdfast.life import page as pages
from holdfast.life import sequence as steps
from holdfast.life.draining import News
from holdfast.life.errand import Errand, Function
from holdfast.life.flights import Flights
from holdfast.life.page import Page
from holdfast.life.sequence import Order, StopSequence
from holdfast.life.stacks import dump_stacks, flush_streams

Event = Callable[[float], None]
# How often the page and the requests in flight are looked at. The exit may be later by as much, of
# the 0.7 s that service.md A1 grants beyond drain and longest handler.
_LOOK_SECONDS = 0.05
_LOG = logging.getLogger("holdfast.life")


class Service(Protocol):
    """What the driver may do to the service it stops."""

    page: Page
    draining: News
    flights: Flights

    def announce(self) -> None:
        """The drain begins: tell streams, WebSockets and listeners."""

    def hooks(self) -> list[tuple[str, Function]]:
        """Names and functions of the drain's hooks."""

    def phase(self, name: str) -> Function:
        """The function of a stop phase."""

    def cancel_startup(self) -> None:
        """Cancel what is being started."""

    def close_server(self) -> None:
        """Pass SIGTERM on."""

    def cancel_flights(self) -> int:
        """Cancel requests and workers that still run; answers how many."""

    def released(self) -> None:
        """Every phase has ended."""

    def exit(self, code: int) -> None:
        """End the process."""


class StopDriver:
    """One thread, one machine, one service."""

    def __init__(self, service: Service, sequence: StopSequence) -> None:
        """Not started yet. The loop of the service is `loop`, once it is known."""
        self.loop: asyncio.AbstractEventLoop | None = None
        self.sequence = sequence
        self._service = service
        self._inbox: SimpleQueue[Event] = SimpleQueue()
        self._errands: dict[str, Errand] = {}
        self._hooks_left = 0
        self._phase_started: dict[str, float] = {}
        self._seen = pages.SERVING
        self._thread = threading.Thread(target=self._run, name="holdfast life", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def tell(self, event: Event) -> None:
        """Something happened: `event` is called with the time. Safe in a signal handler."""
        self._inbox.put(event)

    def _run(self) -> None:
        while self.sequence.state != steps.ENDED:
            try:
                event = self._inbox.get(timeout=self._pause())
            except Empty:
                event = None
            now = monotonic()
            if event is not None:
                event(now)
            self._look(now)
            self.sequence.wake(now)
            self._obey()

    def _pause(self) -> float | None:
        """Seconds until there is something to look at; None: not before somebody tells."""
        looking = self.sequence.draining or self._service.page.shared
        deadline = self.sequence.next_deadline()
        if deadline is None:
            return _LOOK_SECONDS if looking else None
        return max(0.0, min(deadline - monotonic(), _LOOK_SECONDS))

    def _look(self, now: float) -> None:
        page = self._service.page
        if page.shared and page.state > self._seen:
            self._seen = page.state
            if page.state >= pages.DRAINING and not self.sequence.draining:
                self.sequence.term(now, page.end or None)
            if page.state >= pages.CLOSING:
                self.sequence.close(now)
            if page.state >= pages.CANCELLING:
                self.sequence.cancel(now)
            if page.state >= pages.FORCING:
                self.sequence.force(now)
        if self.sequence.draining:
            self.sequence.traffic(now, page.last_request, len(self._service.flights))

    def _obey(self) -> None:
        actions: dict[str, Callable[[Order], None]] = {
            steps.ANNOUNCE: self._announce,
            steps.RUN_HOOKS: self._run_hooks,
            steps.CANCEL_STARTUP: self._cancel_startup,
            steps.CLOSE: self._close,
            steps.CANCEL: self._cancel,
            steps.ABANDON: self._abandon,
            steps.RUN_PHASE: self._run_phase,
            steps.ABANDON_PHASE: self._abandon_phase,
            steps.ABANDON_HOOKS: self._abandon_hooks,
            steps.RELEASED: self._released,
            steps.DUMP: self._dump,
            steps.EXIT: self._exit,
        }
        for order in self.sequence.orders():
            actions[order.kind](order)

    def _announce(self, order: Order) -> None:
        _say("drain", f"draining: {order.reason}; {self.sequence.budget!r}")
        self._service.announce()

    def _run_hooks(self, order: Order) -> None:
        hooks = self._service.hooks()
        self._hooks_left = len(hooks)
        if not hooks:
            self.sequence.hooks_ended(monotonic())
        for name, function in hooks:
            _say("hook", f"{order.kind}: {name}")
            Errand(f"drain hook {name}", function, self._hook_ended).start(self.loop)

    def _hook_ended(self) -> None:
        self.tell(self._count_hook)

    def _count_hook(self, now: float) -> None:
        self._hooks_left -= 1
        if self._hooks_left == 0:
            _say("hooks", f"drain hooks ended after {now - self.sequence.began_at:.2f} s")
            self.sequence.hooks_ended(now)

    def _cancel_startup(self, order: Order) -> None:
        _say("startup", f"start cancelled: {order.reason}")
        self._service.cancel_startup()

    def _close(self, order: Order) -> None:
        used = monotonic() - self.sequence.began_at
        budget = self.sequence.budget.drain
        _say("window", f"window of {budget:g} s ended after {used:.2f} s: {order.reason}")
        self._service.close_server()

    def _cancel(self, order: Order) -> None:
        self._name_flights("still running")
        count = self._service.cancel_flights()
        _say("in flight", f"{order.reason}: {count} cancelled", logging.WARNING)

    def _abandon(self, order: Order) -> None:
        self._name_flights("abandoned")
        _say("forced", order.reason, logging.WARNING)

    def _name_flights(self, what: str) -> None:
        for name, age in self._service.flights.oldest():
            _say("in flight", f"{what}: {name}, {age:.1f} s old", logging.WARNING)

    def _run_phase(self, order: Order) -> None:
        name = order.name
        self._phase_started[name] = monotonic()
        errand = Errand(
            f"stop phase {name}",
            self._service.phase(name),
            lambda: self.tell(lambda now: self._phase_ended(now, name, order.seconds)),
        )
        self._errands[name] = errand
        errand.start(self.loop)

    def _phase_ended(self, now: float, name: str, seconds: float) -> None:
        used = now - self._phase_started[name]
        _say("phase", f"stop phase {name} ended after {used:.2f} of {seconds:g} s")
        self.sequence.phase_ended(now, name)

    def _abandon_phase(self, order: Order) -> None:
        text = f"stop phase {order.name} is over its budget of {order.seconds:g} s: abandoned"
        _say("phase", text, logging.WARNING)
        self._errands[order.name].abandon()

    def _abandon_hooks(self, order: Order) -> None:
        _say("hooks", f"{order.kind}: {self._hooks_left} still run", logging.WARNING)

    def _released(self, order: Order) -> None:
        used = monotonic() - self.sequence.began_at
        total = self.sequence.budget.total
        _say("released", f"{order.kind} after {used:.2f} of {total:g} s")
        self._service.released()

    def _dump(self, order: Order) -> None:
        dump_stacks(order.reason, self.loop)

    def _exit(self, order: Order) -> None:
        level = logging.ERROR if order.code else logging.WARNING
        _say("exit", f"exit code {order.code}: {order.reason}", level)
        flush_streams()
        self._service.exit(order.code)


def _say(step: str, text: str, level: int = logging.INFO) -> None:
    """One line of the log; `step` is a field of its own for formatters that write JSON."""
    _LOG.log(level, "stop: %s", text, extra={"holdfast_step": step})
