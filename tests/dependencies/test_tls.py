"""Conversations inside TLS, against servers with certificates of our own making."""

import asyncio
from pathlib import Path

import pytest
from tests.dependencies.answers import AMQP_START, grpc_health
from tests.dependencies.peers import LOOPBACK, listener
from tests.dependencies.tls import Files, authority, serving
from tests.wait.waiter import wait

from holdfast.dependencies.ask import ask
from holdfast.dependencies.ask_blocking import ask_blocking
from holdfast.dependencies.target import parse_target


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """A certificate for localhost."""
    return authority(tmp_path_factory.mktemp("tls"))


@pytest.mark.parametrize(
    ("scheme", "answer"),
    [
        ("rediss", b"+PONG\r\n"),
        ("amqps", AMQP_START),
        ("grpcs", grpc_health(1)),
        ("tls", b""),
    ],
)
def test_conversation_inside_tls(files: Files, scheme: str, answer: bytes) -> None:
    """The same greeting works encrypted, with an authority of one's own."""
    with serving(files, answer) as port:
        target = parse_target(f"{scheme}://localhost:{port}?tls_ca={files.authority}")

        assert ask_blocking(target, 5.0).up
        assert asyncio.run(ask(target, 5.0)).up


def test_https_trusts_the_environment(files: Files) -> None:
    """A query belongs to the server of an https URL, so OpenSSL's own variable is the way."""
    with serving(files, b"HTTP/1.1 200 OK\r\n\r\n") as port:
        url = f"https://localhost:{port}/ready"
        trusted = wait(url, "-t", "10s", SSL_CERT_FILE=str(files.authority))
        unknown = wait(url, "-t", "600s")

    assert trusted.code == 0, trusted.err
    assert (unknown.code, "untrusted" in unknown.err) == (3, True)


def test_wrong_name_is_permanent(files: Files) -> None:
    """A certificate of somebody else ends the wait: it will not become ours by waiting."""
    with serving(files) as port:
        target = parse_target(f"tls://{LOOPBACK}:{port}?tls_ca={files.authority}")
        verdict = ask_blocking(target, 5.0)

    assert (verdict.state, verdict.permanent) == ("untrusted", True)
    assert "mismatch" in verdict.detail


def test_expired_certificate_is_permanent(tmp_path: Path) -> None:
    """So does one whose time is over."""
    old = authority(tmp_path, days=-1)
    with serving(old) as port:
        verdict = ask_blocking(parse_target(f"tls://localhost:{port}?tls_ca={old.authority}"), 5.0)

    assert (verdict.state, "expired" in verdict.detail) == ("untrusted", True)


def test_frozen_during_the_handshake(files: Files) -> None:
    """A deadline holds inside TLS as well."""
    with listener() as server:
        port = server.getsockname()[1]
        target = parse_target(f"tls://localhost:{port}?tls_ca={files.authority}")

        assert ask_blocking(target, 0.2).state == "frozen"
