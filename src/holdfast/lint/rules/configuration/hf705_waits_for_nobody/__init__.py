"""The host of a wait loop has no Service.

What happens
------------
The name does not resolve, and the wait never ends.

Why it hurts
------------
The pod stays in Init with no sign of the slip.

How we know
-----------
The host's name against the Services of the namespace; only told where one with a similar name is
there.

What else it could be
---------------------
A Service from other files.

Fix
---
The name of the Service.

When the fix is wrong
---------------------
Where it comes from other files.

References
----------
docs/specs/rules.md HF705, docs/specs/causes.md A07.
"""

from collections.abc import Iterator

from holdfast.lint.near_names import nearest
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.wait_loops import wait_loops
from holdfast.lint.world import World
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF705",
    "what is waited for is no Service of the set",
    Severity.HIGH,
    Confidence.LIKELY,
    prevents=("A07", "F09"),
)


def check_command_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """Hosts that look like a slip of a Service's name."""
    for loop in wait_loops(container):
        host, *domain = loop.target.split(".")
        namespace = domain[0] if domain and domain[0] != "svc" else container.pod.namespace
        names = world.names("Service", namespace)
        close = nearest(host, names, cutoff=0.75)
        if host and host not in names and close:
            yield container.problem(
                f"no Service named {host} was read; there is {close}",
                *loop.path,
                fix=Fix(f"wait for {close}"),
            )
