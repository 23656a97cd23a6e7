"""Events (k8s.io/api core/v1 and events.k8s.io/v1), reduced to what holdfast uses.

Rules: an event carries its times in one of three places (lastTimestamp, series, eventTime); all
three are looked at, so that an event with only `eventTime` never sorts as time zero
(causes.md 4.2). Counts are lower bounds (kubelet.md 10, Q37).
"""

import msgspec

from holdfast.model.container import ApiStruct
from holdfast.model.instant import Instant, parse_instant
from holdfast.model.metadata import Metadata


class InvolvedObject(ApiStruct, frozen=True):
    """core/v1 ObjectReference."""

    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""
    field_path: str = ""


class EventSeries(ApiStruct, frozen=True):
    """core/v1 EventSeries."""

    count: int | None = None
    last_observed_time: str | None = None


class EventSource(ApiStruct, frozen=True):
    """core/v1 EventSource."""

    component: str = ""
    host: str = ""


class Event(ApiStruct, frozen=True):
    """core/v1 Event."""

    metadata: Metadata = Metadata()
    involved_object: InvolvedObject = InvolvedObject()
    type: str = ""
    reason: str = ""
    message: str = ""
    count: int | None = None
    first_timestamp: str | None = None
    last_timestamp: str | None = None
    event_time: str | None = None
    series: EventSeries | None = None
    source: EventSource | None = None
    reporting_component: str = ""

    @property
    def times(self) -> int:
        """How often it was seen, as far as the API counted: a lower bound, at least 1."""
        series_count = self.series.count if self.series else None
        return max(self.count or 0, series_count or 0, 1)

    @property
    def last(self) -> Instant | None:
        """When it was last seen, or None."""
        series_time = self.series.last_observed_time if self.series else None
        for text in (series_time, self.last_timestamp, self.event_time, self.first_timestamp):
            instant = parse_instant(text)
            if instant is not None:
                return instant
        return parse_instant(self.metadata.creation_timestamp)

    @property
    def first(self) -> Instant | None:
        """When it was first seen, or None."""
        for text in (self.first_timestamp, self.event_time, self.metadata.creation_timestamp):
            instant = parse_instant(text)
            if instant is not None:
                return instant
        return self.last

    @property
    def container(self) -> str:
        """The container named by the field path ("spec.containers{app}"), or ""."""
        path = self.involved_object.field_path
        start = path.find("{")
        return path[start + 1 : -1] if start >= 0 and path.endswith("}") else ""


class EventsV1(ApiStruct, frozen=True):
    """events.k8s.io/v1 Event: the same facts under other names."""

    metadata: Metadata = Metadata()
    regarding: InvolvedObject = InvolvedObject()
    type: str = ""
    reason: str = ""
    note: str = ""
    event_time: str | None = None
    series: EventSeries | None = None
    reporting_controller: str = ""
    count: int | None = msgspec.field(name="deprecatedCount", default=None)
    first_timestamp: str | None = msgspec.field(name="deprecatedFirstTimestamp", default=None)
    last_timestamp: str | None = msgspec.field(name="deprecatedLastTimestamp", default=None)

    def as_core(self) -> Event:
        """The core/v1 form that everything else reads."""
        return Event(
            metadata=self.metadata,
            involved_object=self.regarding,
            type=self.type,
            reason=self.reason,
            message=self.note,
            count=self.count,
            first_timestamp=self.first_timestamp,
            last_timestamp=self.last_timestamp,
            event_time=self.event_time,
            series=self.series,
            reporting_component=self.reporting_controller,
        )
