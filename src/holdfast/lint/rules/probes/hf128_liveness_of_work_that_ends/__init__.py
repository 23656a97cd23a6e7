"""A Job has a livenessProbe: work that is busy is killed and begins anew.

What happens
------------
The process of a Job is busy with its work and answers late, or has no server at all. Each kill
loses what was done, and counts against backoffLimit.

Why it hurts
------------
The Job fails with BackoffLimitExceeded, or takes many times as long.

How we know
-----------
A livenessProbe on a container of a Job or a CronJob which is no known helper.

What else it could be
---------------------
Work that is known to hang, and that can begin where it was.

Fix
---
activeDeadlineSeconds for work that takes too long.

When the fix is wrong
---------------------
Where the work saves its state and a hang is frequent.

References
----------
docs/specs/rules.md HF128, docs/specs/causes.md F06.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem, Replay
from holdfast.lint.sidecars import is_helper
from holdfast.lint.values import patience
from holdfast.model.container import ContainerKind, Probe
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF128",
    "a livenessProbe restarts work that ends by itself",
    Severity.HIGH,
    Confidence.LIKELY,
    prevents=(
        "C04",
        "F06",
    ),
)


def check_liveness(container: ContainerSubject, probe: Probe) -> Iterator[Problem]:
    """Liveness of an ordinary container of a Job."""
    if container.pod.kind not in ("Job", "CronJob") or container.kind is not ContainerKind.APP:
        return
    if is_helper(container):
        return
    # Longer than any phase of the probe.
    busy = patience(probe) + 2 * probe.period
    replay = Replay(
        f"it is too busy to answer for {busy} s", {"stuck": [{"from": "1m", "for": f"{busy}s"}]}
    )
    yield container.problem(
        "work that is too busy to answer is killed, and what it has done is lost",
        "livenessProbe",
        fix=Fix("activeDeadlineSeconds for work that hangs, instead of a probe"),
        replay=replay if container.pod.spec.policy == "OnFailure" else None,
    )
