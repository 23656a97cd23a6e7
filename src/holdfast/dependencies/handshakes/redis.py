"""Redis, Valkey and their kin: PING.

Source: Redis documentation, "Redis serialization protocol specification", "AUTH"; the error words
are those of redis/redis src/server.c 7.0 (`shared`). With `login`, AUTH and SELECT go first.
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
    from holdfast.dependencies.handshakes import Conversation
    from holdfast.dependencies.target import Target

SCHEMES = {"redis": 6379, "rediss": 6379, "valkey": 6379, "valkeys": 6379}
TLS_SCHEMES = frozenset(("rediss", "valkeys"))

# First word of an error -> state.
_BY_WORD = {
    "LOADING": STARTING,
    "MASTERDOWN": STARTING,
    "DENIED": DENIED,
    "WRONGPASS": WRONG_CREDENTIALS,
    "NOAUTH": WRONG_CREDENTIALS,
}
# Errors that begin with ERR, by a part of their text.
_BY_TEXT = (
    ("max number of clients", FULL),
    ("DB index", MISSING),
    ("without any password configured", WRONG_CREDENTIALS),
    ("invalid password", WRONG_CREDENTIALS),
)


def converse(target: "Target") -> "Conversation":
    """PING; with a login AUTH before it, and SELECT when the URL names a database."""
    inbox = Inbox()
    login = _login(target) if target.login else []
    # In one piece: a server that loads answers one piece in each of its rare pauses.
    inbox.post(b"".join(_command(*words) for words in login))
    send = _command("PING")
    for _ in login:
        line = yield from inbox.line(send)
        send = b""
        if line.startswith(b"-"):
            return judge_error(line.decode("utf-8", "replace"), login=True)
        if line != b"+OK":
            raise UnexpectedBytesError(line)
    line = yield from inbox.line(send)
    if line.startswith(b"-"):
        return judge_error(line.decode("utf-8", "replace"), login=target.login)
    if line != b"+PONG":
        raise UnexpectedBytesError(line)
    return Verdict(
        UP, "answers PING" + (" after login" if target.login and target.password else "")
    )


def judge_error(line: str, *, login: bool) -> Verdict:
    """What an error line means to one who only asks, or to one who wants to log in."""
    word, _, text = line.removeprefix("-").partition(" ")
    detail = readable(f"{word} {text}")
    if not login and word in ("NOAUTH", "NOPERM"):
        return Verdict(UP, "answers, and asks for a password")
    if word in _BY_WORD:
        return Verdict(_BY_WORD[word], detail)
    if not word.isascii() or not word.isalpha() or not word.isupper():
        raise UnexpectedBytesError(line.encode())
    for part, state in _BY_TEXT:
        if part in text:
            return Verdict(state, detail)
    return Verdict(FAILING, detail)


def _login(target: "Target") -> "list[tuple[str, ...]]":
    commands: list[tuple[str, ...]] = []
    if target.password:
        user = (target.user,) if target.user else ()
        commands.append(("AUTH", *user, target.password))
    if target.path:
        commands.append(("SELECT", target.path))
    return commands


def _command(*words: str) -> bytes:
    parts = [word.encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts)
