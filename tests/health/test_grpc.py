"""grpc.health.v1 on a real grpcio server, asked by a real client."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from tests.health.checked import FAILS, Service, add, board
from tests.real.programs import need_driver

SERVING, NOT_SERVING, SERVICE_UNKNOWN = b"\x08\x01", b"\x08\x02", b"\x08\x03"
_NAME = "/grpc.health.v1.Health/"

pytestmark = pytest.mark.real


@pytest.fixture
def service() -> Service:
    """A service that is ready and does not drain."""
    return Service()


@pytest.fixture
def channel(service: Service) -> Iterator[Any]:
    """A client of a server with one service beside the server itself."""
    need_driver("grpc")
    import grpc

    from holdfast.health.grpc import serve

    server = grpc.server(ThreadPoolExecutor(4))
    serve(SimpleNamespace(board=board(service)), server, services=("shop.Cart",))  # type: ignore[arg-type]
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as made:
        yield made
    server.stop(None).wait()


def request(name: str) -> bytes:
    """HealthCheckRequest for a service."""
    return bytes((0x0A, len(name))) + name.encode() if name else b""


def ask(channel: Any, name: str) -> bytes:
    """One Check."""
    answer: bytes = channel.unary_unary(_NAME + "Check")(request(name), timeout=10)
    return answer


def test_check_knows_its_services(channel: Any, service: Service) -> None:
    """The server and its services are told; an unknown one is NOT_FOUND; a drain is told."""
    import grpc

    assert ask(channel, "") == ask(channel, "shop.Cart") == SERVING
    with pytest.raises(grpc.RpcError) as refused:
        ask(channel, "nobody")
    assert refused.value.code() is grpc.StatusCode.NOT_FOUND

    service.draining = True
    assert ask(channel, "") == NOT_SERVING


def test_list_names_every_service(channel: Any) -> None:
    """One entry for the server and one for each service."""
    answer = channel.unary_unary(_NAME + "List")(b"", timeout=10)

    assert b"shop.Cart" in answer
    assert answer.count(SERVING) == 2


def test_watch_tells_of_the_drain_and_ends(channel: Any, service: Service) -> None:
    """A client that watches hears NOT_SERVING before its stream is completed."""
    stream = channel.unary_stream(_NAME + "Watch")(request("shop.Cart"), timeout=30)
    first = next(stream)
    service.draining = True

    assert [first, *stream] == [SERVING, NOT_SERVING]


def test_watch_of_an_unknown_service(channel: Any) -> None:
    """Watch answers SERVICE_UNKNOWN where Check refuses."""
    stream = channel.unary_stream(_NAME + "Watch")(request("nobody"), timeout=30)

    assert next(stream) == SERVICE_UNKNOWN
    stream.cancel()


def test_drain_between_two_looks_is_told() -> None:
    """A drain that begins after the status was read is told all the same."""
    need_driver("grpc")
    from holdfast.health.grpc import _Servicer

    made = board(Service())
    asked: list[bool] = []

    def draining() -> bool:
        asked.append(bool(asked))
        return len(asked) > 1

    made.draining = draining  # type: ignore[method-assign]
    servicer = _Servicer(SimpleNamespace(board=made), frozenset(("",)))  # type: ignore[arg-type]
    told = list(servicer.watch("", SimpleNamespace(is_active=lambda: True)))

    assert told[-1] == 2


def test_failing_check_is_not_serving(service: Service) -> None:
    """What readiness sees is what gRPC clients hear."""
    need_driver("grpc")
    from holdfast.health.grpc import _Servicer

    made = board(service)
    add(made, "db", FAILS, on_fail="unready")
    servicer = _Servicer(SimpleNamespace(board=made), frozenset(("",)))  # type: ignore[arg-type]

    assert servicer.check("", None) == 2
