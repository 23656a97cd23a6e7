"""What somebody who watches a pod sees, as durations: the same function for recorded and simulated.

Rules: a sight is named by what is seen, not by its place in a list, so that both sides can be
compared; its time is counted from the sight that it follows: a start from the end before, all else
of a life from its start, events from the last start before them or from the same event before.
Times that depend on one another therefore do not add up, and every interval can be judged by
itself.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from holdfast.model.container import ContainerStatus
from holdfast.model.pod import PodStatus


class Sight(NamedTuple):
    """Something that can be seen once: `since` names what its time is counted from."""

    container: str
    life: int
    what: str
    since: str


class Moment(NamedTuple):
    """When something was seen: seconds after what it follows, and after the pod was created."""

    after: float
    since_created: float


class SeenStatus(NamedTuple):
    """A status, and when the watch brought it."""

    at: float
    status: PodStatus


class SeenEvent(NamedTuple):
    """An event or a new count of one, and when the watch brought it."""

    at: float
    container: str
    reason: str
    type: str
    message: str
    times: int


def durations(
    statuses: Iterable[SeenStatus], events: Iterable[SeenEvent], created: float
) -> dict[Sight, Moment]:
    """Every sight, and when it was seen."""
    found: dict[Sight, Moment] = {}
    for sight, at, origin in (*_of_statuses(statuses, created), *_of_events(events, created)):
        found[sight] = Moment(at - origin, at - created)
    return found


Timed = tuple[Sight, float, float]
"""A sight, its time, and the time of what it follows."""


# Addresses and the ports of clients differ from pod to pod, as do uids.
_ADDRESS = re.compile(r"\b\d+\.\d+\.\d+\.\d+(:\d+)?(->\S+)?")
_UID = re.compile(r"\([0-9a-f-]{36}\)|\(\)")
_LONG = 60


def message_class(message: str) -> str:
    """The part of a message that does not differ between pods."""
    return _UID.sub("", _ADDRESS.sub("<ip>", message))[:_LONG]


def _of_statuses(statuses: Iterable[SeenStatus], created: float) -> Iterator[Timed]:
    followed = _Followed(created)
    phases: Counter[str] = Counter()
    phase = ""
    for at, status in statuses:
        if status.phase != phase:
            phase = status.phase
            phases[phase] += 1
            yield Sight("pod", 0, f"phase {phase} ({phases[phase]})", "created"), at, created
        for container in _containers(status):
            yield from followed.read(container, at)


class _Followed:
    """What was seen of containers so far, so that only changes are told."""

    def __init__(self, created: float) -> None:
        self._created = created
        self._starts: dict[tuple[str, int], float] = {}
        self._ends: dict[tuple[str, int], float] = {}
        self._last: dict[tuple[str, str], tuple[int, str]] = {}
        self._times: Counter[tuple[str, int, str]] = Counter()

    def read(self, container: ContainerStatus, at: float) -> Iterator[Timed]:
        """The changes that one status tells of one container."""
        name = container.name
        for life, what in _facts(container):
            topic = what.split()[0]
            if self._last.get((name, topic)) == (life, what):
                continue
            if topic == "ended":
                if (name, life) in self._ends:
                    continue
                self._ends[name, life] = at
            elif topic == "running":
                self._starts.setdefault((name, life), at)
            self._last[name, topic] = (life, what)
            key = (name, life, what)
            self._times[key] += 1
            since, origin = self._origin(key)
            label = f"{what} ({self._times[key]})" if self._times[key] > 1 else what
            yield Sight(name, life, label, since), at, origin

    def _origin(self, key: tuple[str, int, str]) -> tuple[str, float]:
        name, life, what = key
        if what == "running":
            at = self._ends.get((name, life - 1))
            return ("end before", at) if at is not None else ("created", self._created)
        at = self._ends.get((name, life))
        if what.startswith("waiting") and at is not None:
            return "end", at
        at = self._starts.get((name, life))
        if at is not None:
            return "start", at
        # A life that never ran has no start to count from.
        at = self._ends.get((name, life - 1))
        return ("end before", at) if at is not None else ("created", self._created)


def _containers(status: PodStatus) -> Iterator[ContainerStatus]:
    yield from status.init_container_statuses or ()
    yield from status.container_statuses or ()


def _facts(container: ContainerStatus) -> Iterator[tuple[int, str]]:
    """What one status tells of the present life and of the one before."""
    life, state, last = container.restart_count, container.state, container.last_state.terminated
    if state.terminated is not None:
        yield life, f"ended {state.terminated.exit_code} {state.terminated.reason}"
    elif last is not None:
        number = life if state.running is None else life - 1
        yield number, f"ended {last.exit_code} {last.reason}"
    if state.running is not None:
        yield life, "running"
        yield life, f"started {bool(container.started)}"
        yield life, f"ready {container.ready}"
    if state.waiting is not None:
        yield life, f"waiting {state.waiting.reason}"


def _of_events(events: Iterable[SeenEvent], created: float) -> Iterator[Timed]:
    origin: dict[str, float] = {}
    lives: Counter[str] = Counter()
    latest: dict[tuple[str, int, str], tuple[int, float]] = {}
    for event in events:
        name, at = event.container, event.at
        what = f"event {event.type} {event.reason}: {message_class(event.message)}"
        key = (name, lives[name], what)
        if key in latest:
            times, before = latest[key]
            yield Sight(*key[:2], f"{what} ({times + 1})", "the one before"), at, before
        else:
            times = 0
            since = "event Started" if lives[name] else "created"
            yield Sight(*key, since), at, origin.get(name, created)
        latest[key] = (times + 1, at)
        if event.reason == "Started":
            lives[name] += 1
            origin[name] = at
