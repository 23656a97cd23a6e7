"""gRPC: the standard health service, asked over HTTP/2.

Source: grpc/grpc doc/health-checking.md; RFC 9113 (frames), RFC 7541 (header compression). The path
is the name of the service, empty for the whole server. One request on a fresh connection needs a
small part of HTTP/2: frames are read as they come, and header blocks are skimmed for `grpc-status`.
"""

from holdfast.dependencies.inbox import Inbox, UnexpectedBytesError
from holdfast.dependencies.skim_headers import find_status
from holdfast.dependencies.verdict import (
    FAILING,
    MISSING,
    STARTING,
    UP,
    WRONG_CREDENTIALS,
    Verdict,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator

    from holdfast.dependencies.handshakes import Conversation
    from holdfast.dependencies.target import Target

SCHEMES = {"grpc": 50051, "grpcs": 443}
TLS_SCHEMES = frozenset(("grpcs",))

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _RESET, _SETTINGS, _PUSH, _PING, _GOAWAY, _CONTINUATION = 0, 1, 3, 4, 5, 6, 7, 9
_END_STREAM, _ACK, _END_HEADERS, _PADDED, _PRIORITY = 0x1, 0x1, 0x4, 0x8, 0x20
# SETTINGS_HEADER_TABLE_SIZE 0: the server has to write its headers out.
_NO_TABLE = b"\x00\x01\x00\x00\x00\x00"
# The default of SETTINGS_MAX_FRAME_SIZE (RFC 9113, section 6.5.2).
_LONGEST_FRAME = 16384
_LARGEST_BYTES = 256 * 1024
_STREAM = 1
# grpc.health.v1.HealthCheckResponse.ServingStatus
_SERVING, _NOT_SERVING, _SERVICE_UNKNOWN = 1, 2, 3
_LONGEST_SERVICE = 200


def converse(target: "Target") -> "Conversation":
    """Ask `grpc.health.v1.Health/Check` for the service in the path."""
    inbox = Inbox(_LARGEST_BYTES)
    send = _PREFACE + _frame(_SETTINGS, 0, 0, _NO_TABLE) + _request(target)
    message, block = b"", b""
    greeted = False
    while True:
        kind, flags, stream, payload = yield from _next_frame(inbox, send, greeted)
        send, greeted = b"", True
        if kind == _SETTINGS and not flags & _ACK:
            inbox.post(_frame(_SETTINGS, _ACK, 0, b""))
        elif kind == _PING and not flags & _ACK:
            inbox.post(_frame(_PING, _ACK, 0, payload))
        elif kind == _GOAWAY:
            return Verdict(STARTING, "the server is shutting the connection down (GOAWAY)")
        elif stream != _STREAM:
            continue
        elif kind == _DATA:
            message += _unpadded(flags, payload)
        elif kind in (_HEADERS, _CONTINUATION):
            block += _block(kind, flags, payload)
            if flags & _END_HEADERS:
                status, block = find_status(block), b""
                if status:
                    return judge_status(status)
        elif kind == _RESET:
            return Verdict(FAILING, f"the server reset the call ({int.from_bytes(payload, 'big')})")
        if _complete(message) or flags & _END_STREAM:
            return judge_serving(message[5:])


def encode_service(service: str) -> bytes:
    """A HealthCheckRequest."""
    name = service.encode()[:_LONGEST_SERVICE]
    return b"\x0a" + _varint(len(name)) + name if name else b""


def judge_serving(message: bytes) -> Verdict:
    """What a HealthCheckResponse means: one field, number 1, a varint below 128."""
    serving = message[1] if message[:1] == b"\x08" and len(message) > 1 else 0
    if serving == _SERVING:
        return Verdict(UP, "SERVING")
    names = {_NOT_SERVING: "NOT_SERVING", _SERVICE_UNKNOWN: "SERVICE_UNKNOWN", 0: "UNKNOWN"}
    return Verdict(STARTING, names.get(serving, f"status {serving}"))


def judge_status(status: int) -> Verdict:
    """What a status code other than OK means (grpc/grpc doc/statuscodes.md)."""
    states = {
        5: (STARTING, "NOT_FOUND: the server does not know this service (yet)"),
        7: (WRONG_CREDENTIALS, "PERMISSION_DENIED"),
        8: (FAILING, "RESOURCE_EXHAUSTED"),
        12: (MISSING, "UNIMPLEMENTED: the server has no grpc.health.v1.Health service"),
        14: (STARTING, "UNAVAILABLE"),
        16: (WRONG_CREDENTIALS, "UNAUTHENTICATED"),
    }
    return Verdict(*states.get(status, (FAILING, f"status code {status}")))


def _complete(message: bytes) -> bool:
    """Whether the length-prefixed message is whole."""
    return len(message) >= 5 and len(message) >= 5 + int.from_bytes(message[1:5], "big")


def _next_frame(
    inbox: Inbox, send: bytes, greeted: bool
) -> "Generator[bytes, bytes, tuple[int, int, int, bytes]]":
    head = yield from inbox.take(9, send)
    length, kind, flags = int.from_bytes(head[:3], "big"), head[3], head[4]
    stream = int.from_bytes(head[5:9], "big") & 0x7FFFFFFF
    # The first frame of a server is its SETTINGS (RFC 9113, section 3.4).
    if length > _LONGEST_FRAME or (not greeted and (kind != _SETTINGS or stream)):
        raise UnexpectedBytesError(head)
    payload = yield from inbox.take(length)
    return kind, flags, stream, payload


def _unpadded(flags: int, payload: bytes) -> bytes:
    if not flags & _PADDED:
        return payload
    if not payload or payload[0] >= len(payload):
        raise UnexpectedBytesError(b"")
    return payload[1 : len(payload) - payload[0]]


def _block(kind: int, flags: int, payload: bytes) -> bytes:
    if kind == _CONTINUATION:
        return payload
    payload = _unpadded(flags, payload)
    return payload[5:] if flags & _PRIORITY else payload


def _request(target: "Target") -> bytes:
    protobuf = encode_service(target.path)
    message = b"\0" + len(protobuf).to_bytes(4, "big") + protobuf
    host, port = target.hosts[0]
    fields = (
        (":method", "POST"),
        (":scheme", "https" if target.tls else "http"),
        (":path", "/grpc.health.v1.Health/Check"),
        (":authority", f"{host}:{port}"),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
        ("user-agent", "holdfast"),
    )
    block = b"".join(_field(name.encode(), value.encode()) for name, value in fields)
    headers = _frame(_HEADERS, _END_HEADERS, _STREAM, block)
    return headers + _frame(_DATA, _END_STREAM, _STREAM, message)


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return (
        len(payload).to_bytes(3, "big")
        + bytes((kind, flags))
        + stream.to_bytes(4, "big")
        + (payload)
    )


def _field(name: bytes, value: bytes) -> bytes:
    """A literal that is never indexed, with plain strings (RFC 7541, section 6.2.2)."""
    return b"\0" + _string(name) + _string(value)


def _string(text: bytes) -> bytes:
    short = 127
    if len(text) < short:
        return bytes((len(text),)) + text
    return b"\x7f" + _varint(len(text) - short) + text


def _varint(number: int) -> bytes:
    data = b""
    while number > 0x7F:
        data += bytes((number & 0x7F | 0x80,))
        number >>= 7
    return data + bytes((number,))
