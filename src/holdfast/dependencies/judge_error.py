"""What an exception of a driver says, by the marks that drivers put on it.

Rules: nothing is imported of any driver. An SQLSTATE or a MySQL error number decides before the
class of the exception, that before an operating system error further down the chain of causes. The
text of an exception is not repeated, except the server's own message: drivers put addresses and
whole connection strings into theirs.
"""

from collections.abc import Iterator
from typing import Any

from holdfast.dependencies.failures import judge_number
from holdfast.dependencies.handshakes.mysql import judge_code
from holdfast.dependencies.handshakes.postgres import judge_sqlstate
from holdfast.dependencies.verdict import (
    BUSY,
    CLOSED,
    DENIED,
    FAILING,
    FROZEN,
    FULL,
    REFUSED,
    STARTING,
    UNRESOLVED,
    UNTRUSTED,
    WRONG_CREDENTIALS,
    Verdict,
)
from holdfast.dependencies.words import readable

_DEEPEST = 10
_SQLSTATE_LENGTH = 5
# Name of the exception's class -> state. Classes of redis-py, nats-py, aio-pika and aiormq,
# aiokafka, asyncpg and the standard library; the first that fits counts.
_BY_NAME = {
    "AuthenticationError": WRONG_CREDENTIALS,
    "AuthenticationWrongNumberOfArgsError": WRONG_CREDENTIALS,
    "AuthenticationFailedError": WRONG_CREDENTIALS,
    "AuthorizationError": WRONG_CREDENTIALS,
    "ProbableAuthenticationError": WRONG_CREDENTIALS,
    "AMQPConnectionError": CLOSED,
    "BusyLoadingError": STARTING,
    "MasterDownError": STARTING,
    "MaxConnectionsError": BUSY,
    "MaxClientsError": FULL,
    "NoPermissionError": DENIED,
    "SSLCertVerificationError": UNTRUSTED,
    "gaierror": UNRESOLVED,
    "ConnectionRefusedError": REFUSED,
    "NoServersError": REFUSED,
    "KafkaConnectionError": REFUSED,
    "TimeoutError": FROZEN,
    "ConnectionClosedError": CLOSED,
    "ConnectionDoesNotExistError": CLOSED,
    "ChannelInvalidStateError": CLOSED,
    "InterfaceError": CLOSED,
    "ConnectionError": CLOSED,
    "IncompleteReadError": CLOSED,
}
# librdkafka's own codes are negative (rdkafka.h, rd_kafka_resp_err_t).
_BY_LIBRDKAFKA = {-195: REFUSED, -193: UNRESOLVED, -185: FROZEN, -187: REFUSED, -169: (
    WRONG_CREDENTIALS
), -181: UNTRUSTED}  # fmt: skip

# Messages of postgres.c, auth.c and miscinit.c, English only: in another language the error is
# `failing`, and the wait goes on.
_LIBPQ_WORDS = (
    ("password authentication failed", "28P01"),
    ("no password supplied", "28P01"),
    ("no pg_hba.conf entry", "28000"),
    ('" does not exist', "3D000"),
    ("the database system is", "57P03"),
    ("too many clients already", "53300"),
)


def judge_error(error: BaseException) -> Verdict:
    """The verdict for what a driver raised while it was asked."""
    chain = tuple(_chain(error))
    for link in chain:
        verdict = _by_number(link)
        if verdict is not None:
            return verdict
    for link in chain:
        for owner in type(link).__mro__:
            if owner.__name__ in _BY_NAME:
                return Verdict(_BY_NAME[owner.__name__], f"the client raised {_name(error)}")
    return Verdict(FAILING, f"the client raised {_name(error)}")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and what it was raised from: the innermost knows most, so it comes first."""
    links: list[BaseException] = []
    while error is not None and len(links) < _DEEPEST:
        links.append(error)
        original = getattr(error, "orig", None)
        below = original if isinstance(original, BaseException) else None
        context = None if error.__suppress_context__ else error.__context__
        error = below or error.__cause__ or context
    yield from reversed(links)


def _by_number(error: BaseException) -> Verdict | None:
    first = error.args[0] if error.args else None
    if isinstance(error, OSError):
        return _by_errno(error)
    if isinstance(first, int) and "mysql" in _lineage(error):
        message = str(error.args[1]) if len(error.args) > 1 else ""
        return judge_code(first, message, login=True)
    sqlstate = _sqlstate(error, first)
    if sqlstate:
        return judge_sqlstate(sqlstate, _name(error), login=True)
    return _by_librdkafka(first)


def _sqlstate(error: BaseException, first: Any) -> str:
    """As asyncpg, psycopg and psycopg2 keep it, or as pg8000 does; "" where there is none."""
    sqlstate = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    if sqlstate is None and isinstance(first, dict):
        sqlstate = first.get("C")
    if isinstance(sqlstate, str) and len(sqlstate) == _SQLSTATE_LENGTH:
        return sqlstate
    if "psycopg" in _lineage(error) and isinstance(first, str):
        # libpq gives a connection that failed no SQLSTATE, only the server's words.
        return next((state for words, state in _LIBPQ_WORDS if words in first), "")
    return ""


def _by_librdkafka(first: Any) -> Verdict | None:
    if type(first).__name__ != "KafkaError" or not hasattr(first, "code"):
        return None
    return Verdict(_BY_LIBRDKAFKA.get(first.code(), FAILING), f"the client reports {first.name()}")


def _by_errno(error: OSError) -> Verdict | None:
    """Only numbers of the operating system: gaierror and SSL errors have their own."""
    if type(error).__name__ in ("gaierror", "herror") or "SSL" in type(error).__name__:
        return None
    if isinstance(error.errno, int) and error.errno > 0:
        return judge_number(error.errno, "the client")
    return None


def _lineage(error: BaseException) -> str:
    return " ".join(owner.__module__.lower() for owner in type(error).__mro__)


def _name(error: BaseException) -> str:
    return readable(type(error).__name__)
