"""Compares a real kubelet with the model: `python -m tests.recordings.predict [NAME ...]`.

Each recording's pod is replayed many times from its manifest and the script of its workload alone.
What was seen must lie inside the interval of what was seen in the replays, and what every replay
shows must have been seen. The table lists the predicted interval, what was observed, and the margin
to the nearer end. A new recording is a new file in this directory.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
from tests.recordings.actor import workload_of
from tests.recordings.recorded import NAMES, recording
from tests.recordings.sights import Moment, SeenEvent, SeenStatus, Sight, durations

from holdfast.kubelet.behaviour import Behaviour, behaviour_of
from holdfast.kubelet.outputs import PublishEvent, PublishStatus
from holdfast.model.metadata import Metadata
from holdfast.model.node import Node, NodeStatus, parse_version
from holdfast.model.pod import Pod, PodStatus
from holdfast.simulation.driver import Happening, Simulation
from holdfast.simulation.fit import fit
from holdfast.simulation.latency import Latency
from holdfast.simulation.streams import ExtremeStreams
from holdfast.simulation.surroundings import Surroundings
from holdfast.simulation.workload import Workload

SEEDS = 200
# README.md: starts took 0.1 s to a few seconds, single probes may be late by some tenths of one.
LATENCY = Latency(sandbox=(0.2, 3.0), start=(0.1, 3.0), stop_sandbox=(0.05, 3.0))
SLACK_SECONDS = 0.7
# README.md: the machine that was recorded.
_CORES = 2.0
NODE = Node(
    metadata=Metadata(name="lab"),
    status=NodeStatus(allocatable={"cpu": "2", "memory": "16Gi", "pods": "110"}),
)
_LONGER = 1.3
# A watch event is written a little before the apply that led to it returns.
_EARLY_SECONDS = 2.0
_EVENT_SOURCES = ("kubelet",)


class Interval(NamedTuple):
    """Where replays saw something, and in which share of them they did."""

    low: float
    high: float
    share: float
    latest: float
    """The latest second of the pod's time at which a replay saw it."""


class Row(NamedTuple):
    """One line of the comparison. Nothing observed, or nothing predicted, is None."""

    sight: Sight
    predicted: Interval | None
    observed: float | None
    slack: float = SLACK_SECONDS

    @property
    def margin(self) -> float | None:
        """Seconds to the nearer end of the interval; negative outside; None where none is."""
        if self.predicted is None or self.observed is None:
            return None
        low, high = self.predicted.low - self.slack, self.predicted.high + self.slack
        return min(self.observed - low, high - self.observed)

    @property
    def holds(self) -> bool:
        """Whether prediction and observation agree."""
        margin = self.margin
        return margin is not None and margin >= 0


class Scene(NamedTuple):
    """A pod and what it goes through, as a replay needs it."""

    pod: Pod
    workload: Workload
    kubelet: Behaviour
    span: float
    """How long it was watched, in seconds."""
    deleted_after: float | None = None
    """When somebody deleted it."""
    latency: Latency = LATENCY
    cgroup_v1: bool = True


def compare(name: str, seeds: int = SEEDS) -> list[Row]:
    """Every sight of a recording, and every sight that all replays have."""
    scene = scene_of(name)
    return judge(observe(name), predict(scene, seeds), scene.span)


def judge(
    observed: dict[Sight, Moment],
    predicted: dict[Sight, Interval],
    span: float,
    slack: float = SLACK_SECONDS,
) -> list[Row]:
    """Every sight that was observed, and every sight that must have been within the span."""
    rows = [Row(sight, predicted.get(sight), at.after, slack) for sight, at in observed.items()]
    rows += [
        Row(sight, interval, None, slack)
        for sight, interval in predicted.items()
        if sight not in observed and interval.share == 1.0 and interval.latest < span
    ]
    return rows


def scene_of(name: str) -> Scene:
    """What was recorded."""
    recorded = recording(name)
    pod = msgspec.convert(recorded["manifest"], Pod)
    version = parse_version(recorded["kubernetes"])
    if version is None:
        raise ValueError(f"{name} does not tell the version of its kubelet")
    marks = recorded["marks"]
    deleted = marks["deleted"] - marks["created"] if "deleted" in marks else None
    span = marks["end"] - marks["created"]
    return Scene(pod, workload_of(pod), behaviour_of(version), span, deleted)


def observe(name: str) -> dict[Sight, Moment]:
    """What the watch brought."""
    recorded = recording(name)
    created = recorded["marks"]["created"]
    statuses = [
        SeenStatus(update["at"], msgspec.convert(update["status"], PodStatus))
        for update in recorded["pod"]
        if update["at"] >= created - _EARLY_SECONDS and update["type"] != "DELETED"
    ]
    events = [
        SeenEvent(
            event["at"],
            _container(event["fieldPath"]),
            event["reason"],
            event["type"],
            event["message"],
            event["count"] or 1,
        )
        for event in recorded["events"]
        if event["at"] >= created - _EARLY_SECONDS and event["source"] in _EVENT_SOURCES
    ]
    return durations(statuses, sorted(events), created)


def predict(scene: Scene, seeds: int) -> dict[Sight, Interval]:
    """What replays saw, over all seeds."""
    if fit((scene.pod,), (NODE,), scene.kubelet).placements[0].node is None:
        # No kubelet ever hears of it.
        return {Sight("pod", 0, "phase Pending (1)", "created"): Interval(0.0, 0.0, 1.0, 0.0)}
    return intervals([_replay(scene, seed) for seed in range(seeds)])


def intervals(replays: Sequence[Mapping[Sight, Moment]]) -> dict[Sight, Interval]:
    """Where replays saw what they saw."""
    found: dict[Sight, list[Moment]] = {}
    for replay in replays:
        for sight, at in replay.items():
            found.setdefault(sight, []).append(at)
    return {
        sight: Interval(
            min(moment.after for moment in moments),
            max(moment.after for moment in moments),
            len(moments) / len(replays),
            max(moment.since_created for moment in moments),
        )
        for sight, moments in found.items()
    }


def _replay(scene: Scene, seed: int) -> dict[Sight, Moment]:
    trace: list[Happening] = []
    draw = ExtremeStreams(seed)
    surroundings = Surroundings(behaviour=scene.kubelet, cgroup_v1=scene.cgroup_v1, cores=_CORES)
    simulation = Simulation(
        draw, trace.append, latency=scene.latency, start=draw("phase"), surroundings=surroundings
    )
    run = simulation.add_pod(scene.pod, scene.kubelet, scene.workload.containers)
    created = simulation.now
    if scene.deleted_after is not None:
        grace = float(scene.pod.spec.grace_seconds)
        simulation.at(created + scene.deleted_after, simulation.delete, run, grace)
    # Longer than the recording, so that what may still have been seen at its end is complete.
    simulation.run(created + scene.span * _LONGER)
    return sights_of(trace, created)


def sights_of(trace: Sequence[Happening], created: float) -> dict[Sight, Moment]:
    """What somebody sees of what happens."""
    statuses: list[SeenStatus] = []
    events: list[SeenEvent] = []
    for at, what in ((happening.at, happening.what) for happening in trace):
        if isinstance(what, PublishStatus):
            statuses.append(SeenStatus(at, what.status))
        elif isinstance(what, PublishEvent):
            fields = (what.container, what.reason, what.type, what.message, what.count)
            events.append(SeenEvent(at, *fields))
    return durations(statuses, events, created)


def _container(field_path: str | None) -> str:
    path = field_path or ""
    return path.partition("{")[2].rstrip("}")


def lines(name: str, rows: list[Row]) -> Iterator[str]:
    wrong = sum(not row.holds for row in rows)
    yield f"{name}: {len(rows) - wrong} of {len(rows)} as predicted"
    for row in rows:
        low, high = (row.predicted.low, row.predicted.high) if row.predicted else (None, None)
        interval = f"{low:8.2f} to {high:8.2f}" if low is not None else f"{'never':>20}"
        seen = f"{row.observed:8.2f}" if row.observed is not None else "  unseen"
        margin = f"{row.margin:7.2f}" if row.margin is not None else "      -"
        sight = row.sight
        mark = "  " if row.holds else "! "
        yield (
            f"{mark}{interval}  {seen}  {margin}  "
            f"{sight.container} #{sight.life} {sight.what} after {sight.since}"
        )


def main() -> None:
    """Print the comparison of the named recordings, or of all."""
    for name in sys.argv[1:] or NAMES:
        for line in lines(name, compare(name)):
            print(line)


if __name__ == "__main__":
    main()
