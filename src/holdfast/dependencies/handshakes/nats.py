"""NATS: the server's INFO, then PING.

Source: NATS documentation, "Client Protocol". A server that asks for authentication or for TLS
answers nothing to a stranger, and counts as up after its INFO. Over TLS (`nats+tls`, `tls_first` of
the server) everything is inside the session; the upgrade after INFO is left to clients.
"""

from holdfast.dependencies.inbox import EndOfStreamError, Inbox, UnexpectedBytesError
from holdfast.dependencies.verdict import FAILING, FULL, STARTING, UP, WRONG_CREDENTIALS, Verdict
from holdfast.dependencies.words import json_string, readable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast.dependencies.handshakes import Conversation
    from holdfast.dependencies.target import Target

SCHEMES = {"nats": 4222, "nats+tls": 4222}
TLS_SCHEMES = frozenset(("nats+tls",))

_ASKS = (
    (b'"auth_required":true', "asks for authentication"),
    (b'"tls_required":true', "asks for TLS"),
)
# Text of -ERR, in lower case -> state.
_BY_TEXT = (
    ("authorization violation", WRONG_CREDENTIALS),
    ("authentication", WRONG_CREDENTIALS),
    ("maximum connections", FULL),
    ("shutdown", STARTING),
)


def converse(target: "Target") -> "Conversation":
    """Read INFO; CONNECT and PING, unless the server wants credentials that are not to be used."""
    inbox = Inbox()
    info = yield from inbox.line()
    if not info.startswith(b"INFO {"):
        if info.startswith(b"-ERR"):
            return _judge_error(info, login=target.login)
        raise UnexpectedBytesError(info)
    if not target.login:
        for mark, words in _ASKS:
            if mark in info:
                return Verdict(UP, f"greets, and {words}")
    send = b"CONNECT " + _connect(target).encode() + b"\r\nPING\r\n"
    while True:
        try:
            line = yield from inbox.line(send)
        except EndOfStreamError:
            if b'"tls_required":true' in info:
                return Verdict(UP, "greets, and asks for TLS")
            raise
        send = b""
        if line == b"PONG":
            return Verdict(
                UP, "answers PING" + (" after login" if target.login and target.password else "")
            )
        if line.startswith(b"-ERR"):
            return _judge_error(line, login=target.login)
        if not line.startswith((b"+OK", b"PING", b"INFO {")):
            raise UnexpectedBytesError(line)


def _judge_error(line: bytes, *, login: bool) -> Verdict:
    text = readable(line.removeprefix(b"-ERR").decode("utf-8", "replace").strip(" '"))
    for part, state in _BY_TEXT:
        if part in text.lower():
            if state == WRONG_CREDENTIALS and not login:
                return Verdict(UP, "greets, and asks for authentication")
            return Verdict(state, text)
    return Verdict(FAILING, text)


def _connect(target: "Target") -> str:
    fields = {"verbose": "false", "pedantic": "false", "name": '"holdfast"', "lang": '"python"'}
    if target.login and target.password:
        fields["user"], fields["pass"] = json_string(target.user), json_string(target.password)
    elif target.login and target.user:
        # nats://TOKEN@host: a user without a password is a token.
        fields["auth_token"] = json_string(target.user)
    return "{" + ",".join(f'"{name}":{value}' for name, value in fields.items()) + "}"
