"""Points in time, as seconds since 1970 in UTC.

Rules: the API truncates its timestamps to whole seconds (kubelet.md 0.3), so a difference of two of
them is exact to one second only. Zero values ("0001-01-01", 1970) are how the API and the runtimes
write "never"; they are read as None, so that no arithmetic is done on them (kubelet.md Q39).
"""

from datetime import UTC, datetime
from typing import NewType

Instant = NewType("Instant", float)
"""Seconds since 1970-01-01T00:00:00Z."""

# StartError writes the Unix epoch as startedAt (kubelet.md 2.5); nothing of Kubernetes is older
# than its first release in 2014, so any earlier year is a zero value in disguise.
_EARLIEST_YEAR = 2014


def parse_instant(text: str | None) -> Instant | None:
    """Read an RFC 3339 time, or None for a missing, zero or malformed one."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.year < _EARLIEST_YEAR:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return Instant(moment.timestamp())


def format_instant(instant: Instant) -> str:
    """The time as RFC 3339 in UTC, to the second, as the API writes it."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
