"""Readiness takes longer than a minute to notice that the container does not answer.

What happens
------------
A pod leaves its Service after failureThreshold failures, one period apart. Until then it gets its
share of the requests.

Why it hurts
------------
With three replicas, a third of all requests fails for as long, although two pods could answer them.

How we know
-----------
failureThreshold x periodSeconds is above 60 s.

What else it could be
---------------------
A worker that takes no requests through a Service.

Fix
---
A failureThreshold or a period with which it takes at most 30 s.

When the fix is wrong
---------------------
Where each probe is expensive and no requests come through a Service.

References
----------
docs/specs/rules.md HF122, docs/specs/kubelet.md 1.9, docs/specs/tuning.md 14.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.container import Probe
from holdfast.model.edit import Safety
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF122",
    "a pod that fails keeps its traffic for more than a minute",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("S04",),
)


# rules.md HF122
_LONG_SECONDS = 60
_WANTED_SECONDS = 30
# The API's default: with one, a single late answer takes a pod away.
_ENOUGH_FAILURES = 3


def check_readiness(container: ContainerSubject, probe: Probe) -> Iterator[Problem]:
    """A readiness probe that is slow to say no."""
    seconds = probe.failures * probe.period
    if seconds <= _LONG_SECONDS:
        return
    threshold = min(probe.failures, _ENOUGH_FAILURES)
    period = min(probe.period, _WANTED_SECONDS // threshold)
    yield container.problem(
        f"a pod that does not answer gets requests for {seconds} s more (failureThreshold "
        f"{probe.failures} x periodSeconds {probe.period})",
        "readinessProbe",
        "failureThreshold" if probe.failure_threshold is not None else "periodSeconds",
        fix=Fix(
            f"failureThreshold {threshold} and periodSeconds {period}: {threshold * period} s",
            Safety.REVIEW,
            {"readinessProbe": {"failureThreshold": threshold, "periodSeconds": period}},
        ),
    )
