"""Markdown for an issue or a chat: an overview, then every finding folded up.

Rules: text from the cluster is escaped, so that it cannot become markup, a mention or a reference
to an issue. Code stands in fences longer than any run of backticks inside. The folds are the
`details` element, which GitHub, GitLab and Gitea render.
"""

import re
from collections.abc import Iterable, Iterator

from holdfast.model.finding import Diagnosis, Finding, State
from holdfast.model.printable import one_line
from holdfast.reports.arrangement import Told, ToldGroup, arrange
from holdfast.reports.markdown_text import escaped, escaped_html
from holdfast.reports.options import RenderOptions
from holdfast.reports.story import Item, Section, gap_item, story
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
    surety,
)

NAME = "markdown"

_CELLS = 60
_MOST_NAMES = 20


def render(diagnosis: Diagnosis, options: RenderOptions) -> str:
    """The diagnosis as GitHub Flavored Markdown."""
    del options
    return "\n".join(_page(diagnosis)).rstrip() + "\n"


def _page(diagnosis: Diagnosis) -> Iterator[str]:
    arranged = arrange(diagnosis)
    yield f"## {escaped(sentence(found_line(diagnosis)))}"
    yield from ("", escaped(read_line(diagnosis)), "")
    if len(arranged.told) > 1:
        yield from _overview(arranged.told)
    for group in arranged.groups:
        yield from _group(group)
    for told in arranged.told:
        yield from _finding(told, unfolded=len(arranged.told) == 1)
    if arranged.quiet:
        names = (f"{f.subject.name} ({state_word(f.state).lower()})" for f in arranged.quiet)
        yield from (f"Needs nobody: {escaped(listing(names, _MOST_NAMES))}", "")
    more = left_out(diagnosis)
    if more:
        yield from (f"{plural(more, 'more finding')} not shown.", "")
    shown = {gap for finding in diagnosis.findings for gap in finding.unread}
    gaps = [gap_item(gap) for gap in diagnosis.gaps if gap not in shown]
    if gaps:
        yield from ("### Could not be read", "")
        yield from _items(gaps)
    if any(finding.timeline for finding in diagnosis.findings):
        yield f"<sub>{escaped_html(LEGEND)}</sub>"


def _overview(rows: Iterable[Told]) -> Iterator[str]:
    yield "| State | Pod | Restarts | Cause | Sure |"
    yield "|---|---|---:|---|---|"
    for finding, alike in rows:
        name = escaped(finding.subject.name) + (f" and {len(alike)} more" if alike else "")
        cause = f"{finding.cause.cause} {finding.cause.title}" if finding.cause else ""
        state = state_word(finding.state).lower()
        yield (
            f"| {state} | {name} | {finding.restarts} | {escaped(cause)} "
            f"| {escaped(surety(finding))} |"
        )
    yield ""


def _group(told: ToldGroup) -> Iterator[str]:
    group = told.group
    yield f"### One cause, {plural(len(group.members), 'victim')}: {escaped(group.headline)}"
    yield from ("", f"Between {clock(group.started_at)} and {clock(group.ended_at)} UTC.", "")
    if group.verdict is not None:
        finding = Finding(
            group.members[0], State.RESTARTS, "", decided=True, verdicts=(group.verdict,)
        )
        for section in story(finding):
            yield from _section(section)
    names = listing((member.name for member in group.members), _MOST_NAMES)
    yield from (f"Victims: {escaped(names)}", "")


def _finding(told: Told, *, unfolded: bool) -> Iterator[str]:
    finding = told.finding
    opened = "<details open>" if unfolded else "<details>"
    name = f"<b>{state_word(finding.state)}</b> <code>{escaped_html(finding.subject.name)}</code>"
    yield f"{opened}<summary>{name} {escaped_html(sentence(finding.headline))}</summary>"
    yield ""
    restarts = plural(finding.restarts, "restart") if finding.restarts else ""
    facts = [fact for fact in (restarts, belongs(finding.subject)) if fact]
    if facts:
        yield from (escaped(", ".join(facts)), "")
    for section in story(finding):
        yield from _section(section)
    if told.alike:
        names = (f"{other.subject.pod} ({other.restarts})" for other in told.alike)
        yield from (f"Likewise: {escaped(listing(names, _MOST_NAMES))}", "")
    yield from _timeline(finding)
    yield from ("</details>", "")


def _section(section: Section) -> Iterator[str]:
    yield from (f"**{section.part.value}**", "")
    yield from _items(section.items)
    if section.code:
        yield from _fenced(section.code, section.language)


def _items(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        note = f"**{escaped(item.note)}** " if item.note else ""
        pointer = f" ({_code(item.pointer)})" if item.pointer else ""
        yield f"- {note}{escaped(item.text)}{pointer}"
        if item.command:
            fenced = list(_fenced(item.command, "sh"))[:-1]
            yield from ("", *(f"  {line}" for line in fenced))
    yield ""


def _timeline(finding: Finding) -> Iterator[str]:
    timeline = finding.timeline
    if timeline is None or not timeline.lanes:
        return
    broad = max(len(lane.name) for lane in timeline.lanes)
    lines = [
        f"{lane.name.ljust(broad)}  {strip(timeline, lane, _CELLS)}" for lane in timeline.lanes
    ]
    span = f"{length(timeline.start, timeline.end)} to {clock(timeline.end)} UTC"
    yield from (f"**Timeline**, {span}", "")
    yield from _fenced("\n".join(lines), "text")


def _fenced(code: str, language: str) -> Iterator[str]:
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (f"{fence}{language}", *code.splitlines(), fence, "")


def _code(text: str) -> str:
    """A code span; its delimiter is longer than any run of backticks inside."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    mark = "`" * (longest + 1)
    padding = " " if longest else ""
    return f"{mark}{padding}{one_line(text)}{padding}{mark}"
