"""`application/health+json` (inadarei/rfc-healthcheck, draft 06).

Rules: without detail only the status. With detail, each check is an array under
"component:measurement"; what it says about itself passes `redact`, and details that name hosts or
users are left out unless the service has asked for them.
"""

from holdfast.dependencies.verdict import BUSY, EXHAUSTED, LOW
from holdfast.health.board import FAIL, PASS, WARN, Board, Entry
from holdfast.health.redact import redact

CONTENT_TYPE = b"application/health+json"
# Their sentences hold numbers of the container itself, no names (holdfast.dependencies.system).
_HARMLESS = frozenset((BUSY, LOW, EXHAUSTED))


def render_status(board: Board, now: float) -> bytes:
    """The public body: one word."""
    return b'{"status":"%s"}' % board.overall(now).encode()


def render_detail(board: Board, now: float, identity: dict[str, str]) -> bytes:
    """Everything that is known. `identity`: serviceId, version, releaseId, as far as told."""
    # Imported here: a service that shows no detail never pays for it.
    import json

    document: dict[str, object] = {"status": board.overall(now), **identity}
    reason = board.ready(now)
    if reason:
        document["output"] = reason
    document["checks"] = checks = {
        f"{_component(name)}:responseTime": [_check(board, entry, now)]
        for name, entry in board.entries.items()
    }
    lag = board.heartbeat.lag(now)
    if lag is not None:
        checks["eventLoop:lag"] = [_lag(board, lag)]
    return json.dumps(document, separators=(",", ":")).encode()


def _check(board: Board, entry: Entry, now: float) -> dict[str, object]:
    registration = entry.registration
    answer: dict[str, object] = {
        "componentType": registration.check.kind,
        "status": board.status(entry, now),
    }
    verdict = entry.verdict
    if verdict is None:
        return {**answer, "output": "not asked yet"}
    answer["observedValue"] = round(verdict.seconds * 1000, 3)
    answer["observedUnit"] = "ms"
    answer["time"] = _time(entry.wall_time)
    if board.stale(entry, now):
        answer["output"] = f"stale: asked {now - entry.sampled_at:.0f} s ago"
    elif answer["status"] != PASS or not verdict.up:
        answer["output"] = _output(board, entry)
    return answer


def _output(board: Board, entry: Entry) -> str:
    verdict = entry.verdict
    if verdict is None:
        return ""
    if not board.settings.redact:
        return f"{verdict.state}: {verdict.detail}"
    own_words = entry.registration.check.kind == "own" or verdict.state in _HARMLESS
    return f"{verdict.state}: {redact(verdict.detail)}" if own_words else verdict.state


def _lag(board: Board, lag: float) -> dict[str, object]:
    bounds = board.settings
    late = FAIL if lag > bounds.lag_fail else WARN if lag > bounds.lag_warn else PASS
    return {
        "componentType": "system",
        "status": late,
        "observedValue": round(lag * 1000, 1),
        "observedUnit": "ms",
    }


def _component(name: str) -> str:
    """The draft separates component and measurement by the first colon."""
    return name.replace(":", " ")


def _time(wall_time: float) -> str:
    from datetime import UTC, datetime

    stamp = datetime.fromtimestamp(wall_time, UTC)
    return stamp.isoformat(timespec="milliseconds").replace("+00:00", "Z")
