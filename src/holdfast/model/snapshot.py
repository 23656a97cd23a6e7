"""Everything that was read for one diagnosis, and what could not be read.

Rules: a reader never throws away the rest because one part is broken; the broken part becomes a
Gap, which says what it costs. An empty file is a gap as well: "nothing happened" must have been
read, not assumed (causes.md 2.2 rule 14).
"""

from enum import StrEnum

import msgspec

from holdfast.model.event import Event
from holdfast.model.instant import Instant
from holdfast.model.measurement import Measurement
from holdfast.model.node import Node
from holdfast.model.pod import Pod, PodKey
from holdfast.model.workload import Workload


class GapKind(StrEnum):
    """Why something is missing."""

    FORBIDDEN = "forbidden"
    ABSENT = "absent"
    EXPIRED = "expired"
    TRUNCATED = "truncated"
    BROKEN = "broken"
    REDACTED = "redacted"
    UNKNOWN_KIND = "unknown kind"
    REFUSED = "refused"


class Gap(msgspec.Struct, frozen=True):
    """Something that could not be read.

    `what` names it, `where` is the file or request, `cost` says what the diagnosis loses by it.
    `pod` limits it to one pod; None means that it concerns all.
    """

    kind: GapKind
    what: str
    where: str
    cost: str
    pod: PodKey | None = None


class LogLife(StrEnum):
    """Which run of a container a log belongs to."""

    PREVIOUS = "previous"
    CURRENT = "current"
    UNKNOWN = "unknown"


class Log(msgspec.Struct, frozen=True):
    """Lines of one run of one container, bounded by the reader.

    `first_line` is the 1-based number of `lines[0]` in the source; `restart` is the restart count
    of that run where the source tells it (file names below /var/log/pods). `pod` and `container`
    are "" for a log that was pasted without a name, and for node logs (then `node` is set).
    """

    lines: tuple[str, ...]
    source: str
    life: LogLife = LogLife.UNKNOWN
    namespace: str = ""
    pod: str = ""
    container: str = ""
    uid: str = ""
    node: str = ""
    restart: int | None = None
    first_line: int = 1
    truncated: bool = False
    following: int = 0
    """Lines of the same run that come after the last one kept here."""


class Snapshot(msgspec.Struct, frozen=True):
    """All objects of one reading. Origins map "kind/namespace/name" to the file or request."""

    pods: tuple[Pod, ...] = ()
    events: tuple[Event, ...] = ()
    nodes: tuple[Node, ...] = ()
    workloads: tuple[Workload, ...] = ()
    logs: tuple[Log, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    gaps: tuple[Gap, ...] = ()
    sources: tuple[str, ...] = ()
    origins: dict[str, str] = {}
    captured_at: Instant | None = None
    events_read: bool = False
    """Whether any list of events was read: without one, their absence means nothing."""

    def origin_of(self, kind: str, namespace: str, name: str) -> str:
        """The file or request that an object came from, or ""."""
        return self.origins.get(f"{kind}/{namespace}/{name}", "")
