"""The liveness probe can kill the container before it has started.

What happens
------------
Without a startupProbe the liveness probe begins `initialDelaySeconds` after the start. A process
that does not answer yet is killed after `failureThreshold` failures, and the next start begins from
nothing.

Why it hurts
------------
Starts are slowest when nodes are busy: after a drain, during a rollout, in an outage. What started
in time on a quiet day then never comes up.

How we know
-----------
The earliest kill is initialDelaySeconds + (failureThreshold - 1) x periodSeconds, and one
timeoutSeconds more where the probe hangs (kubelet.md Q1, Q43). Below 30 s ordinary starts of JVMs,
interpreters and services that load data do not fit.

What else it could be
---------------------
A service that always starts within a second needs none of this; measure it with `holdfast rehearse
--starts 10`.

Fix
---
A startupProbe with the request of the liveness probe. Liveness begins after its first success and
stays as strict as it is.

When the fix is wrong
---------------------
Where the process never answers at all, a longer start only delays the kill.

References
----------
docs/specs/rules.md HF103 and 11.11, docs/specs/causes.md C03, docs/specs/kubelet.md 1.9.
"""

import math
from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem, Replay
from holdfast.lint.values import earliest_kill, handler_of
from holdfast.model.container import Probe
from holdfast.model.edit import Safety
from holdfast.model.rule import Confidence, Rule, Severity

# rules.md HF103: starts that take this long are ordinary.
_ORDINARY_START_SECONDS = 30
# rules.md HF103: room for a busy node above what a start takes.
_ROOM = 1.5

RULE = Rule(
    "HF103",
    "the liveness probe can kill it before it has started",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("C03",),
)


def check_liveness(container: ContainerSubject, probe: Probe) -> Iterator[Problem]:
    """A liveness probe that kills within 30 s of the start, and no startupProbe."""
    refused = earliest_kill(probe)
    if container.spec.startup_probe is not None or refused >= _ORDINARY_START_SECONDS:
        return
    budget = math.ceil(_ORDINARY_START_SECONDS * _ROOM)
    threshold = 1 + math.ceil(budget / probe.period)
    startup = {
        **handler_of(probe),
        "periodSeconds": probe.period,
        "timeoutSeconds": probe.timeout,
        "failureThreshold": threshold,
    }
    yield container.problem(
        f"liveness kills from {refused} s after the start on (initialDelaySeconds "
        f"{probe.initial_delay} + {probe.failures - 1} x periodSeconds {probe.period}), and no "
        "startupProbe guards the start",
        "livenessProbe",
        fix=Fix(
            f"a startupProbe that gives the start {(threshold - 1) * probe.period} s "
            f"(failureThreshold {threshold} = 1 + {budget}/{probe.period} rounded up)",
            Safety.SAFE,
            {"startupProbe": startup},
        ),
        replay=Replay(
            f"a start takes {_ORDINARY_START_SECONDS} s",
            {"start": {"wall": f"{_ORDINARY_START_SECONDS}s"}},
        ),
    )
