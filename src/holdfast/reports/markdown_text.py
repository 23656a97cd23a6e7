"""Text of others within Markdown: nothing in it is taken for markup."""

import html

from holdfast.model.printable import one_line
from holdfast.model.regex import regex

# CommonMark 0.31.2 section 2.4, without those that mean nothing inside a line.
_SPECIAL = regex(r"([\\`*_\[\]<>&|~$])")
# "@name" and "#12" are found by GitHub after rendering, so a backslash does not stop them; an
# empty comment does.
_REFERENCE = regex(r"([@#])(?=\w)")


def escaped(text: str) -> str:
    """In a line of Markdown, or a cell of a table."""
    return _REFERENCE.sub(r"\1<!-- -->", _SPECIAL.sub(r"\\\1", one_line(text)))


def escaped_html(text: str) -> str:
    """In an element of HTML within Markdown."""
    return _REFERENCE.sub(r"\1<!-- -->", html.escape(one_line(text), quote=False))
