"""Answers of a simulation for tests of reports."""

from holdfast.model.instant import Instant
from holdfast.model.simulated import Better, Measure, Side, Simulated, Spread, Unit
from holdfast.model.timeline import Lane, Mark, Segment, SegmentKind, Timeline

HOSTILE = "<img src=x onerror=alert(1)> \x1b[31m `x` password=hunter2hunter2"


def timeline() -> Timeline:
    """Ten minutes of one container that crashed once."""
    segments = (
        Segment(Instant(0), Instant(5), SegmentKind.WAITING, "ContainerCreating"),
        Segment(Instant(5), Instant(300), SegmentKind.RUNNING),
        Segment(Instant(300), Instant(330), SegmentKind.BACK_OFF, "CrashLoopBackOff"),
        Segment(Instant(330), Instant(600), SegmentKind.NOT_READY),
    )
    marks = (Mark(Instant(300), "exit 137 OOMKilled", severe=True),)
    return Timeline(Instant(0), Instant(600), (Lane("app", segments, marks),))


def simulated(text: str = "", *, compared: bool = True) -> Simulated:
    """An answer with every part; `text` stands wherever texts of others stand."""
    restarts, never = Spread(5.25, 4.0, 7.0), Spread(None, None, None, 20)
    ready, better = Spread(0.3, 0.25, 0.4), Spread(0.9999, 0.9998, 1.0)
    measures = (
        Measure("restartsPerDay", "restarts per day", Unit.COUNT, Better.LESS, restarts,
                Spread(0.0, 0.0, 0.0) if compared else None),
        Measure("readyShare", "pods ready", Unit.SHARE, Better.MORE, ready,
                better if compared else None),
        Measure("firstRestartSeconds", "until the first restart", Unit.SECONDS, Better.MORE,
                Spread(156.0, 150.0, 160.0), never if compared else None),
    )  # fmt: skip
    story = ("      0.00  api  status    phase: Pending", f"      9.00  api  event     {text}")
    side = Side("before", {f"app 137 OOMKilled{text}": 5.2}, (f"api: Running; {text}",),
                timeline(), story)  # fmt: skip
    after = Side("after", {}, ("api: Running; app ready (0 restarts)",), timeline(), ())
    return Simulated(
        "deployment/api", 1, "1.36", 86400.0, 1, 20, (f"app.image={text}",) if compared else (),
        measures, (side, after) if compared else (side,), (f"a note {text}",),
        "holdfast simulate -f api.yaml --seed 1",
    )  # fmt: skip
