"""A pod that a Service selects is stopped as soon as it is deleted.

What happens
------------
The kubelet sends SIGTERM at once. Endpoints are taken away beside it, and proxies learn of it a
second or more later.

Why it hurts
------------
Requests that are sent in between are refused: some at each rollout, scale-down and drain.

How we know
-----------
A Service of the set selects the pod, and there is no preStop hook. What the program does after
SIGTERM is not in the manifest, so this is likely where docs/specs/rules.md HF203 says certain.

What else it could be
---------------------
A program that goes on serving for some seconds after SIGTERM by itself, as holdfast run and Life
do.

Fix
---
A preStop hook that sleeps 5 s to 15 s, or a drain window in the program.

When the fix is wrong
---------------------
Where the program drains by itself: the hook then adds to the time of a stop.

References
----------
docs/specs/rules.md HF203, docs/specs/service.md on draining.
"""

from collections.abc import Iterator

from holdfast.lint.grace_fix import grace_for
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.edit import Safety
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF203",
    "nothing waits until traffic has gone elsewhere",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("G08",),
    audience=Audience.PLATFORM,
)


_DRAIN_SECONDS = 10
_DRAINS = ("holdfast run", "kubectl-holdfast run")


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """A serving container without a hook and without a drain that is known."""
    if not container.serves or container.spec.pre_stop is not None:
        return
    if not container.spec.ports or any(d in " ".join(container.words) for d in _DRAINS):
        return
    services = world.services_of(container.pod)
    if not services:
        return
    yield container.problem(
        f"{services[0]} sends it requests until it learns of the stop, and SIGTERM comes at once: "
        "requests in between are refused",
        fix=Fix(
            f"a preStop hook that sleeps {_DRAIN_SECONDS} s (Kubernetes 1.30 and later), within "
            "the grace period",
            Safety.REVIEW,
            {"lifecycle": {"preStop": {"sleep": {"seconds": _DRAIN_SECONDS}}}},
        )
        if container.pod.spec.grace_seconds >= grace_for(_DRAIN_SECONDS)
        else Fix("a preStop hook of 10 s, and a grace period that holds it and the stop"),
    )
