"""Liveness and readiness ask the same thing, and liveness is as quick.

What happens
------------
A slow answer makes the pod unready and kills it in the same moment. Readiness has no time to take
the load away, which would have been the cure.

Why it hurts
------------
Overload becomes a restart, the other replicas get its load, and fall in their turn.

How we know
-----------
Handler, port (names resolved), path and scheme are the same, and the time to the kill is less than
three times that to unready. The same endpoint with a higher liveness threshold, as the Kubernetes
documentation recommends, is fine.

What else it could be
---------------------
An endpoint that can only fail when the process is beyond help.

Fix
---
A failureThreshold of liveness with which it takes three times as long as readiness; or an endpoint
of its own.

When the fix is wrong
---------------------
Where the endpoint never fails under load.

References
----------
docs/specs/rules.md HF108, docs/specs/kubelet.md 1.9.
"""

import math
from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.questions import falls_silent
from holdfast.lint.values import patience
from holdfast.model.container import Probe
from holdfast.model.edit import Safety
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF108",
    "liveness kills no later than readiness takes the traffic away",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("C02", "C04", "C06"),
)


# rules.md HF108: liveness fires at least so many times later.
_LATER = 3


def check_liveness(container: ContainerSubject, liveness: Probe) -> Iterator[Problem]:
    """The same request for both, and liveness less than three times as patient."""
    readiness = container.spec.readiness_probe
    if readiness is None or _request(container, liveness) != _request(container, readiness):
        return
    kill, unready = patience(liveness), patience(readiness)
    if kill >= _LATER * unready:
        return
    threshold = 1 + math.ceil((_LATER * unready - liveness.timeout) / liveness.period)
    yield container.problem(
        f"both ask the same; after {kill} s without an answer it is killed, after {unready} s it "
        f"is unready: below {_LATER} times as long, readiness cannot help it",
        "livenessProbe",
        fix=Fix(
            f"failureThreshold {threshold} of livenessProbe: killed after "
            f"{(threshold - 1) * liveness.period + liveness.timeout} s; or an endpoint of its own "
            "for liveness",
            Safety.SAFE,
            {"livenessProbe": {"failureThreshold": threshold}},
        ),
        replay=falls_silent(container, liveness),
    )


def _request(container: ContainerSubject, probe: Probe) -> tuple[object, ...]:
    """What is asked; two names of ports are the same where they mean the same number."""
    http = probe.http_get
    return (
        probe.handler,
        container.port_number(probe.port),
        (http.path or "/", http.scheme or "HTTP", http.host) if http else None,
        probe.exec.command if probe.exec else None,
        probe.grpc.service if probe.grpc else None,
    )
