"""Lengths of time, in seconds, read and written the way Go and Kubernetes do.

Source of the text form: Go `time.ParseDuration` and `time.Duration.String` ("1m20s", "5m0s").
"""

from typing import Self

import msgspec

from holdfast.model.regex import regex

_UNIT_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
# kubectl prints ages with days and years as well (k8s.io/apimachinery duration.HumanDuration).
_AGE_UNIT_SECONDS = {**_UNIT_SECONDS, "d": 86400.0, "y": 365 * 86400.0}
_PART = regex(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d|y)")


class Duration(msgspec.Struct, frozen=True, order=True):
    """A length of time. `seconds` may be fractional, and negative for clocks that ran backwards."""

    seconds: float

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "1m20s", "90s", "1.5h" or an age of kubectl such as "3d4h".

        Raises ValueError with the offending text when it is none of these.
        """
        stripped = text.strip()
        sign = -1.0 if stripped.startswith("-") else 1.0
        body = stripped.lstrip("+-")
        if body == "0":
            return cls(0.0)
        parts = _PART.findall(body)
        if not parts or "".join(number + unit for number, unit in parts) != body:
            raise ValueError(f"{text!r} is not a duration; expected a form such as 1m20s or 3d4h")
        return cls(sign * sum(float(number) * _AGE_UNIT_SECONDS[unit] for number, unit in parts))

    def __str__(self) -> str:
        """The duration as people read it: "0.4s", "34s", "1m20s", "2h5m", "3d4h"."""
        if self.seconds < 0:
            return "-" + str(Duration(-self.seconds))
        if self.seconds < 10 and self.seconds != int(self.seconds):
            return f"{self.seconds:.1f}s"
        whole = round(self.seconds)
        if whole < 60:
            return f"{whole}s"
        if whole < 3600:
            return _two_units(whole, 60, "m", 1, "s")
        if whole < 86400:
            return _two_units(whole, 3600, "h", 60, "m")
        return _two_units(whole, 86400, "d", 3600, "h")


def _two_units(seconds: int, large: int, large_name: str, small: int, small_name: str) -> str:
    rest = seconds % large // small
    return f"{seconds // large}{large_name}" + (f"{rest}{small_name}" if rest else "")
