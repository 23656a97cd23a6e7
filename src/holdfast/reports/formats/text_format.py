"""Text for a terminal, a pipe or a chat.

Rules: the deciding sentence comes first in every finding. Lines wrap at the width; a line for a
shell or of a diff never wraps, because it is copied. Without colour there is not one escape
sequence. Only colour is optional: both outputs have the same characters otherwise.
"""

import textwrap
from collections.abc import Iterator

from holdfast.model.evidence import Grounds
from holdfast.model.finding import Diagnosis, Finding, State
from holdfast.reports.arrangement import Told, ToldGroup, arrange
from holdfast.reports.ink import Ink, ink_of, paint
from holdfast.reports.options import RenderOptions
from holdfast.reports.story import Item, Part, Section, gap_item, story
from holdfast.reports.strip import LEGEND, strip
from holdfast.reports.summary import found_line, left_out, read_line
from holdfast.reports.words import (
    belongs,
    clock,
    length,
    listing,
    plural,
    sentence,
    state_word,
)

NAME = "text"

_LABELS = {
    Part.FOR: "for",
    Part.AGAINST: "against",
    Part.UNREAD: "not read",
    Part.PATCH: "patch",
    Part.PROOF: "proof",
    Part.SURE: "sure",
    Part.ASK: "ask",
    Part.BESIDE: "beside",
}
_MARGIN = 2
_LABEL_WIDTH = 10
_INDENT = " " * (_MARGIN + _LABEL_WIDTH)
_MOST_NAMES = 8
_MOST_LANES = 6
_MOST_CELLS = 60
_LEAST_CELLS = 10


def render(diagnosis: Diagnosis, options: RenderOptions) -> str:
    """The diagnosis as lines of at most `options.width` columns, commands and diffs aside."""
    return "".join(f"{line.rstrip()}\n" for line in _Page(options).lines(diagnosis))


class _Page:
    """Lines of one report, with its width and its ink."""

    def __init__(self, options: RenderOptions) -> None:
        self.width = options.width
        self.color = options.color

    def lines(self, diagnosis: Diagnosis) -> Iterator[str]:
        """Head, groups, findings, what needs nobody, gaps."""
        arranged = arrange(diagnosis)
        yield from self.wrap(read_line(diagnosis), "", Ink.FAINT)
        hint = "" if arranged.quiet or ";" not in found_line(diagnosis) else " (--all lists them)"
        yield from self.wrap(found_line(diagnosis) + hint, "", Ink.STRONG)
        for group in arranged.groups:
            yield from self.group(group)
        for told in arranged.told:
            yield from self.finding(told)
        if arranged.quiet:
            yield ""
            for finding in arranged.quiet:
                label = self.paint(state_word(finding.state).ljust(10), ink_of(finding.state))
                yield f"{label} {finding.subject.name}"
        yield from self.foot(diagnosis)

    def foot(self, diagnosis: Diagnosis) -> Iterator[str]:
        """What is missing: findings beyond the limit, and gaps that concern everything."""
        more = left_out(diagnosis)
        if more:
            yield from ("", f"{plural(more, 'more finding')} not shown")
        told = {gap for finding in diagnosis.findings for gap in finding.unread}
        items = tuple(gap_item(gap) for gap in diagnosis.gaps if gap not in told)
        if items:
            yield from ("", self.paint("could not be read", Ink.STRONG))
            for item in items:
                yield from self.item(item, " " * _MARGIN, "? ")
        if any(finding.timeline for finding in diagnosis.findings):
            yield ""
            yield from self.wrap(LEGEND, "", Ink.FAINT)

    def group(self, told: ToldGroup) -> Iterator[str]:
        """One cause, its victims by name."""
        group = told.group
        victims = plural(len(group.members), "victim")
        yield ""
        yield self.paint(f"ONE CAUSE, {victims.upper()}", Ink.BAD) + self.paint(
            f"  {clock(group.started_at)} to {clock(group.ended_at)} UTC", Ink.FAINT
        )
        yield from self.wrap(sentence(group.headline), " " * _MARGIN, Ink.STRONG)
        if group.verdict is not None:
            as_finding = Finding(
                group.members[0], State.RESTARTS, group.headline, decided=True,
                verdicts=(group.verdict,),
            )  # fmt: skip
            for section in story(as_finding):
                yield from self.section(section)
        names = listing((member.name for member in group.members), _MOST_NAMES)
        yield from self.labelled("victims", names)

    def finding(self, told: Told) -> Iterator[str]:
        """Heading, sentence, sections, siblings, timeline."""
        finding = told.finding
        yield ""
        yield from self.heading(finding)
        yield from self.wrap(sentence(finding.headline), " " * _MARGIN, Ink.STRONG)
        for section in story(finding):
            yield from self.section(section)
        if told.alike:
            names = (f"{other.subject.pod} ({other.restarts})" for other in told.alike)
            yield from self.labelled("likewise", listing(names, _MOST_NAMES))
        yield from self.timeline(finding)

    def heading(self, finding: Finding) -> Iterator[str]:
        """State, name, restarts, owner and node; on two lines where one is too narrow."""
        state, name = state_word(finding.state), finding.subject.name
        restarts = plural(finding.restarts, "restart") if finding.restarts else ""
        rest = "  ".join(part for part in (restarts, belongs(finding.subject)) if part)
        first = f"{self.paint(state, ink_of(finding.state))}  {self.paint(name, Ink.PLACE)}"
        if len(f"{state}  {name}  {rest}") <= self.width:
            yield f"{first}  {self.paint(rest, Ink.FAINT)}"
        else:
            yield first
            yield from self.wrap(rest, " " * _MARGIN, Ink.FAINT)

    def section(self, section: Section) -> Iterator[str]:
        """A label in the margin, then its lines."""
        label = _LABELS[section.part]
        for index, item in enumerate(section.items):
            first = label if index == 0 else ""
            yield from self.item(item, " " * _MARGIN + first.ljust(_LABEL_WIDTH), "")
        for line in section.code.splitlines():
            yield _INDENT + self.paint(line, _ink_of_line(line, section.language))

    def item(self, item: Item, lead: str, mark: str) -> Iterator[str]:
        """A wrapped text with its note; its command below in one piece."""
        said = _with_note(item)
        if said:
            yield from textwrap.wrap(
                mark + said,
                self.width,
                initial_indent=lead,
                subsequent_indent=" " * len(lead + mark),
                break_long_words=False,
                break_on_hyphens=False,
            )
            lead = " " * len(lead)
        if item.command:
            yield lead + " " * len(mark) + self.paint(item.command, Ink.PLACE)

    def labelled(self, label: str, text: str) -> Iterator[str]:
        """A line with a label in the margin."""
        yield from self.item(Item(text), " " * _MARGIN + label.ljust(_LABEL_WIDTH), "")

    def timeline(self, finding: Finding) -> Iterator[str]:
        """One strip per container, the stretch of time behind the first."""
        timeline = finding.timeline
        if timeline is None or not timeline.lanes:
            return
        lanes = timeline.lanes[:_MOST_LANES]
        broad = min(20, max(len(lane.name) for lane in lanes))
        span = f"{length(timeline.start, timeline.end)} to {clock(timeline.end)} UTC"
        room = self.width - len(_INDENT) - broad - 4 - len(span)
        cells = max(_LEAST_CELLS, min(_MOST_CELLS, room))
        for index, lane in enumerate(lanes):
            lead = " " * _MARGIN + ("timeline" if index == 0 else "").ljust(_LABEL_WIDTH)
            tail = self.paint(span, Ink.FAINT) if index == 0 else ""
            drawn = strip(timeline, lane, cells)
            yield f"{lead}{lane.name[:broad].ljust(broad)}  {drawn}  {tail}"
        if len(timeline.lanes) > len(lanes):
            yield f"{_INDENT}and {len(timeline.lanes) - len(lanes)} more containers"

    def wrap(self, text: str, indent: str, ink: Ink) -> Iterator[str]:
        """Lines of text, each painted by itself."""
        for line in textwrap.wrap(
            text,
            self.width,
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        ):
            yield self.paint(line, ink)

    def paint(self, text: str, ink: Ink) -> str:
        """The text in a style, when colour is wanted."""
        return paint(text, ink, color=self.color)


def _with_note(item: Item) -> str:
    """A share or a safety leads its text, a word on how a fact is known follows it."""
    if not item.note:
        return item.text
    if item.note == Grounds.READ and item.pointer:
        return f"{item.text} (read, {item.pointer.partition(': ')[0]})"
    if item.note in set(Grounds):
        return f"{item.text} ({item.note})"
    return f"{item.note}  {item.text}" if item.note.endswith("%") else f"{item.note}: {item.text}"


def _ink_of_line(line: str, language: str) -> Ink:
    if language != "diff":
        return Ink.PLACE
    if line.startswith(("+++", "---", "@@")):
        return Ink.FAINT
    return {"+": Ink.GOOD, "-": Ink.REMOVED}.get(line[:1], Ink.PLAIN)
