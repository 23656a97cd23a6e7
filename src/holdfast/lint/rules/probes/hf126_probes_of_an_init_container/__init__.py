"""The kubelet never probes an ordinary init container, and the API accepts no probe of one.

What happens
------------
The object is refused when it is applied.

Why it hurts
------------
The deploy fails, or a controller keeps trying and no pod comes.

How we know
-----------
The API's own rule: only init containers with restartPolicy Always, which are sidecars, have probes
and hooks.

What else it could be
---------------------
A container that was meant to be a sidecar and lacks its restartPolicy.

Fix
---
Leave the probe out; or restartPolicy: Always where the container is to run beside the others
(Kubernetes 1.29 and later).

When the fix is wrong
---------------------
Never.

References
----------
docs/specs/rules.md HF126, docs/specs/kubelet.md 1.2 and 4.1.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject, Refused
from holdfast.lint.problem import Fix, Problem
from holdfast.model.container import ContainerKind
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF126",
    "an init container has probes or hooks, which the API refuses",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("B17",),
)


def check_refused(container: ContainerSubject, refused: Refused) -> Iterator[Problem]:
    """What the API says of probes and hooks of init containers."""
    if container.kind is ContainerKind.INIT:
        yield container.problem(
            f"the API refuses it: {refused.problem}",
            *refused.path,
            fix=Fix("leave it out, or restartPolicy Always for a sidecar"),
        )
