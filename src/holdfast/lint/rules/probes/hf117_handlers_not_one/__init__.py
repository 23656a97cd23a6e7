"""The API wants exactly one of httpGet, tcpSocket, grpc and exec.

What happens
------------
The object is refused when it is applied.

Why it hurts
------------
The deploy fails.

How we know
-----------
The API's own rule.

What else it could be
---------------------
A patch that is merged with another file later.

Fix
---
Keep one.

When the fix is wrong
---------------------
Never.

References
----------
docs/specs/rules.md HF117, kubernetes v1.36 validation.go validateHandler.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF117",
    "a probe has no handler, or more than one",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("B17",),
)


def check_container(container: ContainerSubject) -> Iterator[Problem]:
    """Any probe without exactly one handler."""
    for field, probe in container.probes:
        given = [
            name
            for name, action in (
                ("httpGet", probe.http_get),
                ("tcpSocket", probe.tcp_socket),
                ("grpc", probe.grpc),
                ("exec", probe.exec),
            )
            if action is not None
        ]
        if len(given) != 1:
            found = " and ".join(given) or "no handler"
            yield container.problem(
                f"{found}: the API accepts exactly one of httpGet, tcpSocket, grpc and exec",
                field,
                fix=Fix("keep one handler"),
            )
