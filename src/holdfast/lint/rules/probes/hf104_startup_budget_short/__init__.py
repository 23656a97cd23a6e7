"""The startupProbe ends a start that takes longer than its budget.

What happens
------------
The kubelet asks `failureThreshold` times, a period apart, and then kills the container. The budget
is (failureThreshold - 1) x periodSeconds plus the phase of the first probe.

Why it hurts
------------
A start that is slower than usual, on a busy node or with a cold cache, is cut off and begins again:
the pod never becomes ready.

How we know
-----------
Both numbers stand in the manifest. Below 30 s ordinary starts of JVMs, interpreters and services
that load data do not fit.

What else it could be
---------------------
A service that is known to start within a second; `holdfast rehearse --starts 10` measures it.

Fix
---
A failureThreshold whose budget is one and a half times the slowest measured start; without a
measurement 45 s.

When the fix is wrong
---------------------
A process that hangs while it starts is noticed later by so much.

References
----------
docs/specs/rules.md HF104, docs/specs/causes.md C08, docs/specs/kubelet.md Q43.
"""

import math
from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem, Replay
from holdfast.lint.values import earliest_kill
from holdfast.model.container import Probe
from holdfast.model.edit import Safety
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF104",
    "the startup probe gives the start less than 30 s",
    Severity.HIGH,
    Confidence.MEASURE,
    prevents=("C08",),
)


# rules.md HF104: without a measurement, starts that take this long are ordinary.
_ORDINARY_START_SECONDS = 30
_ROOM = 1.5


def check_startup(container: ContainerSubject, probe: Probe) -> Iterator[Problem]:
    """A startup budget below an ordinary start."""
    budget = earliest_kill(probe)
    if budget >= _ORDINARY_START_SECONDS:
        return
    wanted = math.ceil(_ORDINARY_START_SECONDS * _ROOM) - probe.initial_delay
    threshold = 1 + math.ceil(wanted / probe.period)
    yield container.problem(
        f"the start may take {budget} s (initialDelaySeconds {probe.initial_delay} + "
        f"{probe.failures - 1} x periodSeconds {probe.period}), then the container is killed",
        "startupProbe",
        "failureThreshold",
        fix=Fix(
            f"failureThreshold {threshold} gives it "
            f"{probe.initial_delay + (threshold - 1) * probe.period} s",
            Safety.SAFE,
            {"startupProbe": {"failureThreshold": threshold}},
        ),
        replay=Replay(
            f"a start takes {_ORDINARY_START_SECONDS} s",
            {"start": {"wall": f"{_ORDINARY_START_SECONDS}s"}},
        ),
    )
