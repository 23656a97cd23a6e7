"""MySQL and MariaDB: the server's greeting, and a complete answer to it without a password.

Source: MySQL Internals, "Connection Phase"; MariaDB Knowledge Base, "Connecting". A client that
leaves right after the greeting counts as an interrupted handshake, and after `max_connect_errors`
of them (100) the server blocks the host. So the greeting is answered in full, as a user that does
not exist: "access denied" is no connect error, and no account of anybody is locked by it.
"""

from holdfast.dependencies.inbox import Inbox, UnexpectedBytesError
from holdfast.dependencies.verdict import (
    DENIED,
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
    from collections.abc import Generator

    from holdfast.dependencies.handshakes import Conversation
    from holdfast.dependencies.target import Target

SCHEMES = {"mysql": 3306, "mariadb": 3306}
TLS_SCHEMES: frozenset[str] = frozenset()

_PROTOCOL_10 = 10
_ERROR, _OK, _AUTH_SWITCH, _MORE_DATA = 0xFF, 0x00, 0xFE, 0x01
# CLIENT_PROTOCOL_41 | CLIENT_SECURE_CONNECTION | CLIENT_PLUGIN_AUTH
_CAPABILITIES = 0x0200 | 0x8000 | 0x80000
_UTF8 = 33
_USER = b"holdfast"
_LONGEST_PACKET = 16 * 1024
# Error code -> state (MySQL Server Error Message Reference).
_BY_CODE = {
    1040: FULL,  # ER_CON_COUNT_ERROR
    1203: FULL,  # ER_TOO_MANY_USER_CONNECTIONS
    1226: FULL,  # ER_USER_LIMIT_REACHED
    1049: MISSING,  # ER_BAD_DB_ERROR
    1053: STARTING,  # ER_SERVER_SHUTDOWN
    1129: DENIED,  # ER_HOST_IS_BLOCKED
    1130: DENIED,  # ER_HOST_NOT_PRIVILEGED
}
# ER_DBACCESS_DENIED_ERROR, ER_ACCESS_DENIED_ERROR, ER_ACCESS_DENIED_NO_PASSWORD_ERROR,
# ER_ACCOUNT_HAS_BEEN_LOCKED, ER_SECURE_TRANSPORT_REQUIRED
_ACCESS_CODES = (1044, 1045, 1698, 3118, 3159)


def converse(target: "Target") -> "Conversation":
    """Read the greeting, answer it, and read what the server thinks of a stranger."""
    del target
    inbox = Inbox()
    number, greeting = yield from _packet(inbox)
    if greeting[0] == _ERROR:
        return judge_error(greeting)
    version, end, _ = greeting[1:].partition(b"\0")
    if greeting[0] != _PROTOCOL_10 or number != 0 or not end:
        raise UnexpectedBytesError(greeting)
    number, answer = yield from _packet(inbox, _frame(_response(), 1))
    if answer[0] == _AUTH_SWITCH:
        _, answer = yield from _packet(inbox, _frame(b"", number + 1))
    if answer[0] == _ERROR:
        return judge_error(answer)
    if answer[0] not in (_OK, _AUTH_SWITCH, _MORE_DATA):
        raise UnexpectedBytesError(answer)
    return Verdict(UP, f"accepts sessions, version {readable(version.decode('utf-8', 'replace'))}")


def judge_error(packet: bytes, *, login: bool = False) -> Verdict:
    """What an error packet means: 0xff, code, perhaps "#" and SQLSTATE, message."""
    code = int.from_bytes(packet[1:3], "little")
    text = packet[9:] if packet[3:4] == b"#" else packet[3:]
    return judge_code(code, text.decode("utf-8", "replace"), login=login)


def judge_code(code: int, message: str, *, login: bool = False) -> Verdict:
    """What an error code means to one who only asks, or to one who wants to log in."""
    detail = f"{readable(message)} (error {code})"
    if code in _BY_CODE:
        return Verdict(_BY_CODE[code], detail)
    if code in _ACCESS_CODES:
        if login:
            return Verdict(WRONG_CREDENTIALS, detail)
        return Verdict(UP, f"accepts sessions; it denied a stranger (error {code})")
    return Verdict(FAILING, detail)


def _packet(inbox: Inbox, send: bytes = b"") -> "Generator[bytes, bytes, tuple[int, bytes]]":
    head = yield from inbox.take(4, send)
    length = int.from_bytes(head[:3], "little")
    if not 0 < length <= _LONGEST_PACKET:
        raise UnexpectedBytesError(head)
    body = yield from inbox.take(length)
    return head[3], body


def _frame(payload: bytes, number: int) -> bytes:
    return len(payload).to_bytes(3, "little") + bytes((number % 256,)) + payload


def _response() -> bytes:
    """HandshakeResponse41 of a user without password and database."""
    fixed = _CAPABILITIES.to_bytes(4, "little") + (1 << 24).to_bytes(4, "little")
    user = _USER + b"\0" + b"\0"
    return fixed + bytes((_UTF8,)) + bytes(23) + user + b"mysql_native_password\0"
