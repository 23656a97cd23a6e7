"""Go runs more threads than its quota has room for.

What happens
------------
The quota of 100 ms is used up early by many threads, and all of them stand still until the next
one.

Why it hurts
------------
Answers take up to 100 ms longer, and the collector's share of CPU is bounded by a number that does
not hold.

How we know
-----------
The variable against the limit rounded up.

What else it could be
---------------------
A program that sets it itself.

Fix
---
The limit rounded up, or Go 1.25, which does it by itself.

When the fix is wrong
---------------------
Nowhere under a limit.

References
----------
docs/specs/rules.md HF405, docs/specs/tuning.md on GOMAXPROCS.
"""

import math
from collections.abc import Iterator, Mapping

from holdfast.lint.options import variable_options
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import Variable
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF405",
    "GOMAXPROCS is above the CPU limit",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("C05", "A13"),
)


def check_variables(
    container: ContainerSubject, variables: Mapping[str, Variable]
) -> Iterator[Problem]:
    """GOMAXPROCS above the limit rounded up."""
    limit = container.limit_millicores()
    for option in variable_options(variables, ("GOMAXPROCS",)):
        if limit and option.text.isdecimal() and int(option.text) > math.ceil(limit / 1000):
            yield container.problem(
                f"GOMAXPROCS {option.text} under a CPU limit of {limit}m: the quota is used up by "
                "threads that then all stand still",
                at=option.place,
                fix=Fix(f"GOMAXPROCS {math.ceil(limit / 1000)}"),
            )
