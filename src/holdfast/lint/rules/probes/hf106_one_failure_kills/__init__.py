"""A single failed liveness probe kills the container.

What happens
------------
`failureThreshold: 1` makes one lost packet, one slow answer or one pause of the garbage collector
the end of the process.

Why it hurts
------------
Under load all replicas answer slowly at the same time, and the restarts take the rest of the
capacity away.

How we know
-----------
The field says so: the kubelet kills at the first failure (kubelet.md 1.9).

What else it could be
---------------------
A startupProbe with one failure is as strict, and is HF104's concern.

Fix
---
Three failures, which is the API's default.

When the fix is wrong
---------------------
Where a process that hangs for two periods does damage; say so in a suppression.

References
----------
docs/specs/rules.md HF106, docs/specs/kubelet.md 1.9.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem, Replay
from holdfast.lint.questions import silent
from holdfast.model.container import Probe
from holdfast.model.edit import Safety
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF106",
    "a single failed liveness probe kills the container",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("C04", "C05"),
)


def check_liveness(container: ContainerSubject, probe: Probe) -> Iterator[Problem]:
    """A liveness probe with one failure."""
    if probe.failures != 1:
        return
    # The shortest one in which a probe fails wherever the phase of the ticks lies; never three do.
    pause = probe.period + probe.timeout + 0.1
    behaves = silent(probe, {"from": "5m", "for": f"{pause:g}s"})
    yield container.problem(
        f"one liveness probe without an answer within {probe.timeout} s kills it "
        "(failureThreshold 1)",
        "livenessProbe",
        "failureThreshold",
        fix=Fix("failureThreshold 3", Safety.SAFE, {"livenessProbe": {"failureThreshold": 3}}),
        replay=Replay(f"it does not answer for {pause:g} s", behaves),
    )
