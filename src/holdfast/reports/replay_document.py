"""Replays as a document for programs: the published shape of `simulate -o json` and `-o yaml`.

Rules: these structs are the interface, not the model (docs/schema/simulation.v1.json). Every field
is always present; null means that it never happened, or that there is no "after". Times are seconds
since the simulation began.
"""

from typing import Final

import msgspec

from holdfast.model.simulated import Measure, Side, Simulated, Spread
from holdfast.reports.document import API_VERSION

KIND: Final = "Simulation"


class _Part(msgspec.Struct, frozen=True, rename="camel"):
    """Camel case, as in the API of Kubernetes."""


class Interval(_Part, frozen=True):
    """Median and nine tenths of the seeds; `never` counts seeds in which it did not happen."""

    median: float | None
    low: float | None
    high: float | None
    never: int


class Number(_Part, frozen=True):
    """One measure; `unit` is count, share or seconds, `better` is less or more."""

    name: str
    title: str
    unit: str
    better: str
    before: Interval
    after: Interval | None


class Stretch(_Part, frozen=True):
    """What a container did between two times."""

    from_seconds: float
    to_seconds: float
    state: str
    label: str


class Moment(_Part, frozen=True):
    """One thing that happened to a container."""

    at_seconds: float
    label: str
    severe: bool


class Track(_Part, frozen=True):
    """One container of the first seed."""

    container: str
    stretches: tuple[Stretch, ...]
    moments: tuple[Moment, ...]


class Told(_Part, frozen=True):
    """One state of affairs; all but `ends` is about the first seed."""

    label: str
    ends_per_seed: dict[str, float]
    states_at_end: tuple[str, ...]
    timeline_seconds: float
    timeline: tuple[Track, ...]
    story: tuple[str, ...]


class SimulationDocument(_Part, frozen=True):
    """The whole answer."""

    api_version: str
    kind: str
    made_by: str
    subject: str
    pods: int
    kubernetes: str
    replayed_seconds: float
    seed: int
    seeds: int
    changes: tuple[str, ...]
    measures: tuple[Number, ...]
    sides: tuple[Told, ...]
    notes: tuple[str, ...]
    command: str


def document(simulated: Simulated, version: str) -> SimulationDocument:
    """The document of an answer."""
    return SimulationDocument(
        API_VERSION,
        KIND,
        f"holdfast {version}".strip(),
        simulated.subject,
        simulated.pods,
        simulated.kubernetes,
        simulated.seconds,
        simulated.seed,
        simulated.seeds,
        simulated.changes,
        tuple(_number(measure) for measure in simulated.measures),
        tuple(_told(side) for side in simulated.sides),
        simulated.notes,
        simulated.command,
    )


def _number(measure: Measure) -> Number:
    after = _interval(measure.after) if measure.after is not None else None
    return Number(
        measure.name,
        measure.title,
        measure.unit.value,
        measure.better.value,
        _interval(measure.before),
        after,
    )


def _interval(spread: Spread) -> Interval:
    return Interval(spread.median, spread.low, spread.high, spread.missing)


def _told(side: Side) -> Told:
    tracks = tuple(
        Track(
            lane.name,
            tuple(Stretch(s.start, s.end, s.kind.value, s.label) for s in lane.segments),
            tuple(Moment(m.at, m.label, m.severe) for m in lane.marks),
        )
        for lane in side.timeline.lanes
    )
    seconds = side.timeline.end - side.timeline.start
    return Told(side.label, side.ends, side.states, seconds, tracks, side.story)
