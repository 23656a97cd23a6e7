"""The gRPC probe: grpc.health.v1.Health/Check over HTTP/2 without TLS.

Rules: everything but SERVING is a failure, nothing is an error. A refused connection is tried again
until the time is over, so it costs all of it (Q9). Needs the package h2 (`pip install
'holdfast[grpc]'`). Source: kubernetes v1.36.2 pkg/probe/grpc/grpc.go; grpc-go v1.79.3; grpc/grpc
doc/PROTOCOL-HTTP2.md and doc/connection-backoff.md.
"""

import asyncio
import contextlib
from typing import NamedTuple
from urllib.parse import unquote

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (
    DataReceived,
    RemoteSettingsChanged,
    ResponseReceived,
    StreamEnded,
    StreamReset,
    TrailersReceived,
)
from h2.exceptions import ProtocolError

from holdfast.kubelet import probe_output
from holdfast.kubelet.inputs import Outcome
from holdfast.kubelet.wording import go_duration
from holdfast.model.container import Container, GrpcAction
from holdfast.rehearsal.probes.dial import DialError, dial, join_host_port
from holdfast.rehearsal.probes.port import PortError, resolve_port
from holdfast.rehearsal.probes.reply import Reply, Target

_CLIENT = "grpc-go/1.79.3"
_BASE_DELAY_SECONDS, _DELAY_FACTOR = 1.0, 1.6
_STREAM = 1
_SERVING = 1
_STATUSES = {0: "UNKNOWN", 1: "SERVING", 2: "NOT_SERVING", 3: "SERVICE_UNKNOWN"}
_DEADLINE_EXCEEDED, _UNIMPLEMENTED = 4, 12
_CODES = (
    "OK", "Canceled", "Unknown", "InvalidArgument", "DeadlineExceeded", "NotFound",
    "AlreadyExists", "PermissionDenied", "ResourceExhausted", "FailedPrecondition", "Aborted",
    "OutOfRange", "Unimplemented", "Internal", "Unavailable", "DataLoss", "Unauthenticated",
)  # fmt: skip


class _Called(NamedTuple):
    """How the call ended: the status code of gRPC, its message, and the answer."""

    code: int
    message: str
    body: bytes = b""


class _Channel(NamedTuple):
    """A connection whose server has introduced itself."""

    h2: H2Connection
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


async def grpc_probe(action: GrpcAction, spec: Container, target: Target, timeout: int) -> Reply:
    """Ask once."""
    try:
        port = resolve_port(spec, action.port)
    except PortError as error:
        return Reply(Outcome.ERROR, str(error))
    address = join_host_port(target.pod_ip, port)
    channel = None
    try:
        async with asyncio.timeout(timeout):
            channel = await _connect(target.pod_ip, port)
            called = await _call(channel, address, action.service or "", target.user_agent)
    except TimeoutError:
        if channel is None:
            text = probe_output.grpc_no_connection(address, timeout, "context deadline exceeded")
        else:
            text = f"timeout: health rpc did not complete within {go_duration(timeout)}"
        return Reply(Outcome.FAILURE, text)
    finally:
        if channel is not None:
            channel.writer.close()
    return _judge(called, timeout)


async def _connect(host: str, port: int) -> _Channel:
    """A channel that is ready; tried again with growing pauses, as grpc-go does when it blocks."""
    delay = _BASE_DELAY_SECONDS
    while True:
        with contextlib.suppress(DialError, OSError, EOFError, ProtocolError):
            return await _introduce(host, port)
        await asyncio.sleep(delay)
        delay *= _DELAY_FACTOR


async def _introduce(host: str, port: int) -> _Channel:
    connection = await dial(host, port)
    try:
        reader, writer = await asyncio.open_connection(sock=connection)
    except BaseException:
        connection.close()
        raise
    channel = _Channel(H2Connection(H2Configuration(client_side=True)), reader, writer)
    try:
        channel.h2.initiate_connection()
        while not any(isinstance(event, RemoteSettingsChanged) for event in await _next(channel)):
            pass
    except BaseException:
        writer.close()
        raise
    return channel


async def _next(channel: _Channel) -> list[object]:
    """Send what waits, and what the server says next. Raises EOFError at its end."""
    channel.writer.write(channel.h2.data_to_send())
    data = await channel.reader.read(65536)
    if not data:
        raise EOFError
    events: list[object] = list(channel.h2.receive_data(data))
    channel.writer.write(channel.h2.data_to_send())
    return events


async def _call(channel: _Channel, address: str, service: str, agent: str) -> _Called:
    name = service.encode()
    message = b"\x0a" + _varint(len(name)) + name if name else b""
    channel.h2.send_headers(_STREAM, [
        (":method", "POST"), (":scheme", "http"), (":path", "/grpc.health.v1.Health/Check"),
        (":authority", address), ("content-type", "application/grpc"),
        ("user-agent", f"{agent} {_CLIENT}"), ("te", "trailers"),
    ])  # fmt: skip
    framed = b"\0" + len(message).to_bytes(4, "big") + message
    channel.h2.send_data(_STREAM, framed, end_stream=True)
    headers: dict[str, str] = {}
    body = b""
    try:
        while True:
            for event in await _next(channel):
                if isinstance(event, ResponseReceived | TrailersReceived):
                    headers.update(_texts(event.headers))
                elif isinstance(event, DataReceived):
                    body += event.data
                    channel.h2.acknowledge_received_data(event.flow_controlled_length, _STREAM)
                elif isinstance(event, StreamReset):
                    code = int(event.error_code)
                    return _Called(13, f"stream terminated by RST_STREAM with error code: {code}")
                elif isinstance(event, StreamEnded):
                    return _result(headers, body)
    except (EOFError, OSError, ProtocolError):
        return _Called(14, "error reading from server: EOF")


def _result(headers: dict[str, str], body: bytes) -> _Called:
    if "grpc-status" in headers:
        code = int(headers["grpc-status"]) if headers["grpc-status"].isdecimal() else 2
        return _Called(code, unquote(headers.get("grpc-message", "")), body)
    status = headers.get(":status", "")
    # grpc-go internal/transport/http_util.go HTTPStatusConvTab
    codes = {"400": 13, "401": 16, "403": 7, "404": 12, "429": 14, "502": 14, "503": 14, "504": 14}
    kind = headers.get("content-type", "")
    text = f"unexpected HTTP status code received from server: {status}"
    extra = f'; transport: received unexpected content-type "{kind}"' if kind else ""
    return _Called(codes.get(status, 2), text + extra)


def _judge(called: _Called, timeout: int) -> Reply:
    if called.code == 0:
        status = _serving(called.body)
        if status == _SERVING:
            return Reply(Outcome.SUCCESS, "service healthy")
        shown = _STATUSES.get(status, str(status))
        return Reply(Outcome.FAILURE, probe_output.grpc_unhealthy(shown))
    if called.code == _UNIMPLEMENTED:
        return Reply(Outcome.FAILURE, probe_output.grpc_unimplemented(called.message))
    if called.code == _DEADLINE_EXCEEDED:
        text = f"timeout: health rpc did not complete within {go_duration(timeout)}"
        return Reply(Outcome.FAILURE, text)
    name = _CODES[called.code] if called.code < len(_CODES) else f"Code({called.code})"
    text = f"error: health rpc probe failed: rpc error: code = {name} desc = {called.message}"
    return Reply(Outcome.FAILURE, text)


def _serving(body: bytes) -> int:
    """The field `status` of a HealthCheckResponse; 0 (UNKNOWN) where it is not written."""
    message = body[5:]
    return message[1] if message[:1] == b"\x08" and len(message) > 1 else 0


def _texts(headers: object) -> dict[str, str]:
    pairs = headers if isinstance(headers, list) else []
    return {_text(name): _text(value) for name, value in pairs}


def _text(value: str | bytes) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _varint(number: int) -> bytes:
    data = b""
    while number > 0x7F:
        data += bytes((number & 0x7F | 0x80,))
        number >>= 7
    return data + bytes((number,))
