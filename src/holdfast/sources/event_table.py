"""Rows of events as kubectl prints them: relative ages, and counts such as "71s (x11 over 11m)".

Rules: an age is a whole number of its smallest unit, truncated (apimachinery
duration.HumanDuration) and relative to the moment of printing, so a time computed from it is up to
one unit too late.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from holdfast.model.duration import Duration
from holdfast.model.event import Event
from holdfast.model.instant import Instant, format_instant
from holdfast.model.regex import regex

AGE = r"(?:<unknown>|<invalid>|(?:\d+[ydhms])+)"
_COUNTED = regex(rf"^(?P<last>{AGE})(?: \(x(?P<count>\d+) over (?P<first>{AGE})\))?$")
_DESCRIBED = regex(
    rf"^\s*(?P<type>Normal|Warning)\s+(?P<reason>\S+)\s+(?P<age>{AGE}(?: \(x\d+ over {AGE}\))?)\s+"
    r"(?P<source>\S+(?:, \S+)?)\s+(?P<message>.*)$"
)


class Row(NamedTuple):
    """One event. Ages are seconds before the printing, None where kubectl did not know them."""

    type: str
    reason: str
    message: str
    source: str
    last_age: float | None
    first_age: float | None
    times: int

    @property
    def exact(self) -> bool:
        """Whether the age is told to the second: kubectl does so below ten minutes."""
        return self.last_age is not None and self.last_age < 600


def described_rows(lines: Iterable[str]) -> Iterator[Row]:
    """Rows below "Events:"; a line that begins no row goes on with the message before it."""
    pending: Row | None = None
    for line in lines:
        match = _DESCRIBED.match(line)
        if match is None:
            if pending is not None and line.strip():
                pending = pending._replace(message=f"{pending.message}\n{line.strip()}")
            continue
        if pending is not None:
            yield pending
        pending = make_row(
            match["type"], match["reason"], match["message"], match["source"], match["age"]
        )
    if pending is not None:
        yield pending


def is_row(line: str) -> bool:
    """Whether a line is a row below "Events:"."""
    return _DESCRIBED.match(line) is not None


def make_row(type_: str, reason: str, message: str, source: str, age: str) -> Row:
    """A row from its columns; `age` may carry a count."""
    counted = _COUNTED.match(age.strip())
    last = read_age(counted["last"]) if counted else None
    first = read_age(counted["first"]) if counted and counted["first"] else last
    count = int(counted["count"]) if counted and counted["count"] else 1
    return Row(type_, reason, message.strip(), source, last, first, count)


def read_age(text: str) -> float | None:
    """Seconds, or None for what is no age."""
    try:
        return Duration.parse(text).seconds
    except ValueError:
        return None


def row_event(row: Row, involved: dict[str, str], printed_at: Instant | None) -> Event:
    """The event of a row; without the time of printing it has no times."""
    shaped: dict[str, Any] = {
        "metadata": {"namespace": involved.get("namespace", "")},
        "involvedObject": involved,
        "type": row.type,
        "reason": row.reason,
        "message": row.message,
        "count": row.times,
        "firstTimestamp": _time(row.first_age, printed_at),
        "lastTimestamp": _time(row.last_age, printed_at),
        "source": {"component": row.source},
    }
    return msgspec.convert(shaped, Event)


def _time(age: float | None, printed_at: Instant | None) -> str | None:
    if age is None or printed_at is None:
        return None
    return format_instant(Instant(printed_at - age))
