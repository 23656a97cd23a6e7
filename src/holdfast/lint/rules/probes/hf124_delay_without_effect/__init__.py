"""The delay ends before the first tick of the probe.

What happens
------------
Probes run on ticks a period apart, which began before the container did. A delay below the period
moves the first probe by one tick at most, and the start is compared in whole seconds, so that it
may end up to 1 s early.

Why it hurts
------------
The number promises something that it does not keep: "first probe after 5 s" is anywhere up to a
period later.

How we know
-----------
initialDelaySeconds is below periodSeconds on a probe whose start nothing else guards.

What else it could be
---------------------
Two numbers that are to say the same with another period later.

Fix
---
Leave it out; a startupProbe guards a start.

When the fix is wrong
---------------------
Where it documents what the start takes.

References
----------
docs/specs/rules.md HF124, docs/specs/kubelet.md 1.3 and Q1.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.container import Probe
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF124",
    "initialDelaySeconds is shorter than the period and changes next to nothing",
    Severity.LOW,
    Confidence.CERTAIN,
    prevents=("C03",),
    audience=Audience.PEDANTIC,
)


def check_probe(container: ContainerSubject, field: str, probe: Probe) -> Iterator[Problem]:
    """A delay that is shorter than the period."""
    if 0 < probe.initial_delay < probe.period:
        yield container.problem(
            f"the first probe comes within {probe.initial_delay + probe.period} s of the start "
            f"(initialDelaySeconds {probe.initial_delay} + up to periodSeconds {probe.period})",
            field,
            "initialDelaySeconds",
            fix=Fix("leave it out, or a startupProbe"),
        )
