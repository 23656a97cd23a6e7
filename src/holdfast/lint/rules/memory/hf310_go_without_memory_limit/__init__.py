"""GOGC is off or high, and GOMEMLIMIT is not set.

What happens
------------
With GOGC at 200 or more the heap grows to three times what lives before it is collected; with off
it is not collected at all.

Why it hurts
------------
The container's limit is reached although most of the heap is garbage.

How we know
-----------
GOGC in the manifest, a memory limit, and no GOMEMLIMIT. An image that was read tells whether
automemlimit is linked in.

What else it could be
---------------------
A program that sets the limit itself (automemlimit).

Fix
---
GOMEMLIMIT of 80 to 90 % of the container's limit.

When the fix is wrong
---------------------
Where the program sets it.

References
----------
docs/specs/rules.md HF310, docs/specs/tuning.md on Go memory.
"""

from collections.abc import Iterator

from holdfast.images.runtimes import MEMLIMIT
from holdfast.lint.options import variable_options
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.quantity import format_bytes
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF310",
    "a Go program does not know its memory limit",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("D01", "D02"),
)


_HIGH_GOGC = 200
_SHARE = 0.85


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """GOGC that lets the heap grow, under a limit, without GOMEMLIMIT."""
    limit, variables = container.limit_bytes(), world.environment_of(container)
    if limit is None or list(variable_options(variables, ("GOMEMLIMIT",))):
        return
    built = world.images.go_of(container)
    if built is not None and MEMLIMIT in built.settings:
        return
    for option in variable_options(variables, ("GOGC",)):
        if option.text == "off" or (option.text.isdecimal() and int(option.text) >= _HIGH_GOGC):
            yield container.problem(
                f"GOGC {option.text} lets the heap grow past the memory limit of "
                f"{format_bytes(limit)}, and no GOMEMLIMIT holds it",
                at=option.place,
                fix=Fix(f"GOMEMLIMIT {int(limit * _SHARE) // 2**20}MiB"),
            )
