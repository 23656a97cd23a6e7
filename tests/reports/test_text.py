"""Text for terminals: exact pages, so that a change of layout is a decision."""

import re
from pathlib import Path

import msgspec
import pytest
from tests.reports.diagnoses import (
    DECIDED,
    HEALTHY,
    PATCH,
    UNDECIDED,
    diagnosis,
    everything,
    group,
    member,
)

from holdfast.model.finding import Finding, State, Subject
from holdfast.reports.options import RenderOptions
from holdfast.reports.render import render

EXPECTED = Path(__file__).parent / "expected"
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def text(*findings: Finding, **options: object) -> str:
    """The text of a diagnosis of these findings."""
    return render("text", diagnosis(*findings), RenderOptions(**options))  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "extension"), [("text", "txt"), ("markdown", "md")])
def test_page_is_as_it_was_agreed(name: str, extension: str) -> None:
    """The whole page, with everything a report can hold, in its reading order."""
    expected = (EXPECTED / f"everything.{extension}").read_text(encoding="utf-8")

    assert render(name, everything(), RenderOptions(version="1.2.3")) == expected


def test_colour_changes_nothing_but_colour() -> None:
    """Whoever greps coloured output finds the same characters as in plain output."""
    plain = render("text", everything(), RenderOptions())
    coloured = render("text", everything(), RenderOptions(color=True))

    assert "\x1b" not in plain
    assert coloured != plain
    stripped = "".join(f"{ESCAPE.sub('', line).rstrip()}\n" for line in coloured.splitlines())
    assert stripped == plain


@pytest.mark.parametrize("columns", [60, 100, 160])
def test_lines_keep_the_width(columns: int) -> None:
    """Only commands and diffs, which are copied, may be longer than the terminal."""
    copied = [
        line
        for line in render("text", everything(), RenderOptions(width=columns)).splitlines()
        if len(line) > columns
    ]

    assert all("kubectl" in line for line in copied)


def test_deciding_sentence_comes_before_all_evidence() -> None:
    """Who reads two lines knows the cause."""
    lines = text(DECIDED).splitlines()
    heading = next(i for i, line in enumerate(lines) if line.startswith("RESTARTS"))

    assert lines[heading + 1] == "  Container api cannot reach db:5432: connection refused"


def test_quiet_pods_are_counted_not_listed() -> None:
    """A page about trouble has no list of healthy pods, but says how many there are."""
    page = text(DECIDED, HEALTHY)

    assert "1 container restarts; 1 needs nobody (--all lists them)" in page
    assert "web-1" not in page
    assert "HEALTHY    shop/web-1" in text(DECIDED, HEALTHY, show_quiet=True)


def test_findings_beyond_the_limit_are_counted() -> None:
    """Nothing vanishes in silence."""
    page = text(DECIDED, UNDECIDED, HEALTHY, max_findings=1)

    assert "2 containers restart; 1 needs nobody" in page
    assert "1 more finding not shown" in page
    assert "worker-1" not in page


def test_members_of_a_group_are_told_once() -> None:
    """Five victims of one node are one story."""
    members = tuple(member(number) for number in range(5))
    page = render("text", diagnosis(*members, groups=(group(5),)), RenderOptions())

    assert page.count("Node n1 restarted") == 1
    assert "ONE CAUSE, 5 VICTIMS" in page
    assert "\nRESTARTS" not in page


def test_member_with_a_patch_is_told_itself() -> None:
    """What somebody has to do is never folded into a list of names."""
    patched = member(1, patch=PATCH)
    page = render("text", diagnosis(member(0), patched, groups=(group(2),)), RenderOptions())

    assert "RESTARTS  shop/cart-1 [app]" in page
    assert "RESTARTS  shop/cart-0" not in page


def test_replicas_with_one_cause_are_told_once() -> None:
    """Thirty replicas that crash alike need one paragraph, not thirty."""
    twin = msgspec.structs.replace(
        DECIDED, subject=msgspec.structs.replace(DECIDED.subject, pod="api-5d9c-y8"), restarts=9
    )
    page = text(DECIDED, twin)

    assert page.count("Container api cannot reach") == 1
    assert "  likewise  api-5d9c-y8 (9)" in page


def test_no_trouble_is_said_of_what_was_examined_only() -> None:
    """A report never calls healthy what nobody read."""
    page = text(HEALTHY)

    assert "1 pod, 1 container read from pods.json" in page
    assert "no trouble found in what was examined" in page


def test_unknown_without_a_way_out_says_so() -> None:
    """An undecided finding without any candidate is still an answer."""
    finding = Finding(Subject("shop", "x", "app"), State.RESTARTS, "cannot tell why app ended")

    assert "  sure      cannot tell, and nothing known would decide it" in text(finding)
