"""Certificates made with openssl, and servers that show them."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from tests.dependencies.peers import LOOPBACK, listener
from tests.real.programs import need


class Files(NamedTuple):
    """In PEM."""

    authority: Path
    certificate: Path
    key: Path


def authority(directory: Path, *, days: int = 30, name: str = "localhost") -> Files:
    """An authority, and a certificate for `name` that it signed."""
    openssl = need("openssl", "openssl")
    files = Files(*(directory / f for f in ("ca.pem", "server.pem", "server.key")))
    ca_key = directory / "ca.key"
    curve: list[str | Path] = [
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    own: list[str | Path] = [*curve, "-x509", "-days", "50000", "-subj", "/CN=holdfast tests"]
    _run(openssl, "req", *own, "-keyout", ca_key, "-out", files.authority)
    request = directory / "server.csr"
    alternative = f"subjectAltName=DNS:{name}"
    asked: list[str | Path] = [*curve, "-subj", f"/CN={name}", "-addext", alternative]
    _run(openssl, "req", *asked, "-keyout", files.key, "-out", request)
    signed: list[str | Path] = [
        "-CA",
        files.authority,
        "-CAkey",
        ca_key,
        "-days",
        str(days),
        "-copy_extensions",
        "copy",
    ]
    _run(openssl, "x509", "-req", "-in", request, *signed, "-out", files.certificate)
    return files


@contextmanager
def serving(files: Files, *answers: bytes, asks_clients: bool = False) -> Iterator[int]:
    """The port of a TLS server that sends these answers, each after it received something.

    `asks_clients`: it wants a certificate of its own authority from each client.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    context.set_alpn_protocols(["h2", "http/1.1"])
    if asks_clients:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(files.authority)
    with listener() as server:

        def serve() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                with client, suppress(OSError):
                    client.settimeout(5)
                    with context.wrap_socket(
                        client, server_side=True, do_handshake_on_connect=False
                    ) as session:
                        if not _shakes_hands(session):
                            continue
                        for answer in answers:
                            session.recv(65536)
                            session.sendall(answer)
                        session.recv(1)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def _shakes_hands(session: ssl.SSLSocket) -> bool:
    """Whether client and server agree. If not, the client hears why before the socket closes."""
    try:
        session.do_handshake()
    except ssl.SSLError:
        session.shutdown(socket.SHUT_WR)
        while session.recv(65536):
            pass
        return False
    return True


def _run(*command: str | Path) -> None:
    subprocess.run([*map(str, command)], check=True, capture_output=True)


__all__ = ["LOOPBACK", "Files", "authority", "serving"]
