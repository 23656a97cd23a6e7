"""What clients ask, how often, and what they call slow."""

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from holdfast.rehearsal.container_runtime import RehearsalError

# Names by which people mean the pod itself.
_POD = ("localhost", "127.0.0.1", "0.0.0.0", "::1", "pod", "")  # noqa: S104 - nothing is bound
_MOST_PER_SECOND = 5000.0


@dataclass(frozen=True)
class LoadPlan:
    """`host` is "" for the pod."""

    host: str
    port: int
    target: str
    per_second: float
    slow_seconds: float = 1.0


def parse_load(text: str, slow_seconds: float) -> LoadPlan:
    """Read URL,RATE such as http://localhost:8080/orders,50. Raises RehearsalError."""
    url, comma, rate = text.rpartition(",")
    if not comma:
        url, rate = text, "10"
    try:
        parts = urlsplit(url)
        per_second = float(rate)
        port = parts.port or 80
    except ValueError as error:
        raise _refusal(text, str(error)) from error
    if parts.scheme != "http":
        raise _refusal(text, f"{parts.scheme or 'no'} scheme; expected http")
    if not 0 < per_second <= _MOST_PER_SECOND:
        raise _refusal(text, f"{rate} per second; expected more than 0, at most 5000")
    host = "" if (parts.hostname or "") in _POD else parts.hostname or ""
    return LoadPlan(host, port, _target(parts), per_second, slow_seconds)


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _refusal(text: str, found: str) -> RehearsalError:
    return RehearsalError(
        "reading --load", text, found, "write URL,RATE: --load http://localhost:8080/orders,50"
    )
