"""Kubernetes resource quantities: "250m", "64Mi", "1.5Gi", "1e3".

Source: k8s.io/apimachinery `pkg/api/resource/quantity.go`. Values are exact (Fraction), because
`100m` CPU and byte counts beyond 2**53 must not be rounded on the way to a patch.
"""

import re
from fractions import Fraction
from functools import lru_cache
from typing import Self

import msgspec

from holdfast.model.regex import regex

_SUFFIX = {
    "n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 1000), "": Fraction(1),
    "k": Fraction(10**3), "M": Fraction(10**6), "G": Fraction(10**9), "T": Fraction(10**12),
    "P": Fraction(10**15), "E": Fraction(10**18),
    "Ki": Fraction(2**10), "Mi": Fraction(2**20), "Gi": Fraction(2**30), "Ti": Fraction(2**40),
    "Pi": Fraction(2**50), "Ei": Fraction(2**60),
}  # fmt: skip
# An exponent of at most two digits: the API holds quantities below 2**63, so a longer one is
# either refused there or an attempt to make the reader build a huge number.
_FORM = regex(
    r"([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d{1,2})|([numkMGTPE]|[KMGTPE]i)?)", re.ASCII
)
_MAX_LENGTH = 64


class Quantity(msgspec.Struct, frozen=True, order=True):
    """An amount of a resource in its base unit: cores for cpu, bytes for memory."""

    amount: Fraction

    @classmethod
    def parse(cls, text: str | float) -> Self:
        """Read a quantity as the API accepts it; raises ValueError with the text otherwise."""
        form = str(text).strip()
        match = _FORM.fullmatch(form) if len(form) <= _MAX_LENGTH else None
        if match is None:
            raise ValueError(f"{form[:80]!r} is not a quantity; expected a form such as 250m, 64Mi")
        number, exponent, suffix = match.groups()
        factor = Fraction(10) ** int(exponent) if exponent else _SUFFIX[suffix or ""]
        return cls(Fraction(number) * factor)

    @property
    def bytes(self) -> int:
        """The amount rounded up to whole bytes, as the API does."""
        return -(-self.amount.numerator // self.amount.denominator)

    @property
    def millicores(self) -> int:
        """The amount in thousandths of a core, rounded up as the API does."""
        thousandths = self.amount * 1000
        return -(-thousandths.numerator // thousandths.denominator)


@lru_cache(maxsize=1024, typed=True)
def read_quantity(text: str | float | None) -> Quantity | None:
    """The quantity, or None where there is none or it cannot be read.

    The same few are read again and again: once for each life of a container in a replay.
    """
    if text is None:
        return None
    try:
        return Quantity.parse(text)
    except ValueError:
        return None


@lru_cache(maxsize=1024, typed=True)
def read_bytes(text: str | float | None) -> int | None:
    """The same in whole bytes."""
    quantity = read_quantity(text)
    return quantity.bytes if quantity is not None else None


def canonical(quantity: Quantity, *, binary: bool = False) -> str:
    """As the API writes it: the largest suffix that leaves a whole number.

    `binary` is the family of the suffix (Ki, Mi) that memory has, against k, M and m.
    """
    amount = quantity.amount
    if binary and amount.denominator == 1:
        return _largest_whole(amount, ("Ei", "Pi", "Ti", "Gi", "Mi", "Ki", ""))
    return _largest_whole(amount, ("E", "P", "T", "G", "M", "k", "", "m", "u", "n"))


def _largest_whole(amount: Fraction, suffixes: tuple[str, ...]) -> str:
    if amount == 0:
        return "0"
    for suffix in suffixes:
        count = amount / _SUFFIX[suffix]
        if count.denominator == 1:
            return f"{count}{suffix}"
    # Finer than a nanounit: the API rounds up.
    count = amount / _SUFFIX["n"]
    return f"{-(-count.numerator // count.denominator)}n"


def format_bytes(count: int) -> str:
    """Bytes in the largest binary unit that keeps three digits: 67108864 is "64Mi"."""
    value = float(count)
    for suffix in ("", "Ki", "Mi", "Gi", "Ti"):
        if abs(value) < 1024 or suffix == "Ti":
            return f"{value:.4g}{suffix}"
        value /= 1024
    raise AssertionError("unreachable: the loop returns at its last unit")
