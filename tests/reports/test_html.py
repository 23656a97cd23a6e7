"""The HTML page, as far as it can be judged without a browser."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import msgspec
from tests.reports.diagnoses import (
    BEGIN,
    DECIDED,
    TIMELINE,
    UNDECIDED,
    diagnosis,
    everything,
)

from holdfast.model.finding import Finding
from holdfast.reports.options import RenderOptions
from holdfast.reports.page.timeline_svg import timeline_svg
from holdfast.reports.render import render

VOID = {"meta", "link", "input", "br"}


class Outline(HTMLParser):
    """Collects elements, ids and addresses, and refuses elements that are not closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.forbidden: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember what matters of an element."""
        given = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        self.ids.extend(value for key, value in attrs if key == "id" and value)
        self.addresses.extend(given[key] or "" for key in ("src", "href", "action") if key in given)
        self.forbidden.extend(key for key in given if key.startswith("on") or key == "style")

    def handle_endtag(self, tag: str) -> None:
        """Every element closes the last one that is open."""
        assert self.open.pop() == tag, tag


def page(*findings: Finding) -> str:
    """The page for these findings, or for one of each."""
    options = RenderOptions(version="1.2.3")
    return render("html", diagnosis(*findings) if findings else everything(), options)


def test_page_is_well_formed() -> None:
    """Browsers repair what is broken, each in its own way."""
    outline = Outline(page())

    assert outline.open == []
    assert len(outline.ids) == len(set(outline.ids))


def test_page_refers_to_nothing_outside() -> None:
    """It is opened from mails and archives, without a network."""
    outline = Outline(page())

    assert set(outline.addresses) == {"#findings", "data:,"}
    assert outline.forbidden == []
    assert "url(http" not in page()
    assert "@import" not in page()


def test_policy_allows_exactly_what_is_inside() -> None:
    """The browser itself refuses everything else, should any text slip through."""
    printed = page()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', printed)
    assert policy is not None
    for name in ("style", "script"):
        inside = re.search(rf"<{name}>(.*?)</{name}>", printed, re.DOTALL)
        assert inside is not None
        digest = base64.b64encode(hashlib.sha256(inside[1].encode()).digest()).decode()
        assert f"{name}-src &#x27;sha256-{digest}&#x27;" in policy[1]
    assert policy[1].startswith("default-src &#x27;none&#x27;")


def test_sections_keep_the_reading_order() -> None:
    """The order is the same in every format."""
    body = page(DECIDED)
    titles = re.findall(r"<h3>([^<]*)</h3>", body)

    assert titles == [
        "Evidence for", "Evidence against", "Could not be read", "Patch", "Proof", "How sure",
        "What would tell more", "Beside it",
    ]  # fmt: skip
    assert body.index("Container api cannot reach db:5432") < body.index("Evidence for")
    assert body.index("Beside it") < body.index('class="timeline"')


def test_unknown_is_said() -> None:
    """A page never shows a guess as an answer."""
    assert "cannot tell; these facts would decide it" in page(UNDECIDED)


def test_timeline_draws_every_segment_and_mark() -> None:
    """Each bar and mark tells what it is, for pointers and for screen readers."""
    drawn = timeline_svg(TIMELINE, "shop/api")

    for kind in ("unknown", "running", "back-off"):
        assert f'class="{kind}"' in drawn
    assert "running for 1m from 08:05:00 to 08:06:00: exit 1" in drawn
    assert 'class="severe"' in drawn
    assert "13 times, last at 08:09:50 BackOff: waits" in drawn
    assert 'aria-label="Timeline of shop/api, 10m to 2026-11-23 08:10:00 UTC"' in drawn
    assert [">08:02<" in drawn, ">08:08<" in drawn] == [True, True]


def test_short_life_stays_visible() -> None:
    """A life of one second among a week of waiting is what one looks for."""
    week = 7 * 86400.0
    lane = TIMELINE.lanes[0]
    short = msgspec.structs.replace(lane.segments[1], end=lane.segments[1].start + 1)
    long = msgspec.structs.replace(
        TIMELINE,
        end=type(TIMELINE.end)(BEGIN + week),
        lanes=(msgspec.structs.replace(lane, segments=(short,), marks=()),),
    )
    drawn = timeline_svg(long, "shop/api")

    assert '<rect x="130.4" y="16" width="2" height="14" class="running">' in drawn
    assert ">11-24 00:00<" in drawn


def test_many_pods_stay_small() -> None:
    """300 kB for 34 pods with all they have to tell: it goes into a mail."""
    findings = tuple(
        msgspec.structs.replace(
            DECIDED, subject=msgspec.structs.replace(DECIDED.subject, owner="", pod=f"api-{n}")
        )
        for n in range(34)
    )

    assert len(page(*findings).encode()) < 300_000
