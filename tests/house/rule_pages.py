"""Writes the pages of the rules from the rules: `python -m tests.house.rule_pages`."""

from pathlib import Path

from holdfast.lint.catalogue import Entry, catalogue

DIRECTORY = Path(__file__).parents[2] / "docs" / "rules"
INDEX = "README.md"
_HEAD = """# Rules of holdfast check

Written by `python -m tests.house.rule_pages` from the rules themselves. Severity says what happens
when nobody mends it, confidence how the rule knows, audience who wants to hear of it
(`--audience`), and the causes are those of `holdfast why` that it keeps from happening.

| rule | what | severity | confidence | audience | prevents |
|---|---|---|---|---|---|
"""


def pages() -> dict[str, str]:
    """The text of every page by its file name."""
    families: dict[str, list[Entry]] = {}
    for entry in catalogue():
        families.setdefault(entry.module.split(".")[-2], []).append(entry)
    rows = [_row(entry, family) for family, entries in families.items() for entry in entries]
    written = {INDEX: _HEAD + "\n".join(rows) + "\n"}
    for family, entries in families.items():
        parts = [_section(entry) for entry in entries]
        written[f"{family}.md"] = f"# Rules: {family}\n\n" + "\n".join(parts)
    return written


def _row(entry: Entry, family: str) -> str:
    rule = entry.rule
    cells = (
        f"[{rule.id}]({family}.md#{_anchor(rule.id, rule.title)})",
        rule.title,
        rule.severity,
        rule.confidence,
        rule.audience,
        ", ".join(rule.prevents),
    )
    return f"| {' | '.join(cells)} |"


def _section(entry: Entry) -> str:
    rule = entry.rule
    summary, *parts = entry.documentation.strip().split("\n\n")
    since = f", Kubernetes {rule.since} and later" if rule.since else ""
    text = f"## {rule.id}: {rule.title}\n\n{rule.severity}, {rule.confidence}{since}. {summary}\n"
    for part in parts:
        heading, _, body = part.partition("\n")
        underline, _, rest = body.partition("\n")
        text += f"\n**{heading}.** {rest}\n" if set(underline) == {"-"} else f"\n{part}\n"
    return text


def _anchor(one: str, title: str) -> str:
    kept = "".join(c for c in f"{one}: {title}".lower() if c.isalnum() or c in " -_")
    return kept.replace(" ", "-")


if __name__ == "__main__":
    DIRECTORY.mkdir(exist_ok=True)
    for stale in DIRECTORY.glob("*.md"):
        stale.unlink()
    for name, text in pages().items():
        (DIRECTORY / name).write_text(text, encoding="utf-8")
