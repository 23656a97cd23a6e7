"""The waits of the init containers together are longer than progressDeadlineSeconds.

What happens
------------
A rollout that makes no progress for progressDeadlineSeconds has failed. The init containers are
still allowed to wait then.

Why it hurts
------------
Pipelines report a failed rollout while pods still start, and go back to a version that was not at
fault.

How we know
-----------
The bounds of the waits in the command lines, in sum, against the deadline (600 s where it is left
out).

What else it could be
---------------------
Waits that never take as long as they may.

Fix
---
Shorter waits, or a longer progressDeadlineSeconds.

When the fix is wrong
---------------------
Where nobody looks at the state of rollouts.

References
----------
docs/specs/rules.md HF708, docs/specs/rules.md HF607.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.waits import before_start
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF708",
    "init containers may wait for longer than the rollout lasts",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=(
        "F09",
        "F18",
    ),
)
KINDS = frozenset({"Deployment"})


# apps/v1 defaults.go: progressDeadlineSeconds
_DEFAULT_SECONDS = 600


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """The bounded waits of a Deployment's init containers."""
    waits = [wait for wait in before_start(pod) if wait.seconds]
    if not waits:
        return
    given = pod.owner.get("spec", "progressDeadlineSeconds")
    deadline = given if isinstance(given, int) else _DEFAULT_SECONDS
    total = sum(wait.seconds or 0 for wait in waits)
    if total > deadline:
        longest = max(waits, key=lambda wait: wait.seconds or 0)
        yield longest.container.problem(
            f"init containers may wait {total:g} s in all, and the rollout has failed after "
            f"{deadline} s",
            *longest.path,
            fix=Fix(f"waits of less than {deadline} s together, or a longer deadline"),
        )
