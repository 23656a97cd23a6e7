"""PostgreSQL: a startup packet, and what the server says to it.

Source: PostgreSQL documentation, "Frontend/Backend Protocol: Message Formats", protocol 3.0. The
server looks at its own state before it looks at the user, so that the packet needs no password:
a request for authentication means that it accepts sessions. Errors of class 28 (no such user, no
entry in pg_hba.conf) come after that point as well.
"""

from holdfast.dependencies.inbox import Inbox, UnexpectedBytesError
from holdfast.dependencies.verdict import (
    FAILING,
    FULL,
    MISSING,
    STARTING,
    UP,
    WRONG_CREDENTIALS,
    Verdict,
)
from holdfast.dependencies.words import readable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast.dependencies.handshakes import Conversation
    from holdfast.dependencies.target import Target

SCHEMES = {"postgres": 5432, "postgresql": 5432}
TLS_SCHEMES: frozenset[str] = frozenset()

_VERSION_3_0 = 196608
_LONGEST_MESSAGE = 30000
# SQLSTATE -> state (PostgreSQL documentation, appendix A).
_BY_SQLSTATE = {
    "57P01": STARTING,  # admin_shutdown
    "57P02": STARTING,  # crash_shutdown
    "57P03": STARTING,  # cannot_connect_now
    "53300": FULL,  # too_many_connections
    "3D000": MISSING,  # invalid_catalog_name
}
_AUTHORIZATION_CLASS = "28"


def converse(target: "Target") -> "Conversation":
    """Ask for a session, and stop before the password."""
    inbox = Inbox()
    send = startup_packet(target.user or "holdfast", target.path)
    while True:
        head = yield from inbox.take(5, send)
        send = b""
        kind, length = head[:1], int.from_bytes(head[1:5], "big") - 4
        if kind not in (b"R", b"E", b"S", b"K", b"Z", b"N", b"v") or length > _LONGEST_MESSAGE:
            raise UnexpectedBytesError(head)
        body = yield from inbox.take(length)
        if kind == b"E":
            fields = _fields(body)
            return judge_sqlstate(fields.get("C", ""), fields.get("M", ""))
        if kind == b"R" and body[:4] != b"\x00\x00\x00\x00":
            return Verdict(UP, "accepts sessions and asks for authentication")
        if kind == b"Z":
            return Verdict(UP, "opened a session without a password")


def startup_packet(user: str, database: str) -> bytes:
    """The first message of a session, without any secret."""
    pairs = [("user", user), ("database", database), ("application_name", "holdfast")]
    body = b"".join(
        name.encode() + b"\0" + value.replace("\0", "").encode() + b"\0"
        for name, value in pairs
        if value
    )
    packet = _VERSION_3_0.to_bytes(4, "big") + body + b"\0"
    return (len(packet) + 4).to_bytes(4, "big") + packet


def judge_sqlstate(code: str, message: str, *, login: bool = False) -> Verdict:
    """What an error means to one who only asks, or to one who wants to log in."""
    detail = f"{readable(message)} (SQLSTATE {readable(code)})"
    if code in _BY_SQLSTATE:
        return Verdict(_BY_SQLSTATE[code], detail)
    if code.startswith(_AUTHORIZATION_CLASS):
        if login:
            return Verdict(WRONG_CREDENTIALS, detail)
        return Verdict(UP, f"accepts sessions; it answered: {detail}")
    return Verdict(FAILING, detail)


def _fields(body: bytes) -> "dict[str, str]":
    parts = body.split(b"\0")
    return {
        part[:1].decode("latin-1"): part[1:].decode("utf-8", "replace") for part in parts if part
    }
