"""JSON forms that are no JSON, and that the builder takes for shell form.

Source: github.com/moby/buildkit frontend/dockerfile/parser/line_parsers.go, parseMaybeJSON.
"""

import re

from holdfast.model.dockerfile import Instruction
from holdfast.model.regex import regex

# `[ "$A" = b ]`, the test of a shell, has white space behind its bracket and no comma.
_ARRAY = regex(r"\[[\"'“”‘’]|\[\s+[\"'“”‘’][^=]*,.*\]$", re.DOTALL)


def is_broken_json(one: Instruction) -> bool:
    """Whether a CMD or ENTRYPOINT is written as an array, and is none."""
    return not one.is_json and _ARRAY.match(one.text) is not None
