"""Reads docs/service.md: the programs of each section, and the command that starts them."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "service.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^# (\w+\.py)\n")


class Section(NamedTuple):
    """One section: its files by name, its commands, and its manifests."""

    title: str
    files: dict[str, str]
    commands: list[str]
    manifests: list[str]


def sections() -> dict[str, Section]:
    """All sections of the page that hold code, by their titles. Raises for a block of no use."""
    found = {}
    for part in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        title, _, text = part.partition("\n")
        section = Section(title, {}, [], [])
        for language, code in _BLOCK.findall(text):
            if language == "python":
                name = _FILE.match(code)
                assert name, f"{title}: the first line of a program names its file"
                section.files[name[1]] = code
            elif language == "sh":
                section.commands.append(code.strip())
            elif language == "yaml":
                section.manifests.append(code)
            else:
                raise AssertionError(f"{title}: nothing runs a block of {language}")
        if section.files or section.commands or section.manifests:
            found[title] = section
    return found
