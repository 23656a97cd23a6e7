"""`grpc.health.v1.Health` on the caller's grpcio server: Check, Watch and List.

    from holdfast.health.grpc import serve
    serve(health, server, services=("shop.Cart",))       # before server.start()

Source: grpc/grpc-proto health.proto (one string in, one enumeration out, encoded here by hand),
proposals A17 and A90. Check answers NOT_FOUND for a service that is not known, Watch streams
SERVICE_UNKNOWN. While the service drains everything is NOT_SERVING, and every Watch is completed:
an open one keeps a server from finishing (grpc-dotnet PR 2582).

Rules: the messages are bytes, so neither protobuf nor generated code is needed. Imported only for a
gRPC server: grpcio is the caller's own.
"""

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

import grpc

if TYPE_CHECKING:
    from holdfast.health.health import Health

_NAME = "grpc.health.v1.Health"
_SERVING, _NOT_SERVING, _SERVICE_UNKNOWN = 1, 2, 3
_LOOK_SECONDS = 0.2
_STRING_FIELD_1, _ENUM_FIELD_1 = 0x0A, 0x08


def serve(health: "Health", server: Any, *, services: tuple[str, ...] = ()) -> None:
    """Add the health service, for the whole server ("") and for each of `services`."""
    servicer = _Servicer(health, frozenset(("", *services)))
    asynchronous = inspect.iscoroutinefunction(server.start)
    handlers = {
        "Check": grpc.unary_unary_rpc_method_handler(
            servicer.check_async if asynchronous else servicer.check,
            request_deserializer=_decode,
            response_serializer=_encode,
        ),
        "Watch": grpc.unary_stream_rpc_method_handler(
            servicer.watch_async if asynchronous else servicer.watch,
            request_deserializer=_decode,
            response_serializer=_encode,
        ),
        "List": grpc.unary_unary_rpc_method_handler(
            servicer.list_async if asynchronous else servicer.list,
            request_deserializer=bytes,
            response_serializer=_encode_all,
        ),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_NAME, handlers),))


class _Servicer:
    def __init__(self, health: "Health", services: frozenset[str]) -> None:
        self._board = health.board
        self._services = services

    def check(self, service: str, context: Any) -> int:
        if service not in self._services:
            context.abort(grpc.StatusCode.NOT_FOUND, "unknown service")
        return self._status(service)

    async def check_async(self, service: str, context: Any) -> int:
        if service not in self._services:
            await context.abort(grpc.StatusCode.NOT_FOUND, "unknown service")
        return self._status(service)

    def list(self, request: bytes, context: Any) -> dict[str, int]:
        del request, context
        return {service: self._status(service) for service in sorted(self._services)}

    async def list_async(self, request: bytes, context: Any) -> dict[str, int]:
        return self.list(request, context)

    def watch(self, service: str, context: Any) -> Iterator[int]:
        last = None
        while context.is_active():
            # Asked before the status: a drain that begins between the two is told as well.
            draining = self._board.draining()
            status = self._status(service)
            if status != last:
                yield status
                last = status
            if draining:
                return
            time.sleep(_LOOK_SECONDS)

    async def watch_async(self, service: str, context: Any) -> AsyncIterator[int]:
        del context
        last = None
        while True:
            # Asked before the status: a drain that begins between the two is told as well.
            draining = self._board.draining()
            status = self._status(service)
            if status != last:
                yield status
                last = status
            if draining:
                return
            await asyncio.sleep(_LOOK_SECONDS)

    def _status(self, service: str) -> int:
        if service not in self._services:
            return _SERVICE_UNKNOWN
        # A drain is told to gRPC clients whatever readiness says: they have no Connection: close.
        ready = not self._board.draining() and not self._board.ready(time.monotonic())
        return _SERVING if ready else _NOT_SERVING


def _decode(message: bytes) -> str:
    """HealthCheckRequest: field 1, a string, which is the last one to count."""
    service, rest = "", message
    while len(rest) >= 2 and rest[0] == _STRING_FIELD_1:
        length, shift, start = 0, 0, 1
        while start < len(rest):
            length |= (rest[start] & 0x7F) << shift
            shift, start = shift + 7, start + 1
            if not rest[start - 1] & 0x80:
                break
        service = rest[start : start + length].decode("utf-8", "replace")
        rest = rest[start + length :]
    return service


def _encode(status: int) -> bytes:
    """HealthCheckResponse: field 1, an enumeration below 128."""
    return bytes((_ENUM_FIELD_1, status))


def _encode_all(statuses: dict[str, int]) -> bytes:
    """HealthListResponse: field 1, a map of string to HealthCheckResponse."""
    return b"".join(_field_1(_field_1(name.encode()) + _value(s)) for name, s in statuses.items())


def _value(status: int) -> bytes:
    # Field 2 of a map's entry, a message of two bytes.
    return bytes((0x12, 2)) + _encode(status)


def _field_1(content: bytes) -> bytes:
    length, size = len(content), b""
    while length > 0x7F:
        size += bytes((length & 0x7F | 0x80,))
        length >>= 7
    return bytes((_STRING_FIELD_1,)) + size + bytes((length,)) + content
