"""imagePullPolicy Always on a version or a digest.

What happens
------------
Each start asks the registry. When it does not answer, a container that only had to be restarted
waits with ImagePullBackOff.

Why it hurts
------------
An outage of the registry turns a crash into a longer outage.

How we know
-----------
The policy and the form of the reference.

What else it could be
---------------------
A cluster whose tenants must prove that they may pull.

Fix
---
IfNotPresent.

When the fix is wrong
---------------------
Where pull credentials are the check of who may run it.

References
----------
docs/specs/rules.md HF507, docs/specs/kubelet.md Q23.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.edit import Safety
from holdfast.model.image_reference import Firmness, parse_reference
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF507",
    "a fixed image is pulled at every start",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("B08",),
    audience=Audience.PLATFORM,
)


_FIXED = (Firmness.DIGEST, Firmness.VERSION, Firmness.BUILD)


def check_container(container: ContainerSubject) -> Iterator[Problem]:
    """Always on a reference that means one image."""
    reference = parse_reference(container.spec.image)
    if container.spec.image_pull_policy == "Always" and reference.firmness in _FIXED:
        yield container.problem(
            f"{reference.firmness}, and still asked for at every start: an outage of the registry "
            "keeps it from restarting",
            "imagePullPolicy",
            fix=Fix("IfNotPresent", Safety.REVIEW, {"imagePullPolicy": "IfNotPresent"}),
        )
