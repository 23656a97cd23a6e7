"""The news that the stop has come so far, for every kind of reader: `if`, `await`, a thread, an
iteration.

Rules: asking costs one memory access. Waiting never keeps a loop or a thread alive, and whoever
begins to wait after the news is told at once.
"""

import asyncio
import threading
from collections.abc import AsyncIterable, AsyncIterator, Generator, Iterable, Iterator
from typing import TypeVar

from holdfast.life.page import Page

T = TypeVar("T")


class News:
    """Whether the page has this state: `if life.draining`, `await life.draining`."""

    def __init__(self, page: Page, state: int) -> None:
        """Read from this page."""
        self._page = page
        self._state = state
        self._event = threading.Event()
        self._waiters: set[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = set()

    def __bool__(self) -> bool:
        return self._page.raw[0] >= self._state

    def __await__(self) -> Generator[object, None, None]:
        return self.wait_async().__await__()

    def wait(self, seconds: float | None = None) -> bool:
        """Block this thread until the news comes; false when `seconds` passed before."""
        return self._event.wait(seconds) or bool(self)

    def announce(self) -> None:
        """Tell everybody who waits. Call from any thread."""
        self._event.set()
        for loop, future in list(self._waiters):
            try:
                loop.call_soon_threadsafe(_resolve, future)
            except RuntimeError:
                # The loop was closed with its waiters.
                self._waiters.discard((loop, future))

    def reset(self) -> None:
        """A service of this process starts again."""
        self._event.clear()

    async def wait_async(self) -> None:
        """Return when the news comes: what `await life.draining` does."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        entry = loop, future
        self._waiters.add(entry)
        try:
            # Asked after joining: an announcement in between is not missed.
            if not self._event.is_set():
                await future
        finally:
            self._waiters.discard(entry)


def _resolve(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


def items_until_drain(draining: News, source: Iterable[T]) -> Iterator[T]:
    """The items of a blocking source; after the news it is asked for no other."""
    # Asked before an item is taken: what is taken from a queue is also worked on.
    if draining:
        return
    for item in source:
        yield item
        if draining:
            return


async def events_until_drain(draining: News, source: AsyncIterable[T]) -> AsyncIterator[T]:
    """The items of an asynchronous source, which is interrupted while it waits for its next."""
    items = aiter(source)
    news = asyncio.ensure_future(draining.wait_async())
    try:
        while not draining:
            item = asyncio.ensure_future(_next(items))
            try:
                await asyncio.wait((item, news), return_when=asyncio.FIRST_COMPLETED)
            finally:
                if not item.done():
                    item.cancel()
            # A source that was interrupted ends its own blocks first.
            await asyncio.wait((item,))
            if item.cancelled() or isinstance(item.exception(), StopAsyncIteration):
                return
            yield item.result()
    finally:
        news.cancel()
        close = getattr(items, "aclose", None)
        if close is not None:
            await close()


async def _next(items: AsyncIterator[T]) -> T:
    return await anext(items)
