"""The events of one pod, sorted into what the kubelet said about probes, kills and starts.

Rules: match by uid, because a namespace holds events of deleted pods of the same name; look at
Normal events too ("Killing ... failed liveness probe" is Normal); texts differ by version, so the
tests look for the part that never changed (causes.md 4.2). The absence of an event proves nothing.
"""

import re
from collections.abc import Iterable
from functools import cached_property

import msgspec

from holdfast.kubelet.constants import EVENT_TTL_SECONDS
from holdfast.model.event import Event
from holdfast.model.instant import Instant
from holdfast.model.pod import Pod
from holdfast.model.regex import regex
from holdfast.model.span import Origin

_KILLED_BY_PROBE = regex(r"\b(?P<name>[a-z0-9][a-z0-9-]*) failed (?P<probe>liveness|startup) probe")
_UNHEALTHY = regex(
    r"^(?P<probe>Liveness|Readiness|Startup) probe "
    r"(?P<verdict>failed|errored(?: and resulted in \w+ state)?|warning): ?(?P<output>.*)",
    re.DOTALL,
)
# client-go tools/record/events_cache.go: a bucket of 25 events per pod (and type, since 1.32), of
# which one comes back every 300 s (kubelet.md 10).
_EVENT_BURST = 25
_EVENT_REFILL_SECONDS = 300
_SCHEDULER = "default-scheduler"
_IN_POD = regex(r"container (?P<name>[a-z0-9][a-z0-9-]*) in pod ")
_NAMED = regex(r"\b[Cc]ontainer:? (?P<name>[a-z0-9][a-z0-9-]*)\b")


class ProbeResult(msgspec.Struct, frozen=True):
    """What an Unhealthy or ProbeWarning event tells. `probe` is liveness, readiness or startup.

    `discarded` results were errors that the kubelet does not count (kubelet.md 1.8, Q7);
    `container` is "" where the event does not name it.
    """

    probe: str
    output: str
    times: int
    discarded: bool
    container: str
    event: Event


class ProbeKill(msgspec.Struct, frozen=True):
    """A Killing event that names the probe (kubelet.md 10)."""

    probe: str
    container: str
    event: Event

    @property
    def times(self) -> int:
        """How many such kills were counted: a lower bound."""
        return self.event.times


class PodEvents:
    """All events of one pod, oldest first, with the questions that causes ask."""

    def __init__(self, pod: Pod, events: Iterable[Event], source: str) -> None:
        """Keep the events that belong to this very pod; those without a uid count by name."""
        uid = pod.metadata.uid
        own = [
            e for e in events if not (uid and e.involved_object.uid) or e.involved_object.uid == uid
        ]
        self.all: tuple[Event, ...] = tuple(sorted(own, key=lambda e: e.last or 0.0))
        self._source = source

    def __bool__(self) -> bool:
        return bool(self.all)

    def of(self, *reasons: str) -> tuple[Event, ...]:
        """The events with one of these reasons, oldest first."""
        return tuple(event for event in self.all if event.reason in reasons)

    def saying(self, *parts: str) -> tuple[Event, ...]:
        """The events whose message contains one of these texts, whatever the case."""
        wanted = tuple(part.lower() for part in parts)
        return tuple(e for e in self.all if any(part in e.message.lower() for part in wanted))

    def about(self, container: str, *reasons: str) -> tuple[Event, ...]:
        """As `of`, without the events that name another container."""
        return tuple(e for e in self.of(*reasons) if named_container(e) in ("", container))

    def would_show_stop(self, end: Instant, now: Instant | None) -> bool:
        """Whether a Killing event of this moment must be among the events that were read.

        Either so few events were written in all that none can have been dropped, or two Normal
        ones were written within one refill after it: then there was room for one at that moment.
        """
        normal = [e for e in self.all if e.type == "Normal" and _by_kubelet(e)]
        if not normal or (now is not None and now - end > EVENT_TTL_SECONDS):
            return False
        if sum(e.times for e in self.all if _by_kubelet(e)) < _EVENT_BURST:
            return True
        limit = end + _EVENT_REFILL_SECONDS
        # Events of pasted text have no name, and no exact times either.
        after = [e for e in normal if e.metadata.name and end < (e.last or end) < limit]
        return len(after) > 1

    def origin(self, event: Event) -> Origin:
        """Where an event was seen."""
        involved = event.involved_object
        place = f"event/{involved.namespace or 'default'}/{event.metadata.name or involved.name}"
        return Origin(self._source, place, event.reason)

    @cached_property
    def probe_results(self) -> tuple[ProbeResult, ...]:
        """Every probe result that an event reports, oldest first."""
        found = []
        for event in self.of("Unhealthy", "ProbeWarning"):
            match = _UNHEALTHY.match(event.message)
            if match is not None:
                found.append(
                    ProbeResult(
                        probe=match["probe"].lower(),
                        output=match["output"],
                        times=event.times,
                        discarded=match["verdict"].startswith("errored"),
                        container=event.container,
                        event=event,
                    )
                )
        return tuple(found)

    @cached_property
    def probe_kills(self) -> tuple[ProbeKill, ...]:
        """Every kill for a failed probe, oldest first."""
        found = []
        for event in self.of("Killing"):
            match = _KILLED_BY_PROBE.search(event.message)
            if match is not None:
                found.append(ProbeKill(match["probe"], match["name"], event))
        return tuple(found)


def _by_kubelet(event: Event) -> bool:
    component = event.source.component if event.source else ""
    return _SCHEDULER not in (component, event.reporting_component)


def named_container(event: Event) -> str:
    """The container an event is about, by field path or text; "" where it does not say."""
    if event.container:
        return event.container
    for pattern in (_KILLED_BY_PROBE, _IN_POD, _NAMED):
        match = pattern.search(event.message)
        # "Container created" (1.35 and later) names nobody.
        if match is not None and match["name"] not in ("created", "started", "image"):
            return match["name"]
    return ""
