"""A worker without a server: `with health, life:` begins and ends both; the side port answers."""

import asyncio
import threading
import urllib.error
import urllib.request

from tests.dependencies.peers import LOOPBACK
from tests.health.checked import check

from holdfast.health import Health
from holdfast.life import Life


def ask(health: Health, path: str) -> tuple[int, bytes]:
    """One probe on the side port."""
    url = f"http://{LOOPBACK}:{health.side_port}{path}"
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def until(health: Health, path: str, body: bytes) -> None:
    """Wait for an answer that a sample or a drain brings."""
    pause = threading.Event()
    for _ in range(1000):
        if ask(health, path)[1] == body:
            return
        pause.wait(0.01)
    raise AssertionError(f"{path} answers {ask(health, path)}, not {body!r}")


def made() -> tuple[Health, Life]:
    """Both, with one check."""
    life = Life(drain=0, in_flight=5)
    health = Health(life, listen=f"{LOOPBACK}:0", refresh=0.05, stale_after=5)
    health.add(check(), on_fail="unready")
    return health, life


def work(health: Health, life: Life) -> None:
    """What a worker sees of its own probes."""
    until(health, "/readyz", b"ok")
    life.drain()
    until(health, "/readyz", b"draining")
    assert ask(health, "/healthz") == (200, b"ok")


def test_block_of_a_blocking_worker() -> None:
    """Ready inside of the block, draining when it is told, and closed after it."""
    health, life = made()
    with health, life:
        work(health, life)

    assert health.side_port is None
    assert not life.begun


async def test_block_of_a_coroutine() -> None:
    """The same on an event loop, whose lag is told then."""
    health, life = made()
    async with health, life:
        await asyncio.to_thread(work, health, life)
        lag = await asyncio.to_thread(ask, health, "/health")

    assert b"eventLoop:lag" in lag[1]
    assert health.side_port is None
    assert not life.begun
