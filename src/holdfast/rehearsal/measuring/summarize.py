"""Measurements in a few lines for people."""

from collections.abc import Iterable, Iterator
from statistics import median

from holdfast.kubelet.inputs import Outcome
from holdfast.model.quantity import format_bytes
from holdfast.rehearsal.measuring.growth import find_growth
from holdfast.rehearsal.measuring.measurements import Answered, Measured, Measurements
from holdfast.rehearsal.measuring.tell_diagnosis import throttled_share

_MILLI = 1000.0


def summarize(measurements: Measurements) -> list[str]:
    """What was measured of each container."""
    return [
        f"measured  {name}: {text}"
        for name, lives in measurements.lives.items()
        for text in (
            *_starts(lives, [each.seconds for each in measurements.extra_starts.get(name, [])]),
            *_probes(lives),
            *_memory(lives),
            *_throttling(lives),
            *_stops(lives),
        )
    ]


def _starts(lives: list[Measured], extra: list[float]) -> Iterator[str]:
    seconds = [life.listening.seconds for life in lives if life.listening is not None] + extra
    if seconds:
        yield f"it listens after {_spread(seconds)} ({_times(len(seconds), 'start')})"


def _probes(lives: list[Measured]) -> Iterator[str]:
    answers = [answer for life in lives for answer in life.answers]
    for kind in dict.fromkeys(answer.kind for answer in answers):
        for loaded, when in ((False, "idle"), (True, "under load")):
            asked = [a for a in answers if a.kind is kind and a.under_load is loaded]
            if asked:
                yield f"{kind.value} probe {when}: {_answers(asked)}"


def _answers(asked: list[Answered]) -> str:
    good = [a.seconds for a in asked if a.reply.outcome in (Outcome.SUCCESS, Outcome.WARNING)]
    failed = len(asked) - len(good)
    text = f"{_spread(good)} ({_times(len(good), 'answer')})" if good else "no good answer"
    return text + (f", {failed} failed" if failed else "")


def _memory(lives: list[Measured]) -> Iterator[str]:
    series = max((life.used for life in lives), key=len)
    points = [(at, float(usage.memory_bytes)) for at, usage in series if usage.memory_bytes]
    if not points:
        return
    most = max(value for life in lives for value in (u.memory_bytes for _, u in life.used))
    growth = find_growth(points)
    text = f"memory {format_bytes(round(growth.start))}, at most {format_bytes(most)}"
    if growth.rate > 0:
        text += f", growing by {format_bytes(round(growth.rate * 60))} per minute"
    yield text


def _throttling(lives: list[Measured]) -> Iterator[str]:
    share = throttled_share(lives)
    if share:
        yield f"its CPU limit held it back in {share:.0%} of the periods it ran in"


def _stops(lives: list[Measured]) -> Iterator[str]:
    for life in lives:
        if life.stopped is None or life.ended is None:
            continue
        seconds = life.ended - life.stopped.uptime
        by = " by SIGKILL" if life.killed else ""
        yield f"it ended {seconds:.2f}s after SIGTERM{by} with {life.exit_code}"


def _spread(seconds: Iterable[float]) -> str:
    """Median, and the largest where there are several."""
    values = sorted(seconds)
    text = _milliseconds(median(values))
    return text if len(values) == 1 else f"{text}, at most {_milliseconds(values[-1])}"


def _milliseconds(seconds: float) -> str:
    return f"{seconds * _MILLI:.0f}ms" if seconds < 1 else f"{seconds:.2f}s"


def _times(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
