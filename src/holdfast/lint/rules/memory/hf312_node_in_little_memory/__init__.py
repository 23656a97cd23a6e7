"""Node.js has less than 512 MiB and no --max-old-space-size.

What happens
------------
V8 collects in earnest near its own limit, which is not derived from a small container limit in all
versions. Until then garbage stays.

Why it hurts
------------
The kernel kills the process although most of its heap is garbage: OOMKilled, instead of a
collection.

How we know
-----------
The command or the image is Node.js, the memory limit is below 512 MiB, and neither command nor
NODE_OPTIONS sets the old space.

What else it could be
---------------------
A recent version of Node.js that derives a bound from the control group, and a heap that stays
small.

Fix
---
--max-old-space-size of 60 to 75 % of the limit.

When the fix is wrong
---------------------
Where the heap was measured to stay far below.

References
----------
docs/specs/rules.md HF312, docs/specs/tuning.md on Node memory, docs/specs/causes.md A14.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.quantity import format_bytes
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity
from holdfast.model.runtime import Runtime

RULE = Rule(
    "HF312",
    "Node.js in little memory does not know its limit",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=(
        "D04",
        "D01",
    ),
)


# rules.md HF312
_LITTLE_BYTES = 512 * 2**20
_SHARE = 0.7
_SETS = regex(r"--max[-_](?:old[-_]space|heap)[-_]size")


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """A small limit of Node.js without a bound of its heap."""
    limit = container.limit_bytes()
    if limit is None or limit >= _LITTLE_BYTES or container.runtime is not Runtime.NODE:
        return
    variables = world.environment_of(container)
    options = variables.get("NODE_OPTIONS")
    if _SETS.search(" ".join(container.words)) or (options is not None and options.value is None):
        return
    if options is None or not _SETS.search(options.value or ""):
        yield container.problem(
            f"nothing tells V8 that it has {format_bytes(limit)}",
            "resources",
            "limits",
            "memory",
            fix=Fix(f"NODE_OPTIONS=--max-old-space-size={int(limit * _SHARE) // 2**20}"),
        )
