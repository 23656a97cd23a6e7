"""The probes of the pod together come five times a second or more.

What happens
------------
Each probe is a connection and a request, or a process. They come without jitter, so that pods that
were created together are asked in the same moment for ever.

Why it hurts
------------
On a node with many such pods the kubelet and the containers spend their time on probes, and answers
come late.

How we know
-----------
The sum of 1/periodSeconds over all probes of the pod's containers is 5 or more.

What else it could be
---------------------
A pod of which there is one only.

Fix
---
periodSeconds 10, which notices a hang within 30 s.

When the fix is wrong
---------------------
Where a failure must be noticed within seconds.

References
----------
docs/specs/rules.md HF127, docs/specs/kubelet.md Q2.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF127",
    "the probes of one pod are a load of their own",
    Severity.LOW,
    Confidence.CERTAIN,
    prevents=("C12",),
    audience=Audience.PEDANTIC,
)


# rules.md HF127
_MANY_PER_SECOND = 5


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """All probes that go on while the pod runs."""
    periods = [
        probe.period
        for container in pod.containers
        for field, probe in container.probes
        if field != "startupProbe"
    ]
    rate = sum(1 / period for period in periods)
    if rate >= _MANY_PER_SECOND:
        yield pod.problem(
            f"{len(periods)} probes are {rate:.3g} a second for each pod",
            "containers",
            fix=Fix(f"periodSeconds 10: {len(periods) / 10:g} a second"),
        )
