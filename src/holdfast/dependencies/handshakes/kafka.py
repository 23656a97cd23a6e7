"""Kafka: ApiVersions, then the brokers in the metadata.

Source: Apache Kafka documentation, "Kafka protocol guide": ApiVersions v0 (key 18), Metadata v1
(key 3), request header v1. A broker is ready when it knows its cluster: `?min_brokers=N` asks for
that many, 1 where it is not given. A listener that wants SASL answers ApiVersions and closes on
anything else: it greets, and nothing more can be known without credentials.
"""

from holdfast.dependencies.errors import TargetError
from holdfast.dependencies.inbox import EndOfStreamError, Inbox, UnexpectedBytesError
from holdfast.dependencies.judge_brokers import judge_brokers
from holdfast.dependencies.verdict import FAILING, UP, Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator

    from holdfast.dependencies.handshakes import Conversation
    from holdfast.dependencies.target import Target

SCHEMES = {"kafka": 9092, "kafka+tls": 9093}
TLS_SCHEMES = frozenset(("kafka+tls",))

_API_VERSIONS, _METADATA = 18, 3
_CLIENT = b"holdfast"
# About 60 bytes for a broker; no topics are asked for.
_LARGEST_RESPONSE = 1024 * 1024
# A broker behind this limit never answers Metadata v1: Kafka 4 dropped v0 only (KIP-896).
_METADATA_VERSION = 1


def prepare(target: "Target") -> None:
    """Refuse a `min_brokers` that is no number before anything is asked."""
    target.number("min_brokers", 1)
    if target.path:
        raise TargetError(
            target.shown,
            f"path {target.path[:40]!r}; expected brokers only",
            "leave the path out: kafka://k1:9092,k2:9092?min_brokers=2",
        )


def converse(target: "Target") -> "Conversation":
    """Ask one broker which versions it speaks and which brokers it knows."""
    inbox = Inbox(_LARGEST_RESPONSE)
    answer = yield from _ask(inbox, _API_VERSIONS, 0, 1, b"")
    error = int.from_bytes(answer[:2], "big")
    if error:
        return Verdict(FAILING, f"answers ApiVersions with error {error}")
    try:
        # An empty array of topics asks for none of them (v1: null would be all).
        answer = yield from _ask(inbox, _METADATA, _METADATA_VERSION, 2, b"\0\0\0\0")
    except EndOfStreamError:
        return Verdict(UP, "greets, and gives no metadata without authentication")
    brokers, wanted = _count(answer[:4]), target.number("min_brokers", 1)
    return judge_brokers(brokers, wanted)


def _ask(
    inbox: Inbox, key: int, version: int, correlation: int, body: bytes
) -> "Generator[bytes, bytes, bytes]":
    """One request, and the body of its response."""
    request = key.to_bytes(2, "big") + version.to_bytes(2, "big") + correlation.to_bytes(4, "big")
    request += len(_CLIENT).to_bytes(2, "big") + _CLIENT + body
    head = yield from inbox.take(8, len(request).to_bytes(4, "big") + request)
    size = int.from_bytes(head[:4], "big")
    if not 6 <= size <= _LARGEST_RESPONSE or int.from_bytes(head[4:8], "big") != correlation:
        raise UnexpectedBytesError(head)
    response: bytes = yield from inbox.take(size - 4)
    return response


def _count(data: bytes) -> int:
    count = int.from_bytes(data, "big", signed=True)
    if count < 0 or len(data) < 4:
        raise UnexpectedBytesError(data)
    return count
