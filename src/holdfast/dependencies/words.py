"""Words of others, made fit to be shown in a line, and text as JSON.

Rules: one line, no control characters, bounded.
"""

_LONGEST = 200


def readable(text: str) -> str:
    """One bounded line that cannot move the cursor of a terminal."""
    clean = "".join(c if c.isprintable() else " " for c in text[: 2 * _LONGEST])
    line = " ".join(clean.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 3] + "..."


def json_string(text: str) -> str:
    """A text as JSON, in quotes.

    The encoder of `json` without the rest of it: `json` imports `re`, which costs as much as the
    interpreter (docs/specs/service.md 11.5).
    """
    from _json import encode_basestring_ascii

    return encode_basestring_ascii(text)
