"""A finding as sections in the reading order that every format keeps.

Rules: the order is decided here and nowhere else: evidence for, evidence against, what could not
be read, patch, proof, how sure, what would tell more, what is true beside it: the order of
docs/architecture.md. The headline comes before all of them. Empty sections are left out. Nothing is
escaped here; each format does that for itself.
"""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from holdfast.model.evidence import Evidence
from holdfast.model.finding import Finding
from holdfast.model.regex import regex
from holdfast.model.snapshot import Gap
from holdfast.model.verdict import Role, Verdict
from holdfast.reports.proof_words import proof_lines
from holdfast.reports.words import percent


class Part(StrEnum):
    """The parts of a finding; the value is a title for people."""

    FOR = "Evidence for"
    AGAINST = "Evidence against"
    UNREAD = "Could not be read"
    PATCH = "Patch"
    PROOF = "Proof"
    SURE = "How sure"
    ASK = "What would tell more"
    BESIDE = "Beside it"


class Item(NamedTuple):
    """One line of a section.

    `note` is a word about it ("observed"), `pointer` says where it was seen, `command` is a line
    for a shell that must stay in one piece.
    """

    text: str
    note: str = ""
    pointer: str = ""
    command: str = ""


class Section(NamedTuple):
    """One part of a finding. `code` is a diff, or commands for a shell (`language`)."""

    part: Part
    items: tuple[Item, ...]
    code: str = ""
    language: str = ""


# Runner-ups below this share would only distract; JSON has them all.
_LEAST_SHARE = 0.05
_MOST_CANDIDATES = 3
# A surer answer needs no further reading (docs/calibration.md tells how often each is right).
_SURE_ENOUGH = 0.9
# "kubectl exec into it and look" is advice, not a line for a shell: exec needs its " -- ". Neither
# is a choice of two.
_COMMAND = regex(
    r"^(?P<text>(?:(?!kubectl ).)*?)[:;,]?\s*(?P<bracket>\()?"
    r"(?P<command>kubectl (?!exec\b(?!.* -- )|.*, or )[a-z].*?)(?(bracket)\))$",
    re.DOTALL,
)


def story(finding: Finding) -> tuple[Section, ...]:
    """The sections of a finding in reading order, without the empty ones."""
    told = finding.verdicts[:1] if finding.decided else finding.verdicts[:_MOST_CANDIDATES]
    # Where nobody asks for a cause, the headline is about what stands beside.
    told = told or finding.beside[:_MOST_CANDIDATES]
    sections = (
        Section(Part.FOR, tuple(_facts((v, v.evidence_for) for v in told))),
        Section(Part.AGAINST, tuple(_facts((v, v.evidence_against) for v in told))),
        Section(Part.UNREAD, tuple(gap_item(gap) for gap in finding.unread)),
        _patch(finding),
        Section(Part.PROOF, tuple(_proof(finding))),
        Section(Part.SURE, tuple(_how_sure(finding))),
        Section(Part.ASK, tuple(_to_ask(finding))),
        Section(Part.BESIDE, tuple(_beside(verdict) for verdict in finding.beside)),
    )
    return tuple(section for section in sections if section.items or section.code)


def gap_item(gap: Gap) -> Item:
    """What could not be read, what it costs, and how to get it."""
    text, command = split_command(gap.cost)
    said = f"{gap.what} ({gap.kind.value})" + (f": {text}" if text else "")
    return Item(said, pointer=gap.where, command=command)


def split_command(text: str) -> tuple[str, str]:
    """A text that ends in a kubectl line as (text, line); the line is "" where there is none."""
    match = _COMMAND.match(text)
    if match is None:
        return text, ""
    said = re.sub(r"[;,]?\s*\bget [a-z ]{2,20} with$", "", match["text"])
    return said, match["command"]


def _facts(sides: Iterable[tuple[Verdict, tuple[Evidence, ...]]]) -> Iterator[Item]:
    """The facts of some verdicts, each once; where verdicts compete, with the ids it speaks to."""
    listed = list(sides)
    told: dict[str, tuple[Evidence, list[str]]] = {}
    for verdict, facts in listed:
        for fact in sorted(facts, key=lambda fact: -fact.weight):
            told.setdefault(fact.text, (fact, []))[1].append(verdict.cause)
    for fact, causes in told.values():
        label = f"{', '.join(dict.fromkeys(causes))}: " if len(listed) > 1 else ""
        yield Item(label + fact.text, fact.grounds.value, str(fact.origin or ""))


def _patch(finding: Finding) -> Section:
    patch = finding.patch
    if patch is None:
        return Section(Part.PATCH, ())
    code = patch.diff or patch.command
    place = f" ({patch.target})" if patch.target and patch.target not in code else ""
    items = [Item(patch.explanation + place, patch.safety.value)]
    items.extend(Item(caveat, "mind") for caveat in patch.caveats)
    return Section(Part.PATCH, tuple(items), code, "diff" if patch.diff else "sh")


def _proof(finding: Finding) -> Iterator[Item]:
    if finding.proof is not None:
        for text, word in proof_lines(finding.proof):
            yield Item(text, word)


def _how_sure(finding: Finding) -> Iterator[Item]:
    """The answer and its rivals with their confidences; last, where that is so, that none wins."""
    for place, verdict in enumerate(finding.verdicts[:_MOST_CANDIDATES]):
        answer = finding.decided and place == 0
        if answer or verdict.confidence >= _LEAST_SHARE:
            yield Item(f"{verdict.cause}: {verdict.title}", percent(verdict.confidence))
    if not finding.decided and finding.would_decide:
        yield Item("cannot tell; these facts would decide it")
    elif not finding.decided and (finding.verdicts or not finding.beside):
        yield Item("cannot tell, and nothing known would decide it")


def _to_ask(finding: Finding) -> Iterator[Item]:
    """Facts that would decide; not those whose command stands among the unread already."""
    wanted, costs = finding.would_decide, ""
    if finding.cause is not None and finding.cause.confidence < _SURE_ENOUGH:
        wanted, costs = finding.cause.would_decide, "\n".join(gap.cost for gap in finding.unread)
    for fact in wanted:
        text, command = split_command(fact)
        if not command or command not in costs:
            yield Item(text, command=command)


def _beside(verdict: Verdict) -> Item:
    note = "hazard" if verdict.role is Role.HAZARD else "contributing"
    fact = max(verdict.evidence_for, key=lambda fact: fact.weight, default=None)
    pointer = str(fact.origin or "") if fact is not None else ""
    return Item(f"{verdict.summary} ({verdict.cause})", note, pointer)
