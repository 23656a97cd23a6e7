"""DNS: that a name has an address.

    dns://NAME                  as this host resolves it (/etc/hosts, search domains)
    dns://SERVER[:PORT]/NAME    as that server answers it, asked once over UDP

Source: RFC 1035, section 4; RFC 4501 for the form of the URL. The second form asks for the name as
it stands, without search domains.
"""

from holdfast.dependencies.errors import TargetError
from holdfast.dependencies.inbox import Inbox, UnexpectedBytesError
from holdfast.dependencies.verdict import FAILING, UNRESOLVED, UP, Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast.dependencies.handshakes import Conversation
    from holdfast.dependencies.target import Target

SCHEMES = {"dns": 53}
TLS_SCHEMES: frozenset[str] = frozenset()

_HEADER_BYTES = 12
_RECURSION_DESIRED = 0x0100
_RESPONSE = 0x8000
_TYPES = {"A": 1, "AAAA": 28, "SRV": 33, "TXT": 16, "MX": 15, "CNAME": 5, "NS": 2}
_CLASS_IN = 1
_NO_SUCH_NAME = 3
# RCODE (RFC 1035, section 4.1.1).
_CODES = {1: "format error", 2: "server failure", 4: "not implemented", 5: "refused"}


def prepare(target: "Target") -> None:
    """Without a path the authority is the name, and there is no server to ask."""
    kind = target.options.get("type", "A").upper()
    if kind not in _TYPES:
        raise TargetError(
            target.shown,
            f"record type {kind[:10]!r}; expected one of {', '.join(_TYPES)}",
            "leave it out to ask for A",
        )
    if target.path and not _encodable(target.path):
        raise TargetError(target.shown, "a name that DNS cannot hold", "check the labels")


def transport(target: "Target") -> str:
    """UDP to a server, or only this host's resolver."""
    return "udp" if target.path else "none"


def converse(target: "Target") -> "Conversation":
    """Ask the server for the name; where no server is named, resolving was the question."""
    if not target.path:
        return Verdict(UP, "has an address")
    kind = target.options.get("type", "A").upper()
    identity = _identity()
    inbox = Inbox()
    answer = yield from inbox.wait(_query(target.path, _TYPES[kind], identity))
    if len(answer) < _HEADER_BYTES or answer[:2] != identity:
        raise UnexpectedBytesError(answer)
    flags = int.from_bytes(answer[2:4], "big")
    if not flags & _RESPONSE:
        raise UnexpectedBytesError(answer)
    code, count = flags & 0xF, int.from_bytes(answer[6:8], "big")
    if code == _NO_SUCH_NAME or (code == 0 and count == 0):
        what = "does not know the name" if code else f"knows the name, and no {kind} record of it"
        return Verdict(UNRESOLVED, f"the server {what}")
    if code:
        return Verdict(FAILING, f"the server answers: {_CODES.get(code, f'code {code}')}")
    return Verdict(UP, f"the server answers with {count} record{'' if count == 1 else 's'}")


def _identity() -> bytes:
    from posix import urandom

    return urandom(2)


def _query(name: str, kind: int, identity: bytes) -> bytes:
    header = identity + _RECURSION_DESIRED.to_bytes(2, "big") + b"\0\x01" + bytes(6)
    labels = [label.encode() for label in name.removesuffix(".").split(".")]
    question = b"".join(bytes((len(label),)) + label for label in labels) + b"\0"
    return header + question + kind.to_bytes(2, "big") + _CLASS_IN.to_bytes(2, "big")


def _encodable(name: str) -> bool:
    labels = name.removesuffix(".").split(".")
    return name.isascii() and len(name) < 254 and all(0 < len(x) < 64 for x in labels)
