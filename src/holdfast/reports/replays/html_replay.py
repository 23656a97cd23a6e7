"""Replays as one HTML file without a script and without the network.

Rules: as in formats/html_format.py: the content security policy allows this style sheet only.
"""

from collections.abc import Iterator

from holdfast.model.simulated import Side, Simulated
from holdfast.reports.options import RenderOptions
from holdfast.reports.page.head import page_head
from holdfast.reports.page.markup import Child, Markup, element
from holdfast.reports.page.timeline_svg import legend, pattern_definitions, timeline_svg
from holdfast.reports.replay_words import (
    change_text,
    replay_line,
    spread_text,
    verdict_line,
)

NAME = "html"

_TITLE = "holdfast: replayed"
_CLASSES = {"better": "good", "worse": "bad"}


def render(simulated: Simulated, options: RenderOptions) -> str:
    """A complete document."""
    page = element(
        "html",
        page_head(_TITLE),
        element(
            "body",
            pattern_definitions(),
            element(
                "header",
                element("h1", verdict_line(simulated)),
                element("p", replay_line(simulated), class_="read"),
                legend(),
            ),
            element("main", *_main(simulated)),
            element(
                "footer",
                element("p", f"Made by holdfast {options.version}. This file asks no network."),
                element("p", "Again: ", element("code", simulated.command)),
            ),
        ),
        lang="en",
    )
    return f"<!DOCTYPE html>\n{page}\n"


def _main(simulated: Simulated) -> Iterator[Child]:
    if simulated.changes:
        yield element("h2", "Changed after")
        yield element("ul", *(element("li", element("code", c)) for c in simulated.changes))
    yield element("h2", "In numbers")
    yield _table(simulated)
    for side in simulated.sides:
        yield from _side(side, simulated)
    if simulated.notes:
        yield element("h2", "Notes")
        yield element("ul", *(element("li", note) for note in simulated.notes))


def _table(simulated: Simulated) -> Markup:
    heads = ("", "before", "after", "") if simulated.compared else ("", "value")
    head = element("tr", *(element("th", text, scope="col") for text in heads))
    rows = []
    for m in simulated.measures:
        cells = [element("th", m.title, scope="row"), element("td", spread_text(m.before, m.unit))]
        if simulated.compared:
            mark = change_text(m)
            cells.append(element("td", spread_text(m.after, m.unit)))
            cells.append(element("td", mark, class_=_CLASSES.get(mark)))
        rows.append(element("tr", *cells))
    table = element("table", element("thead", head), element("tbody", *rows), class_="numbers")
    return element("div", table, class_="scroll")


def _side(side: Side, simulated: Simulated) -> Iterator[Child]:
    title = side.label.capitalize() if simulated.compared else "What happened"
    yield element("h2", f"{title}, seed {simulated.seed}")
    if side.timeline.lanes:
        yield timeline_svg(side.timeline, f"{simulated.subject}, {side.label}")
    ends = (element("li", f"{name}: {count:.3g} times a seed") for name, count in side.ends.items())
    states = (element("li", f"in the end {state}") for state in side.states)
    yield element("ul", *ends, *states)
    if side.story:
        story = element("pre", element("code", "\n".join(side.story)), tabindex="0")
        yield element("details", element("summary", "Story"), element("div", story, class_="code"))
