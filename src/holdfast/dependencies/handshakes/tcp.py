"""TCP: the connection is all. It tells that something listens, not that it is ready
(docs/specs/service.md 11.4): take the protocol's own scheme where there is one.
"""

from holdfast.dependencies.verdict import UP, Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast.dependencies.handshakes import Conversation
    from holdfast.dependencies.target import Target

SCHEMES = {"tcp": 0}
TLS_SCHEMES: frozenset[str] = frozenset()


def converse(target: "Target") -> "Conversation":
    """Nothing more to say."""
    yield from ()
    return Verdict(UP, "completed the TLS handshake" if target.tls else "accepts connections")
