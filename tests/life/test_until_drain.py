"""Streams and workers that end by themselves when the drain begins."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator

import pytest

from holdfast.life import Life


def begun() -> Life:
    """A service that is ready."""
    life = Life(drain=5)
    life.begin(None)
    life.mark_ready()
    return life


def end(life: Life) -> None:
    """The server has stopped."""
    life.server_stopped()
    life.wait_released()
    life.end()


async def test_stream_that_waits_for_its_next_event_ends() -> None:
    """An endless event stream otherwise lasts until SIGKILL (service.md 9.4)."""
    life = begun()
    story: list[object] = []

    async def events() -> AsyncIterator[int]:
        try:
            yield 1
            life.drain()
            await asyncio.sleep(60)
            yield 2
        finally:
            story.append("cleaned up")

    async with asyncio.timeout(5):
        story += [item async for item in life.until_drain(events())]
    end(life)

    assert story == ["cleaned up", 1] or story == [1, "cleaned up"]


async def test_item_that_was_given_is_not_lost() -> None:
    """What was taken from a queue is worked on, though the drain began meanwhile."""
    life = begun()
    queue: asyncio.Queue[int] = asyncio.Queue()

    async def taken() -> AsyncIterator[int]:
        while True:
            yield await queue.get()

    for number in range(3):
        queue.put_nowait(number)
    seen = []
    async for item in life.until_drain(taken()):
        seen.append(item)
        if item == 1:
            life.drain()
            await life.draining
    end(life)

    assert seen == [0, 1]
    assert queue.qsize() == 1


async def test_stream_that_ends_or_fails_does_so() -> None:
    """The wrapper adds an end, and takes none away."""
    life = begun()

    async def broken() -> AsyncIterator[int]:
        yield 1
        raise LookupError("gone")

    seen: list[object] = []
    stream = life.until_drain(broken())
    seen.append(await anext(stream))
    with pytest.raises(LookupError, match="gone"):
        await anext(stream)
    with pytest.raises(StopAsyncIteration):
        await anext(stream)
    end(life)

    assert seen == [1]


def test_blocking_worker_takes_nothing_more() -> None:
    """It finishes its item, and asks for no other."""
    life = begun()
    given: list[int] = []

    def source() -> Iterator[int]:
        for number in range(5):
            given.append(number)
            yield number

    for item in life.until_drain(source()):
        if item == 1:
            life.drain()
            assert life.draining.wait(5)
    end(life)

    assert given == [0, 1]


async def test_everybody_who_waits_is_told() -> None:
    """Tasks, threads, and those that ask only after the news."""
    life = begun()
    told = threading.Event()

    def listen() -> None:
        if life.draining.wait(5):
            told.set()

    threading.Thread(target=listen, daemon=True).start()

    async def wait() -> bool:
        await life.draining
        return True

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0.01)
    assert not life.draining
    life.drain()
    async with asyncio.timeout(5):
        assert await waiting
        assert await wait()
    await asyncio.to_thread(told.wait, 5)
    end(life)

    assert told.is_set()
    assert life.draining
