"""The answers of `holdfast tag` as documents for programs (docs/schema/next-tag.v1.json and
docs/schema/tag-check.v1.json), and as outputs of a step of GitHub Actions.
"""

from typing import Literal

from holdfast.model.hazard import Place
from holdfast.model.printable import printable
from holdfast.reports.document import API_VERSION, Part
from holdfast.tags.next_tag import Decision, Refusal
from holdfast.tags.verify import Complaint


class Obstacle(Part, frozen=True):
    """Something that stands against a tag, and what to do."""

    found: str
    next_step: str


class NextTagDocument(Part, frozen=True):
    """The whole answer of `holdfast tag next`. `release` is false where there is to be no tag."""

    api_version: Literal["holdfast/v1"]
    kind: Literal["NextTag"]
    release: bool
    tag: str
    version: str
    previous: str
    level: str | None
    commit: str
    reasons: tuple[str, ...]
    refusals: tuple[Obstacle, ...]


class Checked(Part, frozen=True):
    """One image of a manifest, and everything that is wrong with its tag."""

    image: str
    file: str
    line: int
    column: int
    field: str
    place: str
    problems: tuple[Obstacle, ...]


class TagCheckDocument(Part, frozen=True):
    """The whole answer of `holdfast tag verify`."""

    api_version: Literal["holdfast/v1"]
    kind: Literal["TagCheck"]
    images: tuple[Checked, ...]


def next_tag_document(decision: Decision, commit: str) -> NextTagDocument:
    """The document of a decision on a commit."""
    refused = bool(decision.refusals)
    return NextTagDocument(
        API_VERSION,
        "NextTag",
        bool(decision.tag) and not refused,
        "" if refused else decision.tag,
        "" if refused else decision.version,
        decision.previous,
        decision.level,
        commit,
        tuple(printable(reason) for reason in decision.reasons),
        tuple(_obstacle(refusal) for refusal in decision.refusals),
    )


def checked_image(image: str, at: Place, place: str, complaints: tuple[Complaint, ...]) -> Checked:
    """One row of `holdfast tag verify`."""
    problems = tuple(Obstacle(printable(c.what), c.next_step) for c in complaints)
    return Checked(
        printable(image), at.file, at.span.line, at.span.column, at.path, place, problems
    )


def tag_check_document(images: tuple[Checked, ...]) -> TagCheckDocument:
    """The document of all images."""
    return TagCheckDocument(API_VERSION, "TagCheck", images)


def step_outputs(document: NextTagDocument) -> str:
    """Lines for the file GITHUB_OUTPUT. None of them holds what a commit says."""
    return (
        f"release={str(document.release).lower()}\n"
        f"tag={document.tag}\nversion={document.version}\nprevious={document.previous}\n"
    )


def _obstacle(refusal: Refusal) -> Obstacle:
    return Obstacle(printable(refusal.found), refusal.next_step)
