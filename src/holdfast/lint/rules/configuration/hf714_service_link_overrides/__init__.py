"""A Service named after a setting.

What happens
------------
For each Service the kubelet sets NAME_PORT=tcp://10.0.0.1:6379 and others. A program that reads
REDIS_PORT gets that instead of a number.

Why it hurts
------------
It ends at its start with a number that cannot be parsed, in one namespace and not in another.

How we know
-----------
The command line uses NAME_PORT, nobody sets it, a Service of the namespace has that name, and
enableServiceLinks is not false.

What else it could be
---------------------
A program that expects the address in that form.

Fix
---
enableServiceLinks: false, or another name for the Service.

When the fix is wrong
---------------------
Where the variables of Services are used.

References
----------
docs/specs/rules.md HF714, docs/specs/causes.md A07.
"""

from collections.abc import Iterator

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.edit import Safety
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF714",
    "a Service's injected variable has the name that the program reads",
    Severity.HIGH,
    Confidence.LIKELY,
    prevents=("A07", "A30"),
)


# $(NAME), ${NAME}, ${NAME:-default}, $NAME.
_USED = regex(r"\$(?:\((?=\w+\))|\{)?([A-Z0-9_]+_PORT)\b")


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """Variables that the command line uses and only a Service's name sets."""
    text = " ".join([*container.words, *(v.value or "" for v in container.spec.env or ())])
    used = dict.fromkeys(_USED.findall(text))
    if not used or container.pod.owner.get(*container.pod.path, "enableServiceLinks") is False:
        return
    given, injected = world.environment_of(container), world.once(_injected)
    for name in used:
        service = injected.get((container.pod.namespace, name))
        if service is not None and name not in given:
            yield container.problem(
                f"{name} is used and not set: the kubelet sets it to tcp://ADDRESS:PORT for "
                f"{service}, which is no number",
                "env",
                fix=Fix(
                    "set the variable, and enableServiceLinks: false",
                    Safety.REVIEW,
                    {"enableServiceLinks": False},
                    of=container.pod,
                ),
            )


def _injected(world: World) -> dict[tuple[str, str], ObjectSubject]:
    """The Service that gives pods of a namespace a variable: the name in capitals, "_" for "-".

    pkg/kubelet/envvars.
    """
    return {
        (service.namespace, service.name.upper().replace("-", "_") + "_PORT"): service
        for service in world.of_kind("Service")
    }
