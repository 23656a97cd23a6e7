"""A probe that waits longer for its answer than until the next probe.

What happens
------------
One worker asks, and the next probe waits for it: under load a probe is sent every timeoutSeconds
instead of every periodSeconds.

Why it hurts
------------
Detection takes longer than the manifest says, just when it matters.

How we know
-----------
timeoutSeconds > periodSeconds in the manifest.

What else it could be
---------------------
A period that was meant as a maximum.

Fix
---
A period of at least the timeout.

When the fix is wrong
---------------------
Nowhere: the shorter period has no effect while answers are late.

References
----------
docs/specs/rules.md HF109, docs/specs/kubelet.md Q3.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.questions import hangs
from holdfast.lint.values import patience
from holdfast.model.container import Probe
from holdfast.model.edit import Safety
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF109",
    "timeoutSeconds is longer than periodSeconds",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("C04",),
)


def check_probe(container: ContainerSubject, field: str, probe: Probe) -> Iterator[Problem]:
    """Any probe whose timeout is longer than its period."""
    if probe.timeout > probe.period:
        nominal = (probe.failures - 1) * probe.period + probe.timeout
        yield container.problem(
            f"a probe without an answer holds up the next one: {probe.failures} failures take "
            f"{patience(probe)} s instead of {nominal} s "
            f"(timeoutSeconds {probe.timeout} > periodSeconds {probe.period})",
            field,
            "timeoutSeconds",
            fix=Fix(
                f"periodSeconds {probe.timeout}",
                Safety.SAFE,
                {field: {"periodSeconds": probe.timeout}},
            ),
            replay=hangs(container, probe, fix_is_replayed=False)
            if field == "livenessProbe"
            else None,
        )
