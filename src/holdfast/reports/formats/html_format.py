"""One HTML file that works without a network, without a server and without a script.

Rules: the content security policy allows exactly this style sheet and this script, by their hash,
and no request of any kind; a browser refuses whatever might slip in. Text becomes HTML in
`page.markup` only, which escapes it.
"""

from collections.abc import Iterator

from holdfast.model.finding import Diagnosis, State
from holdfast.reports.arrangement import Arrangement, arrange
from holdfast.reports.options import RenderOptions
from holdfast.reports.page.card import finding_card, group_card, item_entry
from holdfast.reports.page.head import page_head
from holdfast.reports.page.markup import Markup, element
from holdfast.reports.page.script import SCRIPT
from holdfast.reports.page.timeline_svg import legend, pattern_definitions
from holdfast.reports.story import gap_item
from holdfast.reports.summary import found_line, left_out, read_line
from holdfast.reports.words import plural, sentence, state_word

NAME = "html"

_TITLE = "holdfast: why pods restart"
_ONE_SCREEN = 3


def render(diagnosis: Diagnosis, options: RenderOptions) -> str:
    """A complete document; findings beyond the first few are folded."""
    arranged = arrange(diagnosis)
    page = element(
        "html",
        page_head(_TITLE, SCRIPT),
        element(
            "body",
            element("a", "Skip to the findings", class_="skip", href="#findings"),
            pattern_definitions(),
            _header(diagnosis),
            element("main", *_main(diagnosis, arranged), id="findings", tabindex="-1"),
            _footer(options),
            element("script", Markup(SCRIPT)),
        ),
        lang="en",
    )
    return f"<!DOCTYPE html>\n{page}\n"


def _header(diagnosis: Diagnosis) -> Markup:
    drawn = any(finding.timeline for finding in diagnosis.findings)
    return element(
        "header",
        element("h1", sentence(found_line(diagnosis))),
        element("p", read_line(diagnosis), class_="read"),
        legend() if drawn else None,
    )


def _main(diagnosis: Diagnosis, arranged: Arrangement) -> Iterator[Markup]:
    yield _bar(arranged)
    for number, group in enumerate(arranged.groups, 1):
        yield group_card(group, f"group-{number}")
    few = len(arranged.told) <= _ONE_SCREEN
    for number, told in enumerate(arranged.told, 1):
        yield finding_card(told, f"finding-{number}", unfolded=few or number == 1)
    yield element("p", "Nothing matches the filter.", class_="nothing", hidden="")
    more = left_out(diagnosis)
    if more:
        yield element("p", f"{plural(more, 'more finding')} not shown.")
    if arranged.quiet:
        yield element("h2", "Needs nobody")
        names = (f"{f.subject.name} ({state_word(f.state).lower()})" for f in arranged.quiet)
        yield element("ul", *(element("li", name) for name in names), class_="quiet")
    shown = {gap for finding in diagnosis.findings for gap in finding.unread}
    gaps = [gap_item(gap) for gap in diagnosis.gaps if gap not in shown]
    if gaps:
        yield element("h2", "Could not be read")
        yield element("ul", *(item_entry(item) for item in gaps))


def _bar(arranged: Arrangement) -> Markup:
    """The filter; hidden until the script, without which it does nothing, shows it."""
    present = {told.finding.state for told in arranged.told}
    buttons = (
        element("button", state_word(state).lower(), type="button", aria_pressed="true",
                data_state=state.value)
        for state in State
        if state in present
    )  # fmt: skip
    return element(
        "div",
        element("input", id="filter", type="search", placeholder="Filter (press /)",
                aria_label="Filter findings by any word", autocomplete="off"),
        *(buttons if len(present) > 1 else ()),
        element("button", "Unfold all", id="unfold", type="button"),
        element("output", aria_live="polite"),
        class_="bar",
        role="search",
        hidden="",
    )  # fmt: skip


def _footer(options: RenderOptions) -> Markup:
    made = f"holdfast {options.version}".strip()
    keys = (element("kbd", "j"), " and ", element("kbd", "k"), " move, ", element("kbd", "Enter"),
            " unfolds, ", element("kbd", "/"), " filters.")  # fmt: skip
    return element("footer", element("p", f"Made by {made}. This file asks no network. ", *keys))
