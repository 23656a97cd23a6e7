"""The endpoints as a kubelet and a person see them, in front of an ASGI application."""

import asyncio
import json
from typing import Any

import pytest
from tests.health.checked import check
from tests.life.served import Server

from holdfast.dependencies.check import Check
from holdfast.dependencies.verdict import FAILING, UP, Verdict
from holdfast.health import Health, HealthError
from holdfast.life import Life

TOKEN = ((b"authorization", b"Bearer open sesame"),)


async def app(scope: Any, receive: Any, send: Any) -> None:
    """An application of its own."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"the application"})


def failing(name: str = "db") -> Check:
    """A check with something to hide."""

    async def asking() -> Verdict:
        return Verdict(FAILING, "postgres://shop:hunter2@db/app is down")

    return Check(name, "datastore", 1.0, ask=asking)


async def started(health: Health, *, samples: bool = True, **paths: Any) -> Server:
    """A server with this health, and one sample of each check."""
    server = Server(health.mount(app, **paths))
    await server.start()
    if samples:
        await health.sample()
    return server


async def test_healthy_service() -> None:
    """All four endpoints answer in few bytes, and the rest reaches the application."""
    health = Health()
    health.add(check(), on_fail="unready")
    server = await started(health)
    answers = {path: await server.get(path) for path in ("/healthz", "/livez", "/readyz",
               "/startupz", "/health", "/")}  # fmt: skip
    await server.stop()

    assert {path: (a.status, a.body) for path, a in answers.items()} == {
        "/healthz": (200, b"ok"),
        "/livez": (200, b"ok"),
        "/readyz": (200, b"ok"),
        "/startupz": (200, b"ok"),
        "/health": (200, b'{"status":"pass"}'),
        "/": (200, b"the application"),
    }
    assert answers["/readyz"].headers[b"content-length"] == b"2"
    assert answers["/readyz"].headers[b"age"] == b"0"
    assert answers["/health"].headers[b"content-type"] == b"application/health+json"


async def test_public_body_is_one_word() -> None:
    """No traceback, DSN, user or host name reaches who may not see it (A12)."""
    health = Health(token="open sesame")
    health.add(failing(), on_fail="unready")
    server = await started(health)
    public = [await server.get(path) for path in ("/healthz", "/readyz", "/health")]
    wrong = await server.get("/health", headers=((b"authorization", b"Bearer guessed"),))
    detail = await server.get("/health", headers=TOKEN)
    await server.stop()

    assert [(a.status, a.body) for a in public] == [
        (200, b"ok"), (503, b"not ready"), (503, b'{"status":"fail"}'),
    ]  # fmt: skip
    assert wrong.body == b'{"status":"fail"}'
    document = json.loads(detail.body)
    assert document["checks"]["db:responseTime"][0]["output"] == "failing"
    assert b"hunter2" not in detail.body
    assert b"shop" not in detail.body


async def test_detail_on_loopback_is_asked_for() -> None:
    """Behind a proxy in the pod everybody comes from loopback, so it is off by default."""
    for trusted in (False, True):
        health = Health(detail_on_loopback=trusted)
        health.add(check())
        server = await started(health)
        near = await server.get("/health", client=("127.0.0.1", 5))
        far = await server.get("/health")
        await server.stop()

        assert (b"checks" in near.body) is trusted
        assert b"checks" not in far.body


async def test_only_reading_is_allowed() -> None:
    """HEAD answers as GET; a method that would change something is refused."""
    server = await started(Health())
    head = await server.get("/readyz", method="HEAD")
    post = await server.get("/readyz", method="POST")
    await server.stop()

    assert (head.status, post.status, post.headers[b"allow"]) == (200, 405, b"GET, HEAD")


async def test_paths_are_the_services_own() -> None:
    """An endpoint can move, or not be there."""
    server = await started(Health(), live="/alive", startup=None, metrics="/metrics")
    answers = {p: (await server.get(p)).body for p in ("/alive", "/livez", "/startupz")}
    metrics = await server.get("/metrics")
    await server.stop()

    assert answers == {
        "/alive": b"ok", "/livez": b"the application", "/startupz": b"the application",
    }  # fmt: skip
    assert metrics.body.endswith(b"# EOF\n")


async def test_responses_are_new_each_time() -> None:
    """Middleware that adds a header must not add it for ever (service.md 14.3)."""
    health = Health()
    wrapped = health.mount(app)
    seen = []

    async def greedy(message: Any) -> None:
        if message["type"] == "http.response.start":
            seen.append(len(message["headers"]))
            message["headers"].append((b"x-added", b"1"))

    scope = {"type": "http", "method": "GET", "path": "/healthz", "headers": []}
    for _ in range(3):
        await wrapped(scope, _nothing, greedy)
    health.end()

    assert len(set(seen)) == 1


async def test_fifty_probes_share_one_run() -> None:
    """Without a refresh, a storm of probes asks the database once (service.md 12.6)."""
    runs = []

    async def asking() -> Verdict:
        runs.append(1)
        await asyncio.sleep(0.01)
        return Verdict(UP, "up")

    health = Health(refresh=None)
    health.add(Check("db", "datastore", 1.0, ask=asking), on_fail="unready")
    server = await started(health, samples=False)
    answers = await asyncio.gather(*(server.get("/readyz") for _ in range(50)))
    first = len(runs)
    await server.get("/readyz")
    await server.stop()

    assert {answer.status for answer in answers} == {200}
    assert (first, len(runs)) == (1, 2)


async def test_probe_that_hangs_up_does_not_take_the_answer_from_others() -> None:
    """A kubelet gives up after a second; the run goes on for those who still wait."""

    async def asking() -> Verdict:
        await asyncio.sleep(0.05)
        return Verdict(UP, "up")

    health = Health(refresh=None)
    health.add(Check("db", "datastore", 1.0, ask=asking), on_fail="unready")
    server = await started(health, samples=False)
    impatient = asyncio.create_task(server.get("/readyz"))
    patient = asyncio.create_task(server.get("/readyz"))
    await asyncio.sleep(0.01)
    impatient.cancel()
    answer = await patient
    await server.stop()

    assert answer.status == 200


async def test_samples_are_taken_in_the_background() -> None:
    """Probes only read; a check added while the service runs is asked as well."""
    health = Health(refresh=0.02, stale_after=5)
    health.add(failing("first"), on_fail="report")
    changes: list[tuple[str, bool, str]] = []
    health.on_change(lambda *change: changes.append(change))
    server = await started(health, samples=False)
    health.add(check("second"), on_fail="unready")
    async with asyncio.timeout(5):
        while (await server.get("/readyz")).status != 200 or len(changes) < 2:
            await asyncio.sleep(0.01)
    await server.stop()

    assert sorted(changes) == [("first", False, "failing"), ("second", True, "up")]


async def test_startup_reports_its_progress() -> None:
    """Who waits for a start sees how far it has come, and nothing that is nobody's business."""
    health = Health()

    @health.check(probe="startup")
    async def model() -> bool:
        return False

    server = await started(health)
    health.progress("shard 3/10 of s3://models.shop.example/big")
    starting = await server.get("/startupz")
    ready = await server.get("/readyz")
    await server.stop()

    assert (starting.status, ready.status) == (503, 503)
    assert starting.body == b"starting: shard 3/10 of [redacted]"


async def test_readiness_follows_the_life() -> None:
    """Not before the application has started, and not while it drains (service.md 8.1)."""
    life = Life(drain=0.2)
    health = Health(life)
    server = Server(life.asgi(health.mount(app)))
    await server.start()
    async with asyncio.timeout(5):
        while (await server.get("/readyz")).status != 200:
            await asyncio.sleep(0.01)
    life.drain()
    await life.draining
    draining = await server.get("/readyz")
    live = await server.get("/healthz")
    await server.stop()

    assert (draining.status, draining.body) == (503, b"draining")
    assert draining.headers[b"connection"] == b"close"
    assert live.status == 200
    assert len(life.flights) == 0


async def test_pool_that_the_stop_closes_is_no_failure() -> None:
    """Stop phases close what checks use; who listens for changes hears of no failure."""
    life = Life(drain=0)
    health = Health(life, refresh=0.01, stale_after=5)
    closed = asyncio.Event()
    asked_after: list[bool] = []

    @health.check(on_fail="unready", after=1)
    async def pool() -> bool:
        asked_after.append(closed.is_set())
        return not closed.is_set()

    async def close() -> None:
        closed.set()
        while not any(asked_after):
            await asyncio.sleep(0.01)

    life.stop("pool", close, timeout=5)
    changes: list[tuple[str, bool, str]] = []
    health.on_change(lambda *change: changes.append(change))
    server = Server(life.asgi(health.mount(app)))
    await server.start()
    async with asyncio.timeout(5):
        while not changes:
            await asyncio.sleep(0.01)
    await server.stop()

    assert any(asked_after)
    assert changes == [("pool", True, "up")]


async def test_stands_alone_without_an_application() -> None:
    """To be mounted by a framework, or served on a port of its own."""
    server = Server(Health().mount())
    await server.start()
    assert (await server.get("/healthz")).status == 200
    assert (await server.get("/other")).status == 404
    await server.stop()

    assert server.lifespan == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_port_that_is_taken_stops_the_start() -> None:
    """A side listener that is not there would be noticed by the kubelet only."""
    taken = await asyncio.start_server(_hold, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    server = Server(Health(listen=f"127.0.0.1:{port}").mount(app))
    await server.start()
    with pytest.raises(HealthError, match="choose another port"):
        await server.ended()
    taken.close()

    assert server.lifespan == ["lifespan.startup.failed"]


async def _hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


async def _nothing() -> dict[str, Any]:
    return {}
