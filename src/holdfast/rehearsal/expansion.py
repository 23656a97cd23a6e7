"""$(VAR) in values of variables, commands and arguments, as the kubelet expands it.

Rules: a name that is not known stays as it is written, "$$" is one dollar sign. Source: kubernetes
v1.36.2 third_party/forked/golang/expansion/expand.go.
"""

import re
from collections.abc import Mapping

from holdfast.model.regex import regex

_REFERENCE = regex(r"\$\$|\$\(([^)]*)\)")


def expand(text: str, known: Mapping[str, str]) -> str:
    """The text with every reference to a known name replaced."""

    def replacement(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        return known.get(match[1], match[0])

    return _REFERENCE.sub(replacement, text)
