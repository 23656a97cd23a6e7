"""Hook and drain together take the whole grace period.

What happens
------------
What the hook sleeps is taken from terminationGracePeriodSeconds; the process gets the rest between
SIGTERM and SIGKILL. A server that is told to drain for as long loses the race: gunicorn skips its
end, and requests in flight are cut off.

Why it hurts
------------
Requests that take longer, and buffers that are written at the end, are cut off at each rollout.

How we know
-----------
The numbers stand in the manifest: the sleep of the hook, the drain that the command or a variable
declares (gunicorn, uvicorn, hypercorn, granian, Spring), and the grace period.

What else it could be
---------------------
A process that needs no time to stop.

Fix
---
A grace period of the hook, plus what the stop needs, plus 5 s.

When the fix is wrong
---------------------
On nodes that give less notice, such as spot nodes: there a shorter drain.

References
----------
docs/specs/rules.md HF202, docs/specs/kubelet.md 3.4, docs/specs/service.md 8.2, 9.6 and R3.
"""

import math
from collections.abc import Iterator

from holdfast.lint.drains import declared_drain
from holdfast.lint.grace_fix import grace_fix
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.questions import drains
from holdfast.lint.world import World
from holdfast.model.edit import Safety
from holdfast.model.hook_length import slept_seconds
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF202",
    "hook and drain leave nothing of the grace period",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("G04",),
)


# rules.md HF202
_LEAST_SECONDS = 5
# From the last answer to the end of the process.
_END_SECONDS = 1


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """A hook that leaves less than 5 s or than the drain takes, and more than nothing (HF201)."""
    grace = container.pod.spec.grace_seconds
    slept = slept_seconds(container.spec.pre_stop) or 0.0
    left = grace - slept
    if left <= 0:
        return
    if slept and left < _LEAST_SECONDS:
        yield container.problem(
            f"{left:g} s are left for the stop: {grace} s terminationGracePeriodSeconds - "
            f"{slept:g} s of the hook",
            "lifecycle",
            "preStop",
            fix=grace_fix(container.pod, slept),
            replay=drains(container),
        )
        return
    drain = declared_drain(container, world)
    if drain is not None and drain.seconds >= left:
        needed = math.ceil(slept) + drain.seconds + _LEAST_SECONDS
        yield container.problem(
            f"{drain.flag} {drain.seconds} s, and SIGKILL comes {left:g} s after SIGTERM "
            f"({grace} s terminationGracePeriodSeconds - {slept:g} s of the hook)",
            at=drain.option.place,
            fix=Fix(
                f"terminationGracePeriodSeconds {needed}",
                Safety.SAFE,
                {"terminationGracePeriodSeconds": needed},
                of=container.pod,
            ),
            replay=drains(container, drain.seconds + _END_SECONDS),
        )
