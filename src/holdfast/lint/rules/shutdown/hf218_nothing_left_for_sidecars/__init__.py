"""Sidecars stop after the program, with what it leaves of the grace period.

What happens
------------
A sidecar gets SIGTERM when all ordinary containers have ended. When hook and drain of the program
take the whole of terminationGracePeriodSeconds, every sidecar gets 2 s together with the others.

Why it hurts
------------
A proxy closes connections that are still used, a shipper of logs loses the lines of the stop, which
are those that somebody will look for.

How we know
-----------
The sleep of the preStop hook and the drain that the program declares, against the grace period of
the pod.

What else it could be
---------------------
A drain that never lasts as long as it may.

Fix
---
A grace period that holds hook, drain and 10 s for the sidecars.

When the fix is wrong
---------------------
Where sidecars have nothing to finish.

References
----------
docs/specs/rules.md HF218, docs/specs/kubelet.md 5.3 and Q17, docs/specs/service.md 8.2.
"""

import math
from collections.abc import Iterator

from holdfast.lint.drains import declared_drain
from holdfast.lint.pods import ContainerSubject, PodSubject
from holdfast.lint.problem import Fix, Problem, Stop
from holdfast.lint.world import World
from holdfast.model.container import ContainerKind
from holdfast.model.edit import Safety
from holdfast.model.hook_length import slept_seconds
from holdfast.model.node import KubernetesVersion
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF218",
    "the program may use the whole grace period, and its sidecars get 2 s",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("G04",),
    since=KubernetesVersion(1, 29),
)


# kubelet.md 5.3: what sidecars get when nothing is left.
_LEAST_SECONDS = 2
_ROOM_SECONDS = 10
# What a proxy or a shipper of logs needs for its last data.
_SIDECAR_SECONDS = 5


def check_pod_in(pod: PodSubject, world: World) -> Iterator[Problem]:
    """Hook and declared drain of a program beside sidecars."""
    sidecars = [c for c in pod.containers if c.kind is ContainerKind.SIDECAR]
    if not sidecars:
        return
    grace = pod.spec.grace_seconds
    for container in pod.containers:
        drain = declared_drain(container, world)
        if container.kind is not ContainerKind.APP or drain is None:
            continue
        slept = slept_seconds(container.spec.pre_stop) or 0.0
        used = slept + drain.seconds
        # A hook that leaves the program too little is HF201 and HF202.
        if used < grace - _LEAST_SECONDS or used > grace:
            continue
        needed = math.ceil(used) + _ROOM_SECONDS
        yield pod.problem(
            f"{container.name} may take {used:g} s of {grace} s (hook {slept:g} s + {drain.flag} "
            f"{drain.seconds} s): {sidecars[0].name} then gets {_LEAST_SECONDS} s",
            "terminationGracePeriodSeconds",
            fix=Fix(
                f"terminationGracePeriodSeconds {needed}",
                Safety.SAFE,
                {"terminationGracePeriodSeconds": needed},
            ),
            replay=_stop(container, drain.seconds, sidecars[0]),
        )


def _stop(program: ContainerSubject, seconds: float, sidecar: ContainerSubject) -> Stop:
    """The sidecar is told to stop when the program has ended."""
    return Stop(
        sidecar.name,
        f"its pod is deleted, {program.name} takes {seconds:g} s to stop and {sidecar.name} "
        f"{_SIDECAR_SECONDS} s",
        {
            program.name: {"onTerm": {"after": f"{seconds:g}s"}},
            sidecar.name: {"onTerm": {"after": f"{_SIDECAR_SECONDS}s"}},
        },
    )
