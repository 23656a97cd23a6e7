"""The side listener: it answers whatever the event loop does, and nobody can hold it."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from holdfast.health import Health
from holdfast.health.answers import Endpoint
from holdfast.health.listener import SideListener, parse_address
from holdfast.life import Life


def talk(port: int, request: bytes, timeout: float = 5.0) -> bytes:
    """One connection, until it ends."""
    with socket.create_connection(("127.0.0.1", port), timeout) as peer:
        peer.sendall(request)
        answer = b""
        while piece := peer.recv(65536):
            answer += piece
    return answer


def get(port: int, path: str) -> tuple[int, bytes]:
    """Status and body."""
    answer = talk(port, f"GET {path} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


@pytest.fixture
def listener() -> Iterator[SideListener]:
    """One that listens, for a health without checks."""
    health = Health()
    kinds = {**health.paths(), "/metrics": "metrics"}
    made = SideListener("127.0.0.1:0", health.endpoints(kinds))
    made.start()
    yield made
    made.stop()


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [("/healthz", 200, b"ok"), ("/livez?verbose", 200, b"ok"), ("/readyz", 200, b"ok"),
     ("/nothing", 404, b"")],
)  # fmt: skip
def test_it_speaks_http(listener: SideListener, path: str, status: int, body: bytes) -> None:
    """As much of it as a kubelet needs."""
    assert get(listener.port, path) == (status, body)


def test_answers_are_whole_and_close(listener: SideListener) -> None:
    """The kubelet keeps no connection; a length tells that nothing is missing."""
    head = talk(listener.port, b"HEAD /healthz HTTP/1.1\r\n\r\n")
    post = talk(listener.port, b"POST /healthz HTTP/1.1\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nconnection: close\r\n" in head
    assert head.endswith(b"\r\n\r\n")
    assert post.startswith(b"HTTP/1.1 405 ")


@pytest.mark.parametrize(
    "request_bytes", [b"hello\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01" + b"x" * 9000, b"\r\n\r\n"]
)
def test_other_words_end_the_connection(listener: SideListener, request_bytes: bytes) -> None:
    """TLS on a plain port, noise, an endless head: none of it is waited for, none of it breaks."""
    try:
        answer = talk(listener.port, request_bytes)
    except ConnectionResetError:
        answer = b""

    assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")
    assert get(listener.port, "/healthz") == (200, b"ok")


def test_silent_peers_do_not_hold_the_probes(listener: SideListener) -> None:
    """Two hundred connections that say nothing, and half a request, cost a probe nothing."""
    idle = [socket.create_connection(("127.0.0.1", listener.port), 5) for _ in range(200)]
    idle[0].sendall(b"GET /heal")
    answers = [get(listener.port, "/healthz") for _ in range(5)]
    for peer in idle:
        peer.close()

    assert answers == [(200, b"ok")] * 5


def test_it_stops_at_once(listener: SideListener) -> None:
    """Nothing of it outlives the application."""
    port = listener.port
    listener.stop()

    with pytest.raises(OSError, match="refused"):
        get(port, "/healthz")


def test_several_workers_share_a_port() -> None:
    """Each worker of a service binds the same port; the kernel spreads the probes."""
    endpoints: dict[str, Endpoint] = Health().endpoints({"/healthz": "live"})
    first = SideListener("127.0.0.1:0", endpoints)
    second = SideListener(f"127.0.0.1:{first.port}", endpoints)

    assert first.port == second.port
    first.stop()
    second.stop()


async def test_it_reports_the_lag_of_a_loop_that_stalls() -> None:
    """Probes are answered during the stall, with a lag that grows (A4)."""
    health = Health(Life(), listen="127.0.0.1:0", lag_warn=0.3)
    health.begin(asyncio.get_running_loop())
    port = health.side_port
    assert port is not None
    seen: list[tuple[int, dict[str, Any], int]] = []

    def probe() -> None:
        for _ in range(3):
            time.sleep(0.25)
            live, _ = get(port, "/healthz")
            _, body = get(port, "/health")
            lag = json.loads(body)["checks"]["eventLoop:lag"][0]
            seen.append((live, lag, get(port, "/healthz")[0]))

    probing = asyncio.get_running_loop().run_in_executor(None, probe)
    await asyncio.sleep(0.01)
    time.sleep(1.2)  # the stall
    await probing
    health.end()

    lags = [lag["observedValue"] for _, lag, _ in seen]
    assert [live for live, _, _ in seen] == [200, 200, 200]
    assert lags == sorted(lags)
    assert lags[-1] > 300
    assert seen[-1][1]["status"] == "warn"


@pytest.mark.parametrize(
    ("listen", "address"),
    [(":8086", ("", 8086)), (8086, ("", 8086)), ("127.0.0.1:1", ("127.0.0.1", 1)),
     ("[::1]:8086", ("::1", 8086))],
)  # fmt: skip
def test_addresses(listen: object, address: tuple[str, int]) -> None:
    """Written as in most programs."""
    assert parse_address(listen) == address
