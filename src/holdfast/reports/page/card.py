"""One finding of the HTML report: a line that tells the cause, and all else folded below it."""

from collections.abc import Iterable

from holdfast.model.finding import QUIET, TROUBLED, Finding, Group, State
from holdfast.reports.arrangement import Told, ToldGroup
from holdfast.reports.page.markup import Child, Markup, element
from holdfast.reports.page.timeline_svg import timeline_svg
from holdfast.reports.story import Item, Section, story
from holdfast.reports.words import (
    belongs,
    clock,
    listing,
    plural,
    sentence,
    state_word,
    surety,
)

# A page with thousands of names would no longer be read by anybody.
_MOST_NAMES = 100


def finding_card(told: Told, identity: str, *, unfolded: bool) -> Markup:
    """A finding and the names of those that say the same."""
    finding = told.finding
    sections = [section_block(section) for section in story(finding)]
    if told.alike:
        names = (f"{other.subject.pod} ({other.restarts})" for other in told.alike)
        sections.append(_block("Likewise", element("p", listing(names, _MOST_NAMES))))
    if finding.timeline is not None and finding.timeline.lanes:
        drawn = timeline_svg(finding.timeline, finding.subject.name)
        sections.append(element("section", drawn, aria_label="Timeline"))
    restarts = plural(finding.restarts, "restart") if finding.restarts else ""
    rest = ", ".join(part for part in (restarts, belongs(finding.subject)) if part)
    cause = finding.cause.cause if finding.cause is not None else ""
    return _card(
        _Line(finding.state, finding.subject.name, rest, finding.headline),
        (_sure(finding), cause),
        sections,
        identity,
        unfolded=unfolded,
    )


def group_card(told: ToldGroup, identity: str) -> Markup:
    """One cause with its victims."""
    group = told.group
    sections = [section_block(section) for section in story(_as_finding(group))]
    names = (element("li", member.name) for member in group.members[:_MOST_NAMES])
    more = len(group.members) - _MOST_NAMES
    rest = element("li", f"and {more} more") if more > 0 else None
    sections.append(_block("Victims", element("ul", *names, rest)))
    when = f"{clock(group.started_at)} to {clock(group.ended_at)} UTC"
    victims = f"One cause, {plural(len(group.members), 'victim')}"
    cause = group.verdict.cause if group.verdict is not None else ""
    return _card(
        _Line(State.RESTARTS, victims, when, group.headline),
        (_sure(_as_finding(group)) if group.verdict else None, cause),
        sections,
        identity,
        unfolded=True,
    )


def section_block(section: Section) -> Markup:
    """A part of a finding with its title."""
    entries = element("ul", *(item_entry(item) for item in section.items))
    code = _code(section.code, section.language) if section.code else None
    return _block(section.part.value, entries, code)


def item_entry(item: Item) -> Markup:
    """One fact with its note, its place and its command."""
    return element(
        "li",
        element("span", item.note, class_="note") if item.note else None,
        item.text,
        element("code", item.pointer, class_="pointer") if item.pointer else None,
        _code(item.command, "sh") if item.command else None,
    )


class _Line:
    """What a folded finding shows."""

    def __init__(self, state: State, name: str, rest: str, headline: str) -> None:
        self.state, self.name, self.rest, self.headline = state, name, rest, headline

    def markup(self, sure: Iterable[Child]) -> Markup:
        """The summary element."""
        who = element("span", element("span", self.name, class_="name"), f"  {self.rest}".rstrip(),
                      class_="who")  # fmt: skip
        headline = element("span", sentence(self.headline), class_="headline")
        return element(
            "summary",
            element("span", state_word(self.state), class_=f"state {_alarm(self.state)}"),
            element("span", headline, who, class_="what"),
            element("span", *sure, class_="sure"),
        )


def _card(
    line: _Line, sure: Iterable[Child], sections: Iterable[Child], identity: str, *, unfolded: bool
) -> Markup:
    return element(
        "details",
        line.markup(sure),
        element("div", *sections, class_="body"),
        id=identity,
        class_="finding",
        data_state=line.state.value,
        open="" if unfolded else None,
    )


def _sure(finding: Finding) -> Markup:
    said = surety(finding)
    return element("b", f"{said} sure" if said.endswith("%") else said)


def _as_finding(group: Group) -> Finding:
    verdicts = (group.verdict,) if group.verdict is not None else ()
    return Finding(
        group.members[0], State.RESTARTS, group.headline, decided=bool(verdicts), verdicts=verdicts
    )


def _block(title: str, *content: Child) -> Markup:
    return element("section", element("h3", title), element("div", *content), class_="section")


def _code(code: str, language: str) -> Markup:
    lines = (
        element("span", line, class_=f"line {_class_of(line, language)}".rstrip())
        for line in code.splitlines()
    )
    wraps = "shell" if language == "sh" else None
    pre = element("pre", element("code", *lines), class_=wraps, tabindex="0")
    return element("div", pre, class_="code")


def _class_of(line: str, language: str) -> str:
    if language != "diff":
        return ""
    if line.startswith(("+++", "---", "@@")):
        return "meta"
    return {"+": "added", "-": "removed"}.get(line[:1], "")


def _alarm(state: State) -> str:
    if state in TROUBLED:
        return "bad"
    return "good" if state in QUIET else "uneasy"
