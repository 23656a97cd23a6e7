"""Who stopped a container, as far as the kubelet's Killing events say.

Rules: the kubelet writes one Killing event per stop, but throttles them per pod (kubelet.md 10), so
an event from an earlier life still says how this container usually ends. The suffix ", will be
restarted" appears only when it will be, so nothing depends on it (causes.md 4.2).
"""

from enum import StrEnum

import msgspec

from holdfast.diagnosis.evidence.lives import Life
from holdfast.diagnosis.evidence.pod_events import PodEvents, named_container
from holdfast.kubelet.constants import TIMESTAMP_RESOLUTION_SECONDS
from holdfast.model.event import Event


class StopKind(StrEnum):
    """Why the kubelet stopped a container."""

    LIVENESS = "failed liveness probe"
    STARTUP = "failed startup probe"
    POST_START = "FailedPostStartHook"
    DEFINITION = "definition changed"
    RESIZE = "resize requires restart"
    RESTART_ALL = "killing"
    STOPPED = "Stopping container"


class Stop(msgspec.Struct, frozen=True):
    """One kind of stop that events tell of, with the newest event.

    `direct` means that the event falls into the last ended life, or that there are as many of them
    as lives; otherwise an earlier life ended so. `seconds` is the time from the event to the end of
    that life (the stop time of causes.md 6.3), None unless direct and timed. `spans` means that one
    of the earlier times that the event counts may fall into the last ended life.
    """

    kind: StopKind
    event: Event
    direct: bool
    seconds: float | None
    spans: bool = False


def find_stop(
    events: PodEvents, container: str, life: Life | None, ended_lives: int = 0
) -> Stop | None:
    """The stop that ended the last life; failing that, the newest stop of an earlier life.

    `ended_lives` is how many lives the status counts, 0 where it does not say.
    """
    stops: list[Stop] = []
    for event in events.of("Killing"):
        if named_container(event) in ("", container):
            kind = _kind(event.message)
            if kind is not None:
                stops.append(_stop(kind, event, life, ended_lives))
    direct = [stop for stop in stops if stop.direct]
    candidates = direct or stops
    return candidates[-1] if candidates else None


def _kind(message: str) -> StopKind | None:
    for kind in StopKind:
        if kind.value in message:
            return kind
    return None


def _stop(kind: StopKind, event: Event, life: Life | None, ended_lives: int) -> Stop:
    at = event.last
    if life is None or at is None or life.finished is None:
        return Stop(kind, event, direct=True, seconds=None)
    slack = 2 * TIMESTAMP_RESOLUTION_SECONDS
    begun = life.started if life.started is not None else at
    if begun - slack <= at <= life.finished + slack:
        return Stop(kind, event, direct=True, seconds=max(0.0, life.finished - at))
    later = at > life.finished
    # The newest kill may be that of the life that still runs; the others then fill all before it.
    every = ended_lives > 0 and event.times >= ended_lives + later
    return Stop(kind, event, every, None, spans=later and event.times > 1)
