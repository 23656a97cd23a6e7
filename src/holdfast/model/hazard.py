"""What `holdfast check` found: hazards, and what was examined to find them.

Rules: a hazard points at a field (file, line, column, path) and says what happens with the numbers.
What was not examined is counted as such and never as clean (rules.md 2.7).
"""

from enum import StrEnum

import msgspec

from holdfast.model.digest import sha256_hex
from holdfast.model.edit import Edit, Safety
from holdfast.model.rule import Confidence, Rule
from holdfast.model.span import Span

# 128 and the number of the signal.
_KILLED = 137


class Place(msgspec.Struct, frozen=True, gc=False):
    """A field of an object in a file. `path` is written as in the API: "spec.containers[0].image".

    `end_line` and `end_column` are 1-based; the column is that behind the last character.
    """

    file: str
    span: Span
    end_line: int
    end_column: int
    path: str = ""


class Mending(msgspec.Struct, frozen=True, gc=False):
    """How to mend a hazard: edits of the file, or words where a fact is missing."""

    words: str
    safety: Safety = Safety.SKETCH
    edits: tuple[Edit, ...] = ()
    withheld: str = ""
    """Why there is no edit, where one was expected."""


class HazardReplay(msgspec.Struct, frozen=True, gc=False):
    """What replays under the kubelet model show. Restarts are those of `seconds` seconds."""

    told: str
    seconds: float
    version: str
    seed: int
    first_end: float | None
    """Seconds from the start of the pod to the first end of the container; None for none."""
    restarts_before: int
    restarts_after: int | None = None
    """With the fix; None where there is no edit."""


class ContainerEnd(msgspec.Struct, frozen=True, gc=False):
    """How a container ended, and how many seconds after its pod was deleted, or after it hung.

    No exit code: it had not ended by then.
    """

    exit_code: int | None
    seconds: float

    @property
    def is_killed(self) -> bool:
        """Whether SIGKILL ended it."""
        return self.exit_code == _KILLED


class StopReplay(msgspec.Struct, frozen=True, gc=False):
    """What replays under the kubelet model show of a stop."""

    told: str
    version: str
    seed: int
    before: ContainerEnd
    after: ContainerEnd | None = None
    """With the fix; None where there is no edit, or where it changes the program and no pod."""


class Hazard(msgspec.Struct, frozen=True, gc=False):
    """One finding of a rule."""

    rule: Rule
    message: str
    place: Place
    kind: str = ""
    namespace: str = ""
    name: str = ""
    container: str = ""
    mending: Mending | None = None
    replayed: HazardReplay | StopReplay | None = None
    also_at: tuple[Place, ...] = ()
    """Further places of the same hazard: a block that was rendered several times."""
    less_sure: Confidence | None = None
    """How this one is known, where its rule is surer."""
    template: str = ""
    """The file from which Helm or kustomize rendered the object; "" for one written as it is."""

    @property
    def confidence(self) -> Confidence:
        """How it is known."""
        return self.less_sure or self.rule.confidence

    @property
    def fingerprint(self) -> str:
        """The same as long as rule, object, container and field are, wherever it stands."""
        object_ = f"{self.kind}/{self.namespace}/{self.name}" if self.kind else self.place.file
        parts = (self.rule.id, object_, self.container, self.place.path)
        return sha256_hex("\n".join(parts))[:32]


class UnexaminedReason(StrEnum):
    """Why something was not examined."""

    BROKEN = "broken"
    TEMPLATE = "template"
    PATCH = "patch"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too large"
    RULE_CRASHED = "a rule crashed"


class Unexamined(msgspec.Struct, frozen=True):
    """A file, a document or a rule's view of it that was not examined."""

    reason: UnexaminedReason
    file: str
    line: int
    what: str


class Suppressed(msgspec.Struct, frozen=True):
    """A hazard that somebody accepted, and why."""

    hazard: Hazard
    reason: str


class UnusedIgnore(msgspec.Struct, frozen=True):
    """An ignore that accepts nothing, or that gives no reason. `line` is 1-based."""

    file: str
    line: int
    rule: str
    why: str


class Examined(msgspec.Struct, frozen=True):
    """How much was looked at."""

    files: int = 0
    documents: int = 0
    objects: int = 0
    workloads: int = 0
    containers: int = 0
    not_validated: dict[str, int] = {}
    """Objects of kinds that no rule knows, by kind; with schemas, of kinds that have none."""
    validated: int = 0
    """Objects that were compared with the schemas of Kubernetes."""
    dockerfiles: int = 0
    images: int = 0
    images_unused: int = 0
    """Images that no container of the run runs."""


class Inspection(msgspec.Struct, frozen=True):
    """The outcome of one run. Hazards are in the order worst first, then file and line."""

    hazards: tuple[Hazard, ...]
    suppressed: tuple[Suppressed, ...]
    unused: tuple[UnusedIgnore, ...]
    known: int
    """Hazards that the baseline names."""
    unexamined: tuple[Unexamined, ...]
    examined: Examined
    rules_run: int
    rules_off: tuple[str, ...]
    """Ids of rules that the chosen audience leaves out."""
