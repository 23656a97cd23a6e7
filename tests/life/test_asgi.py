"""ASGI applications under a Life: lifespan order, goodbyes, cancelled requests."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from tests.life.served import Server

from holdfast.life import Life

Message = MutableMapping[str, Any]


class App:
    """An application that writes down what happens to it."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.story: list[str] = []
        self.startup: Callable[[], Awaitable[None]] | None = None
        self.handle: Callable[[], Awaitable[None]] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """ASGI."""
        if scope["type"] == "lifespan":
            await receive()
            if self.startup is not None:
                await self.startup()
            self.story.append("started")
            await send({"type": "lifespan.startup.complete"})
            await receive()
            self.story.append("shut down")
            await send({"type": "lifespan.shutdown.complete"})
            return
        if self.handle is not None:
            await self.handle()
        headers = [(b"content-length", b"2"), (b"Connection", b"keep-alive")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok"})


def quick() -> Life:
    """A life with short budgets."""
    return Life(drain=0.2, in_flight=0.3, forced=0.3)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what another thread brings about."""
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


async def test_phases_come_before_the_applications_own_shutdown() -> None:
    """They need what the application opened: an outbox is flushed through its pool."""
    life, app = quick(), App()
    life.stop("outbox", lambda: app.story.append("outbox"))
    life.on_drain(lambda: app.story.append("left"))
    server = Server(life.asgi(app))

    await server.start()
    await server.stop()

    assert server.lifespan == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert app.story[0] == "started"
    assert sorted(app.story[1:3]) == ["left", "outbox"]
    assert app.story[3] == "shut down"


async def test_service_can_live_twice_in_one_process() -> None:
    """Test suites start and stop the same application again and again."""
    life, app = quick(), App()
    server = Server(life.asgi(app))
    for _ in range(2):
        await server.start()
        assert not life.draining
        assert (await server.get("/")).headers[b"Connection"] == b"keep-alive"
        await server.stop()

    assert app.story == ["started", "shut down"] * 2


async def test_responses_say_goodbye_while_draining() -> None:
    """Only the application can close kept connections before the listener closes (F2)."""
    life, app = quick(), App()
    server = Server(life.asgi(app))
    await server.start()
    before = await server.get("/")
    life.drain()
    await life.draining
    after = await server.get("/")
    newer = await server.get("/", version="2")
    await server.stop()

    assert before.headers == {b"content-length": b"2", b"Connection": b"keep-alive"}
    assert after.headers == {b"content-length": b"2", b"connection": b"close"}
    assert newer.headers == before.headers
    assert (after.status, after.body) == (200, b"ok")


async def test_request_that_outlasts_the_wait_is_cancelled_and_answered() -> None:
    """At the end of the wait the handler is cancelled, and its client is told."""
    life, app = quick(), App()
    server = Server(life.asgi(app))
    await server.start()
    app.handle = lambda: asyncio.sleep(60)
    request = asyncio.create_task(server.get("/slow"))
    await asyncio.sleep(0)
    life.drain()
    answer = await request
    await server.stop()

    assert (answer.status, answer.body) == (503, b"stopping")


async def test_drain_during_the_start_cancels_it() -> None:
    """Nine of ten servers run a startup hook to its end first (F8)."""
    life, app = quick(), App()
    app.startup = lambda: asyncio.sleep(60)
    server = Server(life.asgi(app))
    starting = asyncio.create_task(server.start())
    await until(lambda: life.begun)
    life.drain()
    await starting
    await server.stop()

    assert server.lifespan == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert app.story == []
    assert not life.ready


async def test_failing_start_reaches_the_server() -> None:
    """An application that cannot start is not served."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    server = Server(quick().asgi(app))
    await server.start()

    assert server.lifespan == ["lifespan.startup.failed"]


async def test_application_without_lifespan_is_served() -> None:
    """It raises for a scope that it does not know, as the specification of ASGI allows."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    life = quick()
    server = Server(life.asgi(app))
    await server.start()
    answer = await server.get("/")
    await server.stop()

    assert (answer.status, life.ready) == (204, True)


async def test_messages_of_the_application_are_not_changed() -> None:
    """A message that an application keeps and sends again must not grow (service.md 14.3)."""
    start = {"type": "http.response.start", "status": 200, "headers": [(b"x", b"1")]}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(start)
        await send({"type": "http.response.body", "body": b""})

    life = quick()
    life.begin(asyncio.get_running_loop())
    life.mark_ready()
    server = Server(life.asgi(app))
    life.drain()
    await life.draining
    for _ in range(2):
        await server.get("/")
    life.server_stopped()
    await life.released_async()
    life.end()

    assert start["headers"] == [(b"x", b"1")]


async def test_open_websockets_are_closed_with_1012() -> None:
    """A client that is told can reconnect elsewhere; later words of the handler go nowhere."""
    life, sent, closed = quick(), [], asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        await closed.wait()
        await send({"type": "websocket.send", "text": "too late"})

    async def hear(message: Message) -> None:
        sent.append(message)
        if message["type"] == "websocket.close":
            closed.set()

    life.begin(asyncio.get_running_loop())
    life.mark_ready()
    wrapped = life.asgi(app)
    talk = asyncio.ensure_future(wrapped({"type": "websocket", "path": "/"}, _never, hear))
    await asyncio.sleep(0.01)
    life.drain()
    async with asyncio.timeout(5):
        await talk
    life.server_stopped()
    await life.released_async()
    life.end()

    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.close"]
    assert sent[1]["code"] == 1012


async def _never() -> Message:
    await asyncio.sleep(60)
    return {}
