"""enableServiceLinks is left at true in a namespace with a hundred Services or more.

What happens
------------
The kubelet gives each container about seven variables for each Service of its namespace. With
hundreds of Services these are thousands.

Why it hurts
------------
Programs that walk through their environment start slowly, shells and Node.js most of all; above the
limit of the kernel the start fails with "argument list too long".

How we know
-----------
The number of Services in the namespace that were read, where a namespace is written, and the field
of the pod.

What else it could be
---------------------
Services of which most are in other clusters.

Fix
---
enableServiceLinks: false. Programs that need the variables are rare: DNS says the same.

When the fix is wrong
---------------------
Where a program reads one of the variables.

References
----------
docs/specs/rules.md HF715, docs/specs/rules.md HF714; kubernetes pkg/kubelet/envvars.
"""

from collections.abc import Iterator

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.edit import Safety
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF715",
    "each container gets variables of every Service of a large namespace",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=(
        "A30",
        "B01",
    ),
)


_MANY = 100


def check_pod_in(pod: PodSubject, world: World) -> Iterator[Problem]:
    """A pod of a large namespace that does not decline."""
    # Files that leave the namespace out may be meant for many.
    count = len(world.names("Service", pod.namespace)) if pod.namespace else 0
    if count >= _MANY and pod.owner.get(*pod.path, "enableServiceLinks") is not False:
        yield pod.problem(
            f"each container gets the variables of {count} Services",
            fix=Fix("enableServiceLinks: false", Safety.REVIEW, {"enableServiceLinks": False}),
        )
