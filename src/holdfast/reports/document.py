"""The diagnosis as a document for programs: the published shape of `-o json` and `-o yaml`.

Rules: these structs are the interface, not the model; the model may change, names and meaning here
may not within one version (docs/schema/diagnosis.v1.json). Every field is always present and in
this order; null means "not known". Times are RFC 3339 in UTC, lengths of time are seconds and say
so in their name. Findings follow the reading order of every report.
"""

from typing import Any, Final, Literal

import msgspec

API_VERSION: Final = "holdfast/v1"


class Part(msgspec.Struct, frozen=True, rename="camel"):
    """Camel case, as in the API of Kubernetes."""


class Place(Part, frozen=True):
    """Where a fact was seen. `line` is 1-based, null where the source has no lines."""

    source: str
    object: str
    field: str
    line: int | None


class Fact(Part, frozen=True):
    """One fact for or against a cause; its weight in decibans (10 log10 of a likelihood ratio)."""

    text: str
    grounds: str
    weight_decibans: int
    origin: Place | None


class Predicted(Part, frozen=True):
    """What a container must have done if the claim is true; no exit codes means any."""

    uptime_from_seconds: float | None
    uptime_to_seconds: float | None
    exit_codes: tuple[int, ...]
    because: str


class Claimed(Part, frozen=True):
    """One cause's claim. `confidence` is between 0 and 1; 0 was not worked out."""

    cause: str
    title: str
    summary: str
    role: str
    confidence: float
    score_decibans: int
    evidence_for: tuple[Fact, ...]
    evidence_against: tuple[Fact, ...]
    would_decide: tuple[str, ...]
    lookalikes: tuple[str, ...]
    leads_to: tuple[str, ...]
    prediction: Predicted | None
    parameters: dict[str, float | str]


class Missing(Part, frozen=True):
    """Something that could not be read, and what that costs."""

    kind: str
    what: str
    where: str
    cost: str
    namespace: str | None
    pod: str | None


class SetField(Part, frozen=True):
    """One field to set; `path` is relative to the pod spec."""

    path: tuple[str, ...]
    value: Any


class Fix(Part, frozen=True):
    """A patch. `command` is a kubectl line, `diff` a unified diff of the given manifest."""

    cause: str
    safety: str
    explanation: str
    namespace: str
    target: str
    changes: tuple[SetField, ...]
    command: str
    diff: str
    caveats: tuple[str, ...]


class Spreading(Part, frozen=True):
    """A number over seeds: median, and where nine tenths of them lie; null is never."""

    median: float | None
    low: float | None
    high: float | None


class Compared(Part, frozen=True):
    """One fact of the status beside what replays predict; `holds` null contradicts nothing."""

    fact: str
    predicted: str
    observed: str
    holds: bool | None


class ReplayedAsIs(Part, frozen=True):
    """The pod as it is, with a process that does what the cause says. Seeds count from 0."""

    told: str
    assumes: str
    seeds: int
    compared: tuple[Compared, ...]


class TriedFault(Part, frozen=True):
    """A fault that ends, laid over the process: restarts meanwhile, and whether it recovers."""

    container: str
    told: str
    restarts_before: Spreading
    restarts_after: Spreading
    recovers: bool
    ready_again_seconds: Spreading
    seeds: int


class ReplayedPatch(Part, frozen=True):
    """The pod before and after the patch; `detects` is how long a hang lasts, null for ever.

    `IfLeaking` is where memory never levels off; null where the patch is not about memory.
    """

    holds: bool
    because: str
    told: str
    assumes: str
    seconds: float
    seeds_before: int
    seeds_after: int
    restarts_per_day_before: Spreading
    restarts_per_day_after: Spreading
    ready_share_before: Spreading
    ready_share_after: Spreading
    detects_seconds_before: Spreading | None
    detects_seconds_after: Spreading | None
    faults: tuple[TriedFault, ...]
    restarts_per_day_if_leaking_before: Spreading | None
    restarts_per_day_if_leaking_after: Spreading | None


class Proven(Part, frozen=True):
    """What replays say. `notReplayed` says why there is none of the patch, or ""."""

    kubernetes: str
    diagnosis: ReplayedAsIs | None
    patch: ReplayedPatch | None
    not_replayed: str


class About(Part, frozen=True):
    """Who a finding is about; "" is not known, and container "" is the whole pod."""

    namespace: str
    pod: str
    container: str
    container_kind: str
    uid: str
    owner_kind: str
    owner: str
    node: str


class Stretch(Part, frozen=True):
    """A stretch of time of one container."""

    start: str
    end: str
    kind: str
    label: str


class Moment(Part, frozen=True):
    """An exit, a kill or an event; `times` counts repetitions up to `at`."""

    at: str
    label: str
    severe: bool
    times: int


class ContainerLine(Part, frozen=True):
    """The history of one container."""

    name: str
    segments: tuple[Stretch, ...]
    marks: tuple[Moment, ...]


class History(Part, frozen=True):
    """The histories of the containers of one pod over a common stretch of time."""

    start: str
    end: str
    lanes: tuple[ContainerLine, ...]


class Found(Part, frozen=True):
    """The diagnosis of one container or pod. `cause` is null where it cannot be told."""

    subject: About
    state: str
    restarts: int
    headline: str
    decided: bool
    cause: str | None
    confidence: float | None
    verdicts: tuple[Claimed, ...]
    unread: tuple[Missing, ...]
    patch: Fix | None
    proof: Proven | None
    would_decide: tuple[str, ...]
    beside: tuple[Claimed, ...]
    ended_at: str | None
    group: str | None
    timeline: History | None


class Cluster(Part, frozen=True):
    """Many ends with one cause."""

    id: str
    headline: str
    started_at: str
    ended_at: str
    verdict: Claimed | None
    members: tuple[About, ...]


class Examined(Part, frozen=True):
    """What was read. `states` counts all findings, also those not listed here."""

    sources: tuple[str, ...]
    captured_at: str | None
    kubelet_versions: tuple[str, ...]
    pods: int
    containers: int
    states: dict[str, int]


class Document(Part, frozen=True):
    """The whole answer of `holdfast why`."""

    api_version: Literal["holdfast/v1"]
    kind: Literal["Diagnosis"]
    holdfast_version: str
    examined: Examined
    groups: tuple[Cluster, ...]
    findings: tuple[Found, ...]
    gaps: tuple[Missing, ...]
