"""GET requests to an API server through one `kubectl proxy` on a socket that only we can open.

Rules: one process of kubectl for all requests, where `kubectl get --raw` takes a process (some
60 ms of CPU time) for each. The socket lies in a directory that only its user may enter; the proxy
itself refuses every method but GET and every path that opens a session or holds secrets, and it
ends with us, also when we are killed. Source: kubectl v1.36, pkg/proxy/proxy_server.go.
"""

import http.client
import os
import selectors
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO
from urllib.parse import urlencode

from holdfast.run.kernel import die_with_parent
from holdfast.sources.transport import (
    KubectlTransport,
    RefusedError,
    no_connection,
    status_message,
)

_GOES_ON_AFTER = b"Starting to serve"
# It reads a kubeconfig and opens a socket: nothing that waits for a network.
_START_SECONDS = 10.0
_STOP_SECONDS = 2.0
# The proxy answers nobody who calls it by another name (--accept-hosts).
_HOST = "localhost"
_HEADERS = {"Accept": "application/json, */*"}
_FLAGS = (
    "--reject-methods=^(POST|PUT|PATCH|DELETE|HEAD|OPTIONS|CONNECT|TRACE)$",
    "--accept-paths=^/apis?/",
    "--reject-paths=/(exec|attach|portforward|proxy|secrets|configmaps)(/|$)",
    # A kubeconfig's server may have a path of its own, as behind Rancher.
    "--append-server-path=true",
)


class KubectlProxyTransport(KubectlTransport):
    """A `kubectl proxy` with the connection flags passed through. Close it in the end."""

    def __init__(
        self, flags: Sequence[str], process: "subprocess.Popen[bytes]", path: Path
    ) -> None:
        """`path` is the socket on which `process` serves."""
        super().__init__(flags)
        self.name = "kubectl proxy"
        self.process = process
        self.socket_path = path

    def get(self, path: str, query: Mapping[str, str]) -> bytes:
        """The body of the answer. Raises RefusedError and ClusterError."""
        connection = _Connection(self.socket_path)
        try:
            connection.request(
                "GET", f"{path}?{urlencode(query)}" if query else path, headers=_HEADERS
            )
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise no_connection("kubectl proxy, " + path, str(error)) from error
        finally:
            connection.close()
        if answer.status == http.client.OK:
            return body
        message = status_message(body)
        if message is None:
            # Words of the proxy: it could not reach the server, or not log in.
            raise no_connection("kubectl proxy, " + path, body.decode(errors="replace").strip())
        raise RefusedError(answer.status, message)

    def close(self) -> None:
        """End the proxy and take its socket away."""
        _end(self.process)
        shutil.rmtree(self.socket_path.parent, ignore_errors=True)


def start_kubectl_proxy(flags: Sequence[str]) -> KubectlProxyTransport | None:
    """A proxy that serves, or None where there can be none.

    That is a system without Unix sockets, or a kubectl that refuses the flags: `kubectl get --raw`
    then serves, and says what is wrong.
    """
    if not hasattr(socket, "AF_UNIX") or _has_own_timeout(flags):
        return None
    directory = Path(tempfile.mkdtemp(prefix="holdfast-"))
    path = directory / "api.sock"
    try:
        process = subprocess.Popen(  # noqa: S603 - arguments, no shell
            ["kubectl", "proxy", f"--unix-socket={path}", *_FLAGS, *flags],  # noqa: S607
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Ctrl-C is ours to answer, and kubectl may have children of its own.
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - no thread runs before it
        )
    except OSError:
        shutil.rmtree(directory, ignore_errors=True)
        return None
    transport = KubectlProxyTransport(flags, process, path)
    serves = False
    try:
        serves = process.stdout is not None and _has_started(process.stdout)
    finally:
        if not serves:
            transport.close()
    return transport if serves else None


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__(_HOST)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self._path))


def _has_own_timeout(flags: Sequence[str]) -> bool:
    # The proxy sets no limit of time on requests; `kubectl get` does.
    return any(flag.startswith("--request-timeout") for flag in flags)


def _end_with_parent() -> None:
    die_with_parent(signal.SIGTERM)


def _has_started(output: IO[bytes]) -> bool:
    """Whether the proxy says that it serves, before it ends or its time is over."""
    deadline = time.monotonic() + _START_SECONDS
    said = b""
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        while _GOES_ON_AFTER not in said:
            if not selector.select(max(0.0, deadline - time.monotonic())):
                return False
            heard = os.read(output.fileno(), 4096)
            if not heard:
                return False
            said += heard
    return True


def _end(process: "subprocess.Popen[bytes]") -> None:
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, signal_number)
        except (ProcessLookupError, PermissionError):
            break
        try:
            process.wait(_STOP_SECONDS)
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
