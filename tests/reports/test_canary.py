"""Secrets and escape sequences in any text of a diagnosis reach no format."""

import re
from typing import Any

import pytest
from tests.reports.diagnoses import everything, replaced_texts

from holdfast.reports.clean import clean
from holdfast.reports.options import RenderOptions
from holdfast.reports.render import formats, render

SECRETS = {
    "password of a URL": ("postgres://app:canary-Pw1@db:5432/shop", "canary-Pw1"),
    "bearer token": ("Authorization: Bearer canary.Tok-en2345678", "canary.Tok-en2345678"),
    "AWS key": ("key AKIACANARY3EXAMPLE77 refused", "AKIACANARY3EXAMPLE77"),
    "variable": ("env DB_PASSWORD=canary4xyz set", "canary4xyz"),
    "JSON field": ('{"api_key": "canary5xyz"}', "canary5xyz"),
    "flag": ("started with --redis-password canary6xyz", "canary6xyz"),
    "JSON web token": ("got eyJhbGciOiJIUzI1NiJ9.eyJjYW5hcnkiOjd9.c2ln", "eyJjYW5hcnkiOjd9"),
}
HOSTILE = (
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b2J \x07\x08\x00 \u202egnp.exe\u202c \ufeff"
    " <script>alert(1)</script> <img src=x onerror=alert(1)> \"' onload=x & | `code` ```\r\n"
)


def rendered(name: str, text: str) -> str:
    """A format's output for a diagnosis in which every text is this one."""
    options = RenderOptions(show_quiet=True, version="1")
    planted: Any = replaced_texts(everything(), text)
    return render(name, planted, options)


@pytest.mark.parametrize("name", formats())
@pytest.mark.parametrize(("text", "secret"), SECRETS.values(), ids=SECRETS.keys())
def test_secret_in_any_text_is_not_printed(name: str, text: str, secret: str) -> None:
    """A report is pasted into issues: no field may carry a secret out."""
    printed = rendered(name, text)

    assert secret not in printed
    assert "redacted" in printed


@pytest.mark.parametrize("name", formats())
def test_secret_split_by_an_escape_sequence_is_not_printed(name: str) -> None:
    """Colour codes inside a line must not hide a secret from the redaction."""
    printed = rendered(name, "PASS\x1b[1mWORD=canary\x1b[0m8xyz")

    assert "canary8xyz" not in printed
    assert "canary" not in printed


@pytest.mark.parametrize("name", formats())
def test_no_control_character_is_printed(name: str) -> None:
    """A log line must not move the cursor, ring the bell or reverse the reading direction."""
    printed = rendered(name, HOSTILE)

    found = {char for char in printed if not char.isprintable() and char not in "\n\t"}
    assert found == set()


def test_hostile_text_is_no_markup_in_html() -> None:
    """A pod can be named anything by those who control the cluster's objects."""
    printed = rendered("html", HOSTILE)

    assert printed.count("<script>") == 1
    assert "<img" not in printed
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in printed


def test_hostile_text_is_no_markup_in_markdown() -> None:
    """Outside of code, nothing of a log line is read as HTML or as a table cell."""
    lines = rendered("markdown", HOSTILE).splitlines()
    fenced, outside = "", []
    for line in lines:
        mark = line.strip()
        if fenced:
            fenced = "" if mark == fenced else fenced
        elif mark.startswith("```"):
            fenced = mark[: len(mark) - len(mark.lstrip("`"))]
        else:
            outside.append(line)

    assert fenced == ""
    assert not any(
        "<script" in line.replace("\\<script", "") for line in outside if "`" not in line
    )


def test_nobody_is_mentioned_in_markdown() -> None:
    """Pasting a report notifies no stranger and links no other issue."""
    printed = re.sub(r"`[^`]*`", "", rendered("markdown", "ping @everyone #12"))

    assert "@<!-- -->everyone #<!-- -->12" in printed
    assert "@everyone" not in printed
    assert "#12" not in printed


def test_cleaning_twice_changes_nothing() -> None:
    """The gate can stand in front of a gate."""
    once = clean(replaced_texts(everything(), " ".join(text for text, _ in SECRETS.values())))

    assert clean(once) == once


def test_cleaning_keeps_what_decides() -> None:
    """Hosts, ports and users tell the cause and stay."""
    cleaned = clean(replaced_texts(everything(), "dial postgres://app:pw@db:5432 refused"))

    assert cleaned.findings[0].headline == "dial postgres://app:[redacted]@db:5432 refused"
