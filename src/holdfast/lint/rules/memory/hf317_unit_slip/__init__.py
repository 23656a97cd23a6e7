"""A memory quantity is smaller than any process, or no quantity at all.

What happens
------------
`128m` is an eighth of a byte, `512` are bytes: the container cannot start, or is killed at once.
`512mb` is refused.

Why it hurts
------------
The deploy fails, or the container loops with OOMKilled or a message of the runtime.

How we know
-----------
The quantity itself: below 1 MB, or with a suffix that Kubernetes does not know.

What else it could be
---------------------
Nothing.

Fix
---
Mi or Gi.

When the fix is wrong
---------------------
Never.

References
----------
docs/specs/rules.md HF317, docs/specs/kubelet.md 7.2.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.values import amount_of
from holdfast.model.container import Resources
from holdfast.model.edit import Safety
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF317",
    "an amount of memory in a unit that was not meant",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("B09", "D01"),
)


_LEAST_BYTES = 1_000_000
_SLIPS = {
    "m": "Mi", "M": "Mi", "mi": "Mi", "mb": "Mi", "MB": "Mi", "Mb": "Mi",
    "g": "Gi", "gi": "Gi", "gb": "Gi", "GB": "Gi", "Gb": "Gi", "k": "Ki", "kb": "Ki", "KB": "Ki",
}  # fmt: skip
_AMOUNT = regex(r"(\d+(?:\.\d+)?)([A-Za-z]*)")


def check_resources(container: ContainerSubject, resources: Resources) -> Iterator[Problem]:
    """Memory below a megabyte, or in a unit that does not exist."""
    for field, amounts in (("requests", resources.requests), ("limits", resources.limits)):
        given = (amounts or {}).get("memory")
        quantity = amount_of(given)
        if given is None or (quantity is not None and not 0 < quantity.bytes < _LEAST_BYTES):
            continue
        match = _AMOUNT.fullmatch(str(given))
        meant = f"{match[1]}{_SLIPS[match[2]]}" if match and match[2] in _SLIPS else ""
        found = "no quantity" if quantity is None else f"{float(quantity.amount):g} bytes"
        found = "1 byte" if found == "1 bytes" else found
        yield container.problem(
            f"{given} is {found}",
            "resources",
            field,
            "memory",
            fix=Fix(
                meant or "a number with Mi or Gi",
                Safety.REVIEW,
                {"resources": {field: {"memory": meant}}} if meant else None,
            ),
        )
