"""Texts that leave the process, without what they must not tell.

Rules: what a check says about itself is replaced, never trusted: addresses of any kind, user names
in them, file paths and lines of tracebacks. Secrets in the form key=value are replaced whatever
their key is called in upper or lower case. One bounded line.
"""

import re

_LONGEST = 200
_GONE = "[redacted]"
_VALUE = r"\s*[=:]\s*(?:'[^']*'|\"[^\"]*\"|\S+)"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # DSNs and URLs, whole: user, password, host, path and query.
        r"\b[a-z][a-z0-9+.-]{1,30}://[^\s'\"<>]+",
        r"\b(?:bearer|basic)\s+\S+",
        r"\b(?:pass(?:word|wd)?|pwd|secret|token|api[_-]?key|authorization)" + _VALUE,
        r"\b(?:user(?:name)?|host(?:name)?|server|dbname|database)" + _VALUE,
        r"\b(?:user|role|host|database|server|as)\s+(?:'[^']*'|\"[^\"]*\")(?:@'[^']*')?",
        r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*",
        r"\bFile \"[^\"]*\", line \d+(?:, in \S+)?",
        r"(?<![\w.])(?:/[\w.@+-]+){2,}/?",
        r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b",
        r"\[?(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}\]?(?::\d{1,5})?(?![\w:])",
        # A name with dots or a port: db.shop.svc, db-0:5432.
        r"\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z](?::\d{1,5})?\b",
        r"\b[a-z0-9][a-z0-9-]*:\d{2,5}\b",
    )
)


def redact(text: str) -> str:
    """One line of at most 200 characters without addresses, names, paths and secrets."""
    # Cut first: patterns cost time for each character, and a body may be long.
    line = " ".join(text[: 4 * _LONGEST].split())
    for pattern in _PATTERNS:
        line = pattern.sub(_GONE, line)
    clean = "".join(character if character.isprintable() else " " for character in line)
    return clean if len(clean) <= _LONGEST else clean[: _LONGEST - 1] + "…"
