"""HTTP and HTTPS: one GET, judged by its status line.

Source: RFC 9110, section 15; docs/specs/service.md 11.1 (401 is permanent). 2xx and 3xx are up, as
for the kubelet; redirects are not followed. Credentials in the URL are sent as Basic (RFC 7617), as
every HTTP client does with a URL that holds some.
"""

from holdfast.dependencies.inbox import Inbox, UnexpectedBytesError
from holdfast.dependencies.verdict import FAILING, STARTING, UP, WRONG_CREDENTIALS, Verdict
from holdfast.dependencies.words import readable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast.dependencies.handshakes import Conversation
    from holdfast.dependencies.target import Target

SCHEMES = {"http": 80, "https": 443}
TLS_SCHEMES = frozenset(("https",))

_STATUS_DIGITS = 3
_OK, _ERRORS = 200, 400
_UNAUTHORIZED, _PROXY_UNAUTHORIZED, _TOO_MANY, _UNAVAILABLE = 401, 407, 429, 503


def converse(target: "Target") -> "Conversation":
    """Send the request and read the status line."""
    inbox = Inbox()
    line = yield from inbox.line(_request(target))
    version, _, rest = line.partition(b" ")
    status, _, reason = rest.partition(b" ")
    if not version.startswith(b"HTTP/1") or len(status) != _STATUS_DIGITS or not status.isdigit():
        raise UnexpectedBytesError(line)
    return judge_status(int(status), reason.decode("latin-1"))


def judge_status(status: int, reason: str = "") -> Verdict:
    """What a status code means; `reason` is the phrase behind it."""
    detail = readable(f"answers {status} {reason}")
    if _OK <= status < _ERRORS:
        return Verdict(UP, detail)
    if status in (_UNAUTHORIZED, _PROXY_UNAUTHORIZED):
        return Verdict(WRONG_CREDENTIALS, detail)
    if status in (_TOO_MANY, _UNAVAILABLE):
        return Verdict(STARTING, detail)
    return Verdict(FAILING, detail)


def _request(target: "Target") -> bytes:
    host, port = target.hosts[0]
    name = f"[{host}]" if ":" in host else host
    if port != SCHEMES[target.scheme]:
        name = f"{name}:{port}"
    lines = [
        f"GET {_printable(target.request)} HTTP/1.1",
        f"Host: {name}",
        "User-Agent: holdfast",
        "Accept: */*",
        "Connection: close",
    ]
    if target.user or target.password:
        from binascii import b2a_base64

        secret = b2a_base64(f"{target.user}:{target.password}".encode(), newline=False)
        lines.append(f"Authorization: Basic {secret.decode()}")
    return "\r\n".join([*lines, "", ""]).encode()


def _printable(path: str) -> str:
    """What RFC 3986 does not allow in a path is encoded: a space would end the request line."""
    return "".join(
        c if "!" <= c <= "~" else "".join(f"%{byte:02X}" for byte in c.encode()) for c in path
    )
