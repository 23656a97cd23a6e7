"""Probes against real servers: gRPC as grpcio serves it, and TLS as OpenSSL does."""

import asyncio
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from tests.dependencies.tls import Files, authority, serving

from holdfast.kubelet.inputs import Outcome
from holdfast.model.container import Container, GrpcAction, HttpGetAction
from holdfast.rehearsal.probes.grpc_probe import grpc_probe
from holdfast.rehearsal.probes.http_probe import http_probe
from holdfast.rehearsal.probes.reply import Reply, Target

TARGET = Target("127.0.0.1", "kube-probe/1.36")
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
_STATUS = health_pb2.HealthCheckResponse


@contextmanager
def grpc_server(*, checks_health: bool = True) -> Iterator[int]:
    """The port of a server with the services "" (serving) and "sleepy" (not serving)."""
    server = grpc.server(ThreadPoolExecutor(1))
    if checks_health:
        servicer = health.HealthServicer()
        servicer.set("", _STATUS.SERVING)
        servicer.set("sleepy", _STATUS.NOT_SERVING)
        health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield port
    server.stop(None).wait()


def ask_grpc(port: int, service: str | None = None) -> Reply:
    """What the gRPC probe says."""
    return asyncio.run(grpc_probe(GrpcAction(port, service), Container(), TARGET, 5))


def ask_https(port: int) -> Reply:
    """What the HTTPS probe says."""

    async def asking() -> Reply:
        action = HttpGetAction(port=port, path="/ready", scheme="HTTPS")
        reply = await http_probe(action, Container(), TARGET, 5.0)
        # TLS takes leave of the other side before its socket closes.
        connections = vars(asyncio.get_running_loop())["_transports"]
        async with asyncio.timeout(30):
            while any(each.get_extra_info("socket").fileno() >= 0 for each in connections.values()):
                await asyncio.sleep(0.01)
        return reply

    return asyncio.run(asking())


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """A certificate that nobody trusts, for another name than that of the pod."""
    return authority(tmp_path_factory.mktemp("tls"), name="somewhere.example")


def test_health_service_is_asked() -> None:
    """Serving, not serving, and a service that it does not know, in grpc-go's words."""
    with grpc_server() as port:
        assert ask_grpc(port) == Reply(Outcome.SUCCESS, "service healthy")
        sleepy = ask_grpc(port, "sleepy")
        unknown = ask_grpc(port, "other")

    assert sleepy.outcome is Outcome.FAILURE
    assert sleepy.output == 'service unhealthy (responded with "NOT_SERVING")'
    assert unknown.outcome is Outcome.FAILURE
    assert "rpc error: code = NotFound" in unknown.output


def test_server_without_health_service() -> None:
    """The most frequent mistake: the probe is there, the service is not registered."""
    with grpc_server(checks_health=False) as port:
        reply = ask_grpc(port)

    assert reply.outcome is Outcome.FAILURE
    assert "does not implement the grpc health protocol" in reply.output


def test_certificate_is_not_verified(files: Files) -> None:
    """A kubelet takes any certificate: self-made, and for another name."""
    with serving(files, ANSWER) as port:
        assert ask_https(port) == Reply(Outcome.SUCCESS, "ok")


def test_expired_certificate_is_taken(tmp_path: Path) -> None:
    """Probes do not tell of certificates that have expired."""
    with serving(authority(tmp_path, days=-1), ANSWER) as port:
        assert ask_https(port).outcome is Outcome.SUCCESS


def test_server_that_wants_a_client_certificate(files: Files) -> None:
    """A kubelet has none (Q10): the server refuses, and says so in an alert."""
    with serving(files, ANSWER, asks_clients=True) as port:
        reply = ask_https(port)

    url = f"https://127.0.0.1:{port}/ready"
    assert reply.outcome is Outcome.FAILURE
    assert reply.output == f'Get "{url}": remote error: tls: certificate required'


def test_server_without_tls() -> None:
    """scheme: HTTPS at a port of plain HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as thread:

        def answer() -> None:
            client, _ = server.accept()
            with client:
                client.recv(65536)
                client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        port = server.getsockname()[1]
        thread.submit(answer)
        reply = ask_https(port)

    assert reply.outcome is Outcome.FAILURE
    assert reply.output.endswith("http: server gave HTTP response to HTTPS client")
