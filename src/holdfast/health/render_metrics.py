"""OpenMetrics text (OpenMetrics 1.0, section 5), which Prometheus reads.

Rules: families stay together, names end in their unit, labels are escaped, `# EOF` ends it.
"""

from collections.abc import Iterable

from holdfast.health.board import Board
from holdfast.health.durations import BUCKETS

CONTENT_TYPE = b"application/openmetrics-text; version=1.0.0; charset=utf-8"


def render_metrics(board: Board, now: float, in_flight: int | None) -> bytes:
    """All families. `in_flight`: requests, where they are counted."""
    lines: list[str] = []
    entries = board.entries.items()
    passing = [
        (name, str(int(entry.standing.passing)))
        for name, entry in entries
        if entry.standing.passing is not None
    ]
    ages = [(name, f"{now - entry.sampled_at:.3f}") for name, entry in entries if entry.verdict]
    lines += _gauges("holdfast_check_passing", "Whether the check passes.", passing)
    lines += _gauges("holdfast_check_age_seconds", "Age of its last sample.", ages, "seconds")
    lines += _durations(board)
    lines += _gauge("holdfast_ready", "Whether traffic may come.", int(not board.ready(now)))
    lines += _gauge("holdfast_live", "Whether the process can recover.", int(board.live(now)))
    lines += _gauge("holdfast_draining", "Whether it was told to stop.", int(board.draining()))
    lag = board.heartbeat.lag(now)
    if lag is not None:
        text = "How late the event loop is."
        lines += _gauge("holdfast_event_loop_lag_seconds", text, round(lag, 4), "seconds")
    if in_flight is not None:
        lines += _gauge("holdfast_requests_in_flight", "Requests that have not ended.", in_flight)
    return ("\n".join([*lines, "# EOF"]) + "\n").encode()


def _durations(board: Board) -> Iterable[str]:
    name = "holdfast_check_duration_seconds"
    yield from _head(name, "histogram", "Time of the check's runs.", "seconds")
    for check, entry in board.entries.items():
        label, running = _label(check), 0
        for bound, count in zip((*BUCKETS, None), entry.durations.counts, strict=True):
            running += count
            le = "+Inf" if bound is None else str(bound)
            yield f'{name}_bucket{{{label},le="{le}"}} {running}'
        yield f"{name}_count{{{label}}} {running}"
        yield f"{name}_sum{{{label}}} {entry.durations.sum_seconds:.6f}"


def _gauges(
    name: str, text: str, values: list[tuple[str, str]], unit: str | None = None
) -> Iterable[str]:
    yield from _head(name, "gauge", text, unit)
    for check, value in values:
        yield f"{name}{{{_label(check)}}} {value}"


def _gauge(name: str, text: str, value: float, unit: str | None = None) -> Iterable[str]:
    yield from _head(name, "gauge", text, unit)
    yield f"{name} {value}"


def _head(name: str, kind: str, text: str, unit: str | None) -> Iterable[str]:
    yield f"# TYPE {name} {kind}"
    if unit is not None:
        yield f"# UNIT {name} {unit}"
    yield f"# HELP {name} {text}"


def _label(check: str) -> str:
    escaped = check.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'check="{escaped}"'
