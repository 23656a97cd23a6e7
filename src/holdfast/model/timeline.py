"""The history of a container as far as it is known, ready to be drawn.

Rules: what is not known is a segment of kind UNKNOWN, never a gap that looks like "nothing".
"""

from enum import StrEnum

import msgspec

from holdfast.model.instant import Instant


class SegmentKind(StrEnum):
    """What a container did during a stretch of time."""

    RUNNING = "running"
    NOT_READY = "running, not ready"
    WAITING = "waiting"
    BACK_OFF = "back-off"
    ENDED = "ended for good"
    UNKNOWN = "unknown"


class Segment(msgspec.Struct, frozen=True):
    """One stretch of time of one container."""

    start: Instant
    end: Instant
    kind: SegmentKind
    label: str = ""


class Mark(msgspec.Struct, frozen=True):
    """One moment: an exit, a kill, an event. `times` counts repetitions up to `at`."""

    at: Instant
    label: str
    severe: bool = False
    times: int = 1


class Lane(msgspec.Struct, frozen=True):
    """One container's line."""

    name: str
    segments: tuple[Segment, ...] = ()
    marks: tuple[Mark, ...] = ()


class Timeline(msgspec.Struct, frozen=True):
    """The lines of one finding, over a common stretch of time."""

    start: Instant
    end: Instant
    lanes: tuple[Lane, ...] = ()
