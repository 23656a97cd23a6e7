"""Findings: what is wrong with one container or pod, told in a fixed reading order.

Reading order in every format (docs/architecture.md): cause in one sentence; evidence for; evidence
against; what could not be read; patch; proof; how sure.
"""

from enum import StrEnum

import msgspec

from holdfast.model.edit import Patch
from holdfast.model.instant import Instant
from holdfast.model.proof import Proof
from holdfast.model.snapshot import Gap
from holdfast.model.timeline import Timeline
from holdfast.model.verdict import Verdict


class State(StrEnum):
    """What is going on, before any cause: only RESTARTS and CANNOT_START are restart troubles."""

    RESTARTS = "restarts"
    CANNOT_START = "cannot start"
    EVICTED = "evicted"
    PENDING = "pending"
    FAILED = "failed once, not restarted"
    NOT_READY = "not ready, not restarted"
    STOPPED = "stopped on request"
    HAZARD = "hazard only"
    COMPLETED = "completed"
    HEALTHY = "healthy"
    UNKNOWN = "unknown"


TROUBLED = frozenset({State.RESTARTS, State.CANNOT_START})
"""States in which a container keeps coming back or cannot come up."""

QUIET = frozenset({State.HEALTHY, State.COMPLETED, State.STOPPED})
"""States that need nobody."""


class Subject(msgspec.Struct, frozen=True):
    """Who a finding is about. `container` is "" when the whole pod is meant."""

    namespace: str
    pod: str
    container: str = ""
    container_kind: str = ""
    uid: str = ""
    owner_kind: str = ""
    owner: str = ""
    node: str = ""

    @property
    def name(self) -> str:
        """ "namespace/pod" or "namespace/pod [container]"."""
        base = f"{self.namespace}/{self.pod}" if self.namespace else self.pod
        return f"{base} [{self.container}]" if self.container else base


class Finding(msgspec.Struct, frozen=True):
    """The diagnosis of one container or pod.

    `verdicts` are ranked, the first one is the answer when `decided`; otherwise nobody knows yet
    and `would_decide` names the facts that would tell. `beside` holds contributing causes and
    hazards. `replaces` lists the pods of a group finding (one cause, n victims).
    """

    subject: Subject
    state: State
    headline: str
    restarts: int = 0
    decided: bool = False
    verdicts: tuple[Verdict, ...] = ()
    beside: tuple[Verdict, ...] = ()
    would_decide: tuple[str, ...] = ()
    unread: tuple[Gap, ...] = ()
    patch: Patch | None = None
    proof: Proof | None = None
    ended_at: Instant | None = None
    group: str = ""
    timeline: Timeline | None = None

    @property
    def cause(self) -> Verdict | None:
        """The answer, or None where it cannot be told."""
        return self.verdicts[0] if self.decided and self.verdicts else None


class Group(msgspec.Struct, frozen=True):
    """Many ends with one cause (causes.md 6.5): reported once, with its victims."""

    id: str
    headline: str
    verdict: Verdict | None
    started_at: Instant
    ended_at: Instant
    members: tuple[Subject, ...]


class Diagnosis(msgspec.Struct, frozen=True):
    """The answer to one call of `holdfast why`.

    `state_counts` counts all findings by state, also those that a report has left out; it is empty
    until a report chooses among them.
    """

    findings: tuple[Finding, ...]
    groups: tuple[Group, ...] = ()
    gaps: tuple[Gap, ...] = ()
    sources: tuple[str, ...] = ()
    pods_examined: int = 0
    containers_examined: int = 0
    kubernetes_versions: tuple[str, ...] = ()
    captured_at: Instant | None = None
    state_counts: dict[str, int] = {}
