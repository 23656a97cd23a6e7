"""SIGTERM without a supervisor: heard first here, passed on to the server when the window is over.

Whoever handles SIGTERM when the application starts (uvicorn, gunicorn, granian) is kept and called
later, in the main thread, as by the signal itself. A server that listens through its event loop
(hypercorn) cannot be put off: it needs `holdfast run`, or an adapter that knows its own way to stop
(aiohttp, Sanic).

Rules: the main thread only. The handler does nothing but put an entry into a queue, because it may
interrupt anything. What was there before is put back at the end.
"""

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

Handler = Callable[[int, FrameType | None], object]


class TermSignal:
    """The take-over of SIGTERM by one service."""

    def __init__(self, heard: Callable[[], None]) -> None:
        """`heard` is called for each SIGTERM from outside, inside a signal handler."""
        self._heard = heard
        self._previous: Handler | signal.Handlers | int | None = None
        self._taken = False
        self._passing_on = False

    @property
    def by_default(self) -> bool:
        """Whether nobody else handles it, so that passing it on means to end the main thread."""
        return self._taken and self._previous == signal.SIG_DFL

    def take_over(self, *, only_default: bool = False) -> bool:
        """Hear SIGTERM first; false where that is not possible.

        `only_default`: leave it to a server that handles it, as under a supervisor.
        """
        if threading.current_thread() is not threading.main_thread():
            return False
        previous = signal.getsignal(signal.SIGTERM)
        if previous is None or previous == signal.SIG_IGN or _belongs_to_loop(previous):
            return False
        if isinstance(getattr(previous, "__self__", None), TermSignal):
            # Two of them would put each other off.
            return False
        if only_default and previous != signal.SIG_DFL:
            return False
        self._previous = previous
        signal.signal(signal.SIGTERM, self._handle)
        self._taken = True
        return True

    def give_back(self) -> None:
        """Put the previous handler back, unless somebody else has taken over since."""
        if not self._taken or threading.current_thread() is not threading.main_thread():
            return
        # Compared by value: a bound method is a new object each time.
        if signal.getsignal(signal.SIGTERM) == self._handle:
            signal.signal(signal.SIGTERM, self._previous)
        self._taken = False

    def pass_on(self) -> None:
        """Let the server have it now. Call from any thread."""
        if self._taken:
            self._passing_on = True
            # To the main thread: it may sleep in a system call, which only a signal ends.
            ident = threading.main_thread().ident
            if ident is not None:
                signal.pthread_kill(ident, signal.SIGTERM)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if not self._passing_on:
            self._heard()
            return
        self._passing_on = False
        if not callable(self._previous):
            raise SystemExit(0)
        server = getattr(self._previous, "__self__", None)
        if server is not None and hasattr(server, "should_exit"):
            # uvicorn: its handler would raise the signal again after a clean stop, and the exit
            # code would be 143 (service.md 12.9). This attribute is its documented way to stop.
            server.should_exit = True
        else:
            self._previous(number, frame)


def _belongs_to_loop(handler: object) -> bool:
    """Whether it is the empty handler of a loop that reads signals from its wake-up socket."""
    module = getattr(handler, "__module__", "") or ""
    return module.partition(".")[0] in {"asyncio", "uvloop"}


def exit_now(code: int) -> None:
    """End the process whatever its threads do."""
    os._exit(code)
