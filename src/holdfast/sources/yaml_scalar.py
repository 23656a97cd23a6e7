"""Values of plain YAML scalars as the Kubernetes decoder reads them.

That decoder is close to YAML 1.1: `on` is true, `0644` is octal, `1e3` is a number; but `22:22` and
dates stay text (rules.md 5.1; go.yaml.in/yaml v2 resolve.go behind sigs.k8s.io/yaml).
"""

import math
import re
from functools import lru_cache

from holdfast.model.regex import regex

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(
        ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True
    ),
    **dict.fromkeys(
        ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False
    ),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
_NUMBER_HEAD = frozenset("+-.0123456789")
_INTEGER = regex(
    r"([+-]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))", re.ASCII
)
_FLOAT = regex(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_NO_JSON = regex(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
# int64 and uint64 of the Go decoder; beyond them a number becomes a float.
_INTEGER_LOW, _INTEGER_HIGH = -(2**63), 2**64
# Longer runs of digits are no integers of 64 bits in any base.
_LONGEST_INTEGER = 80


@lru_cache(maxsize=65536)
def resolve_plain(text: str) -> bool | int | float | str | None:
    """The value of a scalar without quotes; raises ValueError for infinity and not-a-number."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_HEAD:
        return text
    if _NO_JSON.fullmatch(text):
        raise ValueError(f"{text} has no form in JSON; expected a finite number")
    digits = text.replace("_", "")
    match = _INTEGER.fullmatch(digits) if len(digits) <= _LONGEST_INTEGER else None
    if match is not None:
        value = _integer(match)
        if _INTEGER_LOW <= value < _INTEGER_HIGH:
            return value
    if _FLOAT.fullmatch(digits):
        number = float(digits)
        return number if math.isfinite(number) else text
    return text


def _integer(match: re.Match[str]) -> int:
    sign, *forms = match.groups()
    digits, base = next(
        (form, base) for form, base in zip(forms, (16, 2, 8, 10), strict=True) if form is not None
    )
    return -int(digits, base) if sign == "-" else int(digits, base)
