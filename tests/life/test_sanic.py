"""Requests of Sanic in flight: it tells nobody when one has ended."""

import asyncio
from types import SimpleNamespace
from typing import Any

from holdfast.life import Life
from holdfast.life.sanic import _Adapter


def request(connection: Any) -> Any:
    """What of a request the adapter reads; its stream is there until the response is sent."""
    return SimpleNamespace(path="/", conn_info=connection, ctx=SimpleNamespace(), stream=object())


async def test_request_is_over_when_its_stream_is_gone() -> None:
    """Not before: a handler streams on after the middleware of responses has run."""
    life = Life(drain=1)
    adapter = _Adapter(life)
    connection = SimpleNamespace(ctx=SimpleNamespace())

    async def serve() -> list[int]:
        counts = []
        for _ in range(3):
            asked = request(connection)
            await adapter.enter(asked)
            await adapter.leave(asked, None)
            counts.append(len(life.flights))
            asked.stream = None
            counts.append(len(life.flights))
        return counts

    assert await asyncio.create_task(serve()) == [1, 0] * 3


async def test_client_that_goes_away_leaves_nothing_behind() -> None:
    """Its task ends with the connection, whatever has run of the request."""
    life = Life(drain=1)
    adapter = _Adapter(life)
    entered = asyncio.Event()

    async def serve() -> None:
        await adapter.enter(request(SimpleNamespace(ctx=SimpleNamespace())))
        entered.set()
        await asyncio.sleep(60)

    connection = asyncio.create_task(serve())
    await entered.wait()
    during = len(life.flights)
    connection.cancel()
    await asyncio.wait((connection,))
    await asyncio.sleep(0)

    assert (during, len(life.flights), life.flights.oldest()) == (1, 0, [])
