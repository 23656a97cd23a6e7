"""The limit is smaller than the runtime itself.

What happens
------------
The process is killed while it starts, at every start.

Why it hurts
------------
A loop of OOMKilled that begins with the first deploy.

How we know
-----------
The limit against 16 MiB for any container, 64 MiB for Node.js and 128 MiB for a JVM.

What else it could be
---------------------
A very small program behind an image's name.

Fix
---
A higher limit, from a measurement.

When the fix is wrong
---------------------
Where it was measured to suffice.

References
----------
docs/specs/rules.md HF318, docs/specs/tuning.md.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.quantity import format_bytes
from holdfast.model.rule import Confidence, Rule, Severity
from holdfast.model.runtime import Runtime

RULE = Rule(
    "HF318",
    "the memory limit is below what the runtime needs to start",
    Severity.HIGH,
    Confidence.LIKELY,
    prevents=("B09", "D01"),
)


# rules.md HF318
_LEAST = {Runtime.JVM: 128 * 2**20, Runtime.NODE: 64 * 2**20}
_LEAST_OF_ALL = 16 * 2**20
# Below this the unit is wrong, and not the number (HF317).
_UNIT_SLIP_BYTES = 1_000_000


def check_container(container: ContainerSubject) -> Iterator[Problem]:
    """A limit below the least that the runtime needs."""
    limit = container.limit_bytes()
    if limit is None or not _UNIT_SLIP_BYTES <= limit < max(_LEAST.values()):
        return
    runtime = container.runtime
    least = _LEAST.get(runtime, _LEAST_OF_ALL)
    if limit < least:
        what = "a container" if runtime not in _LEAST else f"{runtime.full_name}"
        yield container.problem(
            f"a limit of {format_bytes(limit)}; {what} needs {format_bytes(least)} to start",
            "resources",
            "limits",
            "memory",
            fix=Fix(f"at least {format_bytes(2 * least)}, from a measurement"),
        )
