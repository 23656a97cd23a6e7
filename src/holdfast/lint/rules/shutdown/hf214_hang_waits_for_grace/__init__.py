"""A liveness kill waits as long as a polite stop.

What happens
------------
A process that hangs does not answer SIGTERM either. The kubelet waits for
terminationGracePeriodSeconds before it restarts the container.

Why it hurts
------------
The pod is away for so much longer at each hang.

How we know
-----------
A grace period of 60 s or more, and a liveness probe without one of its own.

What else it could be
---------------------
A process that still writes its data while its probe fails.

Fix
---
terminationGracePeriodSeconds of 10 to 30 at the liveness probe.

When the fix is wrong
---------------------
Where a killed process needs its full time to save data.

References
----------
docs/specs/rules.md HF214, docs/specs/kubelet.md Q13.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.questions import hangs
from holdfast.model.container import Probe
from holdfast.model.edit import Safety
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF214",
    "a hung process is given the whole grace period",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("C14",),
    audience=Audience.PLATFORM,
)


# rules.md HF214
_LONG_SECONDS = 60
_PROBE_GRACE_SECONDS = 20


def check_liveness(container: ContainerSubject, probe: Probe) -> Iterator[Problem]:
    """A liveness probe under a long grace period, without a shorter one of its own."""
    grace = container.pod.spec.grace_seconds
    if grace >= _LONG_SECONDS and probe.termination_grace_period_seconds is None:
        yield container.problem(
            f"a process that hangs is restarted {grace} s after its liveness probe failed",
            "livenessProbe",
            fix=Fix(
                f"terminationGracePeriodSeconds {_PROBE_GRACE_SECONDS} of the liveness probe",
                Safety.REVIEW,
                {"livenessProbe": {"terminationGracePeriodSeconds": _PROBE_GRACE_SECONDS}},
            ),
            replay=hangs(container, probe),
        )
