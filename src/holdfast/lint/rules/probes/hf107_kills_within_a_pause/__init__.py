"""A pause of some seconds is the end of the container.

What happens
------------
The liveness probe kills (failureThreshold - 1) x periodSeconds + timeoutSeconds after the last
answer. Below 10 s one long garbage collection, one throttled stretch or one stall of the node is
enough.

Why it hurts
------------
All replicas are slow at the same time under load, and are killed at the same time.

How we know
-----------
The arithmetic of the manifest. Pauses of 5 s to 10 s are ordinary for large heaps and for
containers at their CPU limit.

What else it could be
---------------------
A process that is known never to pause.

Fix
---
A failureThreshold with which it takes at least 10 s, or a longer period.

When the fix is wrong
---------------------
Where a hung process does damage within seconds.

References
----------
docs/specs/rules.md HF107, docs/specs/kubelet.md 1.9.
"""

import math
from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem, Replay
from holdfast.lint.questions import silent
from holdfast.lint.values import patience
from holdfast.model.container import Probe
from holdfast.model.edit import Safety
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF107",
    "liveness kills after less than 10 s without an answer",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("C04", "C05", "C12"),
)


# rules.md HF107: one pause of a garbage collector or of a throttled container
_PAUSE_SECONDS = 10


def check_liveness(container: ContainerSubject, probe: Probe) -> Iterator[Problem]:
    """A liveness probe that kills within a pause."""
    # One failure alone is HF106.
    seconds = patience(probe) if probe.failures > 1 else _PAUSE_SECONDS
    if seconds >= _PAUSE_SECONDS:
        return
    threshold = 1 + math.ceil(_PAUSE_SECONDS / probe.period)
    yield container.problem(
        f"it is killed {seconds} s after it stopped answering ({probe.failures - 1} x "
        f"periodSeconds {probe.period} + timeoutSeconds {probe.timeout})",
        "livenessProbe",
        "failureThreshold" if probe.failure_threshold is not None else "periodSeconds",
        fix=Fix(
            f"failureThreshold {threshold}: killed after "
            f"{(threshold - 1) * probe.period + probe.timeout} s",
            Safety.SAFE,
            {"livenessProbe": {"failureThreshold": threshold}},
        ),
        replay=Replay(
            f"it does not answer for {_PAUSE_SECONDS} s",
            silent(probe, {"from": "5m", "for": f"{_PAUSE_SECONDS}s"}),
        ),
    )
