"""`Life`: when a service starts, drains and stops.

    life = Life(drain=5)
    app = life.asgi(app)                    # or life.wsgi(app), life.aiohttp(app), life.sanic(app)

    @life.on_drain                          # before the listener closes: deregister
    async def leave(): ...

    life.stop("outbox", outbox.flush, timeout=8)
    life.stop("pg", pool.close, timeout=3, after="outbox")

Under `holdfast run` the supervisor hears SIGTERM and tells all workers through the shared page;
without it, SIGTERM is heard here and passed on to the server when the window is over.

Rules: constructing a Life touches nothing outside: no signal, no thread. They come with `begin`,
which the adapters call in the process that serves. A budget that cannot hold refuses the start.
"""

import asyncio
import logging
import os
import threading
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from holdfast.life import page as pages
from holdfast.life import sequence as steps
from holdfast.life.budget import DRAIN_SECONDS, Budget, Wishes, fit_budget
from holdfast.life.draining import News, events_until_drain, items_until_drain
from holdfast.life.errand import Function
from holdfast.life.flights import Flight, Flights
from holdfast.life.phases import Phases
from holdfast.life.settings import LifeError, drain_from, grace_from, pre_stop_from, read_seconds
from holdfast.life.signals import TermSignal, exit_now
from holdfast.life.stop_driver import StopDriver

if TYPE_CHECKING:
    from holdfast.life.asgi import AsgiApp, AsgiLife
    from holdfast.life.wsgi import WsgiApp, WsgiLife

T = TypeVar("T")
# How often a coroutine looks whether the phases have ended; of the 0.7 s of service.md A1.
_POLL_SECONDS = 0.02
Hook = TypeVar("Hook", bound=Function)
_LOG = logging.getLogger("holdfast.life")
_DEFAULT_PHASE_SECONDS = 5.0
_NO_WINDOW = (
    "SIGTERM is handled by the server's event loop, or by another Life, so this one has no drain "
    "window: start the service as `holdfast run -- COMMAND`"
)


class Life:
    """The life of one service. All durations are seconds, or texts such as "500ms" or "1m"."""

    def __init__(
        self,
        drain: float | str | None = None,
        *,
        budget: float | str | None = None,
        in_flight: float | str | None = None,
        forced: float | str | None = None,
        grace: float | str | None = None,
        pre_stop: float | str | None = None,
    ) -> None:
        """Plan the stop.

        `drain`: how long to serve on after SIGTERM, less what a preStop has spent; else
        HOLDFAST_DRAIN_SECONDS, else 5. A supervisor's own window counts instead. `budget`: the
        whole time after that; or its parts `in_flight` (30) and `forced` (10). `grace`:
        terminationGracePeriodSeconds, else HOLDFAST_GRACE_SECONDS. `pre_stop`: what the hook
        spends of it, else HOLDFAST_PRE_STOP_SECONDS. Raises LifeError for what cannot hold.
        """
        told = grace is not None
        known = read_seconds(grace, "Life(grace=…)", above_zero=True) if told else None
        if known is None:
            known, told = grace_from(os.environ)
        spent = pre_stop_from(os.environ)
        self.page = pages.open_page(os.environ)
        if drain is None or self.page.shared:
            drain = drain_from(os.environ, DRAIN_SECONDS)
        self._wishes = Wishes(
            read_seconds(drain, "Life(drain=…)"),
            budget=_optional(budget, "budget"),
            in_flight=_optional(in_flight, "in_flight"),
            forced=_optional(forced, "forced"),
            grace=known,
            grace_told=told,
            pre_stop=spent if pre_stop is None else read_seconds(pre_stop, "Life(pre_stop=…)"),
        )
        self.draining = News(self.page, pages.DRAINING)
        self.closing = News(self.page, pages.CLOSING)
        self.flights = Flights()
        self.quiet_paths: set[str] = set()
        self._phases = Phases()
        self._functions: dict[str, Function] = {}
        self._hooks: list[tuple[str, Function]] = []
        self._listeners: list[Callable[[], None]] = []
        self._driver: StopDriver | None = None
        self._process = 0
        self._is_ready = False
        self._signal = TermSignal(self._heard)
        self._released = threading.Event()
        self._cancel_startup: Callable[[], None] | None = None
        self._close_server: Callable[[], None] | None = None
        self._block: int | None = None
        self._ends_main_thread = False
        self.budget  # noqa: B018 - refuses what cannot hold, before anything starts

    @property
    def budget(self) -> Budget:
        """The plan of the stop with the phases so far. Raises LifeError where it cannot hold."""
        return fit_budget(self._wishes, self._phases)

    @property
    def state(self) -> str:
        """A word of sequence.py: starting, serving, window, in flight, … ended."""
        return self._driver.sequence.state if self._driver is not None else steps.STARTING

    @property
    def ready(self) -> bool:
        """Whether the application has started, in this process."""
        return self._is_ready

    @property
    def releasing(self) -> bool:
        """Whether stop phases close what the service uses, or have closed it."""
        return self.state in (steps.RELEASING, steps.ENDING, steps.ENDED)

    def on_drain(self, hook: Hook) -> Hook:
        """Call `hook`, sync or async, when the drain begins and the listener is still open.

        The place to deregister from a service registry and to stop consumers. A slow hook does not
        lengthen the window; it goes on within the budget. Usable as a decorator.
        """
        self._hooks.append((getattr(hook, "__name__", repr(hook)), hook))
        return hook

    def stop(
        self,
        name: str,
        function: Function,
        *,
        timeout: float | str = _DEFAULT_PHASE_SECONDS,
        after: str | tuple[str, ...] | None = None,
    ) -> None:
        """Release something when no request is in flight any more.

        `function`, sync or async, has `timeout` of its own and is abandoned after it. Phases run
        side by side unless `after` names what they wait for. Raises LifeError when the grace
        period cannot hold them all.
        """
        # A worker may start while its supervisor drains the others.
        if self.begun and self.draining:
            raise LifeError(f"stop phase {name!r}", "the stop has begun", "add phases at the start")
        self._phases.add(name, timeout, after)
        try:
            self.budget  # noqa: B018 - refuses what cannot hold
        except LifeError:
            self._phases.drop(name)
            raise
        self._functions[name] = function

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener`, which must not block, when the drain begins. From another thread."""
        self._listeners.append(listener)

    def drain(self) -> None:
        """Begin the stop without a signal. A second call changes nothing.

        The server is told to stop when the window is over, as by SIGTERM; but a process that was
        not asked to end is never ended by force.
        """
        self._tell(self._sequence.drain)

    @overload
    def until_drain(self, source: AsyncIterable[T]) -> AsyncIterator[T]: ...
    @overload
    def until_drain(self, source: Iterable[T]) -> Iterator[T]: ...
    def until_drain(self, source: AsyncIterable[T] | Iterable[T]) -> AsyncIterator[T] | Iterator[T]:
        """The items of `source` until the drain begins, for event streams and workers.

        An asynchronous source is interrupted while it waits for its next item, and none that it
        gave is lost. A blocking source is asked no more; give it a time limit of its own.
        """
        if isinstance(source, AsyncIterable):
            return events_until_drain(self.draining, source)
        return items_until_drain(self.draining, source)

    def asgi(self, app: "AsgiApp") -> "AsgiLife":
        """The application with its lifespan, requests and WebSockets under this life."""
        from holdfast.life.asgi import AsgiLife

        return AsgiLife(app, self)

    def wsgi(self, app: "WsgiApp") -> "WsgiLife":
        """The application with its requests under this life."""
        from holdfast.life.wsgi import WsgiLife

        return WsgiLife(app, self)

    def aiohttp(self, app: Any) -> Any:
        """The same aiohttp application under this life; call it after all `on_startup`."""
        from holdfast.life.aiohttp import attach

        return attach(app, self)

    def sanic(self, app: Any) -> Any:
        """The same Sanic application under this life."""
        from holdfast.life.sanic import attach

        return attach(app, self)

    # A worker without a server: `with life:` or `async with life:` around its work. A server that
    # knows no life is stopped after `life.closing.wait()` or `await life.closing`.

    def __enter__(self) -> Self:
        self.begin(None)
        self._block = self.flights.enter(Flight("the block of this life"))
        self.mark_ready()
        return self

    def __exit__(self, *error: object) -> None:
        self._leave_block()
        self.wait_released()
        self.end()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self.begin(loop)
        task = asyncio.current_task()
        self._block = self.flights.enter(Flight("the block of this life", task, loop))
        self.mark_ready()
        return self

    async def __aexit__(self, *error: object) -> None:
        self._leave_block()
        await self.released_async()
        self.end()

    # For adapters and health endpoints.

    def begin(
        self,
        loop: asyncio.AbstractEventLoop | None,
        *,
        cancel_startup: Callable[[], None] | None = None,
        close_server: Callable[[], None] | None = None,
        ends_main_thread: bool = False,
    ) -> None:
        """The service starts in this process. A second call, without an end, changes nothing.

        `close_server`: the adapter's own way to tell its server to stop, for one whose handling of
        SIGTERM cannot be passed on. `ends_main_thread`: a server that handles no SIGTERM stops by
        SystemExit. Raises LifeError for a budget that cannot hold.
        """
        if self.begun:
            return
        budget = self.budget
        for note in budget.notes:
            _LOG.warning("stop: %s", note)
        if not self.page.shared:
            self.page.reset()
        self.draining.reset()
        self.closing.reset()
        self._released.clear()
        self._is_ready = False
        self._process = os.getpid()
        self._cancel_startup = cancel_startup
        self._close_server = close_server
        self._ends_main_thread = ends_main_thread
        sequence = steps.StopSequence(budget, self._phases, supervised=self.page.shared)
        self._driver = StopDriver(self, sequence)
        self._driver.loop = loop
        self.page.mark_in_use()
        self._driver.start()
        taken = self._signal.take_over(only_default=self.page.shared)
        if not taken and not self.page.shared and close_server is None:
            self._explain_missing_window()

    @property
    def begun(self) -> bool:
        """Whether the service has begun in this very process, and has not ended."""
        return self._process == os.getpid() and self.state != steps.ENDED

    def mark_ready(self) -> None:
        """The application has started."""
        self._tell(self._sequence.ready)
        if not self.draining:
            self._is_ready = True
            self.page.mark_ready()

    def term(self) -> None:
        """A SIGTERM came, for adapters that hear it themselves."""
        self._heard()

    def server_stopped(self) -> None:
        """The server has closed its listener and all connections."""
        self._tell(self._sequence.stopped)

    def wait_released(self) -> None:
        """Block until every stop phase has ended."""
        self._released.wait()

    async def released_async(self) -> None:
        """Wait until every stop phase has ended, without blocking the loop that they may need."""
        while not self._released.is_set():
            await asyncio.sleep(_POLL_SECONDS)

    def end(self) -> None:
        """The application has ended; its process is about to."""
        self._signal.give_back()
        self._tell(self._sequence.ended)
        # From here on the service may begin again, as in a suite of tests.
        self._process = 0

    # What the driver asks for.

    def announce(self) -> None:
        """The drain begins."""
        self.page.advance(pages.DRAINING)
        self.draining.announce()
        for listener in self._listeners:
            listener()

    def hooks(self) -> list[tuple[str, Function]]:
        """Names and functions of the drain's hooks."""
        return self._hooks

    def phase(self, name: str) -> Function:
        """The function of a stop phase."""
        return self._functions[name]

    def cancel_startup(self) -> None:
        """Cancel what is being started, where the adapter can."""
        if self._cancel_startup is not None:
            self._cancel_startup()

    def close_server(self) -> None:
        """Pass SIGTERM on to whom it was meant for."""
        if not self.page.shared:
            self.page.advance(pages.CLOSING)
        self.closing.announce()
        if self.page.shared:
            # The supervisor tells the server, unless nothing there would listen.
            if self._ends_main_thread and self._signal.by_default:
                self._signal.pass_on()
        elif self._close_server is not None:
            self._close_server()
        elif self._ends_main_thread or not self._signal.by_default:
            self._signal.pass_on()

    def cancel_flights(self) -> int:
        """Cancel requests and workers that still run."""
        cancelled = self.flights.cancel()
        if self._block is not None and not cancelled and self._signal.by_default:
            # A worker without a task blocks its main thread: it ends as an exit that was asked for.
            self._signal.pass_on()
        return cancelled

    def released(self) -> None:
        """Every phase has ended."""
        self._released.set()

    def exit(self, code: int) -> None:
        """End the process whatever its threads do."""
        exit_now(code)

    @property
    def _sequence(self) -> steps.StopSequence:
        if self._driver is None:
            raise LifeError("Life", "the service has not begun", "call begin, or use an adapter")
        return self._driver.sequence

    def _tell(self, event: Callable[[float], None]) -> None:
        if self._driver is not None:
            self._driver.tell(event)

    def _heard(self) -> None:
        """Inside a signal handler: only put an entry into the queue."""
        if self.page.shared:
            # The supervisor has decided: whoever hears it here has no server to pass it on to.
            self._tell(self._sequence.close)
        else:
            self._tell(self._sequence.term)

    def _leave_block(self) -> None:
        if self._block is not None:
            self.flights.leave(self._block)
            self._block = None
        self.server_stopped()

    def _explain_missing_window(self) -> None:
        if threading.current_thread() is threading.main_thread():
            _LOG.warning("stop: %s", _NO_WINDOW)


def _optional(value: float | str | None, name: str) -> float | None:
    return None if value is None else read_seconds(value, f"Life({name}=…)")
