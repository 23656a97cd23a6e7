"""What a commit changes for its users, by the words that it begins with.

Source: https://www.conventionalcommits.org/en/v1.0.0/ (items 1 to 16), and for the types that
release nothing the convention of Angular, which it follows.
"""

import re
from collections.abc import Iterable

from holdfast.model.regex import regex
from holdfast.model.semantic_version import Level

_HEADER = regex(r"(?P<type>[A-Za-z]+)(?:\([^()\n]*\))?(?P<breaking>!)?: ")
_BREAKING_FOOTER = regex(r"^BREAKING[ -]CHANGE: ", re.MULTILINE)
_LEVELS = {"feat": Level.MINOR, "fix": Level.PATCH, "perf": Level.PATCH, "revert": Level.PATCH}


def level_of_commit(message: str) -> Level | None:
    """The level of one commit; None where nothing changes for users (docs, test, chore ...)."""
    header = _HEADER.match(message)
    if _BREAKING_FOOTER.search(message) or (header is not None and header["breaking"]):
        return Level.MAJOR
    return _LEVELS.get(header["type"].lower()) if header is not None else None


def greatest_level(messages: Iterable[str]) -> Level | None:
    """The level of all of them together."""
    found = {level_of_commit(message) for message in messages}
    return next((level for level in Level if level in found), None)
