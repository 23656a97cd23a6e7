"""Go's own limit is at or above the container's.

What happens
------------
The collector works harder only when GOMEMLIMIT is near. Where the container's limit comes first,
the kernel kills the process before.

Why it hurts
------------
OOMKilled under load, although most of the memory could have been collected.

How we know
-----------
Both numbers stand in the manifest or in a ConfigMap beside it.

What else it could be
---------------------
A variable that the program overrides.

Fix
---
80 to 90 % of the container's limit.

When the fix is wrong
---------------------
Nowhere: memory outside of Go's heap needs room as well.

References
----------
docs/specs/rules.md HF309, Go runtime/debug SetMemoryLimit; docs/specs/tuning.md on Go memory.
"""

from collections.abc import Iterator, Mapping

from holdfast.lint.options import variable_options
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import Variable
from holdfast.model.heap_setting import settings_in
from holdfast.model.quantity import format_bytes
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF309",
    "GOMEMLIMIT does not fit into the memory limit",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("D04", "A13"),
)


# rules.md HF309
_FULL_SHARE = 0.95
_SHARE = 0.85


def check_variables(
    container: ContainerSubject, variables: Mapping[str, Variable]
) -> Iterator[Problem]:
    """GOMEMLIMIT above 95 % of the limit."""
    limit = container.limit_bytes()
    for option in variable_options(variables, ("GOMEMLIMIT",)):
        for setting in settings_in(option.name, option.text, limit or 0):
            if limit is None or setting.bytes <= _FULL_SHARE * limit:
                continue
            yield container.problem(
                f"GOMEMLIMIT {option.text} is {setting.bytes / limit:.0%} of the memory limit of "
                f"{format_bytes(limit)}: the kernel kills before the collector hurries",
                at=option.place,
                fix=Fix(
                    f"GOMEMLIMIT {int(limit * _SHARE) // 2**20}MiB ({_SHARE:.0%} of the limit)"
                ),
            )
