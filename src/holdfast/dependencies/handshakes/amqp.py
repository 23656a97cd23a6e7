"""AMQP 0-9-1 (RabbitMQ): the protocol header, answered by Connection.Start.

Source: AMQP 0-9-1 specification, sections 2.2.4, 2.3.5 and 4.2; RabbitMQ documentation,
"Authentication Failure Notifications". With `login`, PLAIN credentials are sent and the virtual
host of the path is opened ("/" where the URL has none).
"""

from holdfast.dependencies.inbox import Inbox, UnexpectedBytesError
from holdfast.dependencies.verdict import DENIED, FAILING, MISSING, UP, WRONG_CREDENTIALS, Verdict
from holdfast.dependencies.words import readable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator

    from holdfast.dependencies.handshakes import Conversation
    from holdfast.dependencies.target import Target

SCHEMES = {"amqp": 5672, "amqps": 5671}
TLS_SCHEMES = frozenset(("amqps",))

_HEADER = b"AMQP\x00\x00\x09\x01"
_FRAME_END = 0xCE
_METHOD = 1
_START, _START_OK, _TUNE, _TUNE_OK = (10, 10), (10, 11), (10, 30), (10, 31)
_OPEN, _OPEN_OK, _CLOSE = (10, 40), (10, 41), (10, 50)
# Reply codes of Connection.Close: access-refused, not-allowed, internal-error (unknown vhost in
# RabbitMQ before 3.8 is 530, "vhost not found" stands in the text).
_ACCESS_REFUSED, _NOT_ALLOWED = 403, 530


def converse(target: "Target") -> "Conversation":
    """Send the header and read Start; with a login go on until the virtual host is open."""
    inbox = Inbox()
    method, start = yield from _method(inbox, _HEADER)
    if method != _START:
        raise UnexpectedBytesError(b"")
    if not target.login:
        return Verdict(UP, f"greets with Connection.Start {start[0]}-{start[1]}")
    method, body = yield from _method(inbox, _frame(_START_OK, _start_ok(target)))
    if method == _TUNE:
        tune_ok = _frame(_TUNE_OK, body[:6] + b"\x00\x00")
        vhost = (target.path or "/").encode()[:255]
        send = tune_ok + _frame(_OPEN, bytes((len(vhost),)) + vhost + b"\x00\x00")
        method, body = yield from _method(inbox, send)
    if method == _CLOSE:
        return _judge_close(body)
    if method != _OPEN_OK:
        raise UnexpectedBytesError(b"")
    return Verdict(UP, "opened the virtual host after login")


def _judge_close(body: bytes) -> Verdict:
    code = int.from_bytes(body[:2], "big")
    text = readable(body[3 : 3 + body[2]].decode("utf-8", "replace")) if len(body) > 2 else ""
    detail = f"{text} (reply code {code})"
    if code == _ACCESS_REFUSED:
        return Verdict(WRONG_CREDENTIALS, detail)
    if code == _NOT_ALLOWED:
        return Verdict(MISSING if "not found" in text else DENIED, detail)
    return Verdict(FAILING, detail)


def _method(
    inbox: Inbox, send: bytes = b""
) -> "Generator[bytes, bytes, tuple[tuple[int, int], bytes]]":
    """The next method frame on channel 0: class and method, and its arguments."""
    head = yield from inbox.take(7, send)
    if head.startswith(b"AMQP"):
        raise UnexpectedBytesError(head, "the server speaks another version of AMQP (1.0?)")
    size = int.from_bytes(head[3:7], "big")
    if head[0] != _METHOD or head[1:3] != b"\0\0" or size < 4:
        raise UnexpectedBytesError(head)
    payload = yield from inbox.take(size + 1)
    if payload[-1] != _FRAME_END:
        raise UnexpectedBytesError(head)
    method = int.from_bytes(payload[:2], "big"), int.from_bytes(payload[2:4], "big")
    return method, payload[4:-1].ljust(3, b"\0")


def _frame(method: "tuple[int, int]", arguments: bytes) -> bytes:
    payload = method[0].to_bytes(2, "big") + method[1].to_bytes(2, "big") + arguments
    return b"\x01\0\0" + len(payload).to_bytes(4, "big") + payload + bytes((_FRAME_END,))


def _start_ok(target: "Target") -> bytes:
    # Without this capability RabbitMQ closes the socket on a wrong password, with no word why.
    capability = _short("authentication_failure_close") + b"t\x01"
    table = _short("capabilities") + b"F" + _long(capability)
    table += _short("product") + b"S" + _long(b"holdfast")
    # Clients take guest/guest where a URL has no user (RabbitMQ URI Specification).
    user = target.user or "guest"
    password = target.password if target.user else "guest"
    response = f"\0{user}\0{password}".encode()
    return _long(table) + _short("PLAIN") + _long(response) + _short("en_US")


def _short(text: str) -> bytes:
    data = text.encode()[:255]
    return bytes((len(data),)) + data


def _long(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data
