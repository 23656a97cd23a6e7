"""How late the event loop is: it writes the time four times a second, others read it.

Rules: reading never waits for the loop, so a stall is seen while it lasts (service.md 12.2).
"""

import asyncio
from time import monotonic

# Fine enough for the warning mark of 1 s (service.md 6.5); costs four short callbacks a second.
_BEAT_SECONDS = 0.25


class Heartbeat:
    """The pulse of one loop."""

    def __init__(self) -> None:
        """No loop yet."""
        self._handle: asyncio.TimerHandle | None = None
        self._beat_at: float | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to beat, from the loop's own thread."""
        self._beat(loop)

    def stop(self) -> None:
        """The loop is about to end: its lag is no news any more."""
        if self._handle is not None:
            self._handle.cancel()
        self._handle = None
        self._beat_at = None

    def lag(self, now: float) -> float | None:
        """Seconds that the loop is late; None without a loop."""
        beat_at = self._beat_at
        return None if beat_at is None else max(0.0, now - beat_at - _BEAT_SECONDS)

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        self._beat_at = monotonic()
        self._handle = loop.call_later(_BEAT_SECONDS, self._beat, loop)
