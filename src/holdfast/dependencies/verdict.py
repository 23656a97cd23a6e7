"""What a dependency turned out to be, in one word and one sentence.

Rules: the state decides everything else. `detail` names hosts, ports, users and databases, never a
password, token or query string.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

UP: "Final" = "up"
"""It answered as its protocol demands."""
BUSY: "Final" = "busy"
"""The caller's own pool has no free connection, while the backend answered recently."""
LOW: "Final" = "low"
"""Room, time or lag is past its warning mark."""
STARTING: "Final" = "starting"
"""It answers that it is not ready yet (57P03, LOADING, 503), or that it is shutting down."""
FULL: "Final" = "full"
"""It answers that it has no connection left (53300, 1040)."""
FAILING: "Final" = "failing"
"""It answers with an error that may pass."""
REFUSED: "Final" = "refused"
"""Nothing listens there."""
CLOSED: "Final" = "closed"
"""The connection was accepted and ended before an answer: a proxy without a backend does so."""
FROZEN: "Final" = "frozen"
"""The connection was accepted, and no answer came before the deadline."""
BLACK_HOLED: "Final" = "black-holed"
"""Nothing came back at all: packets are dropped, or the backlog of the listener is full."""
UNREACHABLE: "Final" = "unreachable"
"""No route, or no permission to use it."""
UNRESOLVED: "Final" = "unresolved"
"""The name has no address (yet), or the resolver did not answer."""
EXHAUSTED: "Final" = "exhausted"
"""Room or time is used up: past its failure mark."""
WRONG_PROTOCOL: "Final" = "wrong-protocol"
"""Something else answers on this port."""
WRONG_CREDENTIALS: "Final" = "wrong-credentials"
"""It does not accept this user, password or token (28P01, 1045, WRONGPASS, 401)."""
MISSING: "Final" = "missing"
"""It has no such database, virtual host or service (3D000, 1049)."""
DENIED: "Final" = "denied"
"""It refuses this client whatever it says (1130, protected mode)."""
UNTRUSTED: "Final" = "untrusted"
"""Its certificate does not prove that it is the one that was asked for."""
UNASKABLE: "Final" = "unaskable"
"""The question needs a driver that is not installed, or a client that is not known."""

PERMANENT = frozenset((WRONG_PROTOCOL, WRONG_CREDENTIALS, MISSING, DENIED, UNTRUSTED, UNASKABLE))
"""States that waiting does not mend."""
DEGRADED = frozenset((BUSY, LOW))
"""States in which it serves, but warns."""
# The further an attempt came, the more its verdict tells: of several addresses that one counts.
_TELLING = (
    UNRESOLVED, UNREACHABLE, REFUSED, BLACK_HOLED, FROZEN, CLOSED, FAILING, FULL, STARTING,
)  # fmt: skip


class Verdict:
    """One answer to "are you there?"."""

    __slots__ = ("detail", "seconds", "state")

    def __init__(self, state: str, detail: str, seconds: float = 0.0) -> None:
        """Keep the word of this module, one sentence without secrets, and how long it took."""
        self.state = state
        self.detail = detail
        self.seconds = seconds

    @property
    def up(self) -> bool:
        """Whether it can be used without a warning."""
        return self.state == UP

    @property
    def degraded(self) -> bool:
        """Whether it serves, but warns."""
        return self.state in DEGRADED

    @property
    def permanent(self) -> bool:
        """Whether waiting does not mend it."""
        return self.state in PERMANENT

    def took(self, seconds: float) -> "Verdict":
        """The same answer with the time it took."""
        return Verdict(self.state, self.detail, seconds)

    def tells_more_than(self, other: "Verdict | None") -> bool:
        """Whether this one says more about a dependency with several addresses."""
        if other is None:
            return True
        return _rank(self.state) > _rank(other.state)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Verdict):
            return NotImplemented
        return (self.state, self.detail) == (other.state, other.detail)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Verdict({self.state!r}, {self.detail!r}, {self.seconds:.3f})"


def _rank(state: str) -> int:
    return _TELLING.index(state) if state in _TELLING else len(_TELLING)
