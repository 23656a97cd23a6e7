"""Liveness asks an endpoint that looks at dependencies.

What happens
------------
When the database is away, the endpoint fails in every replica, and the kubelet restarts them all. A
restart does not bring the database back.

Why it hurts
------------
A short outage of one dependency becomes an outage of every service that asks for it, with cold
caches afterwards.

How we know
-----------
The path says so: ready, readiness, deep, full, db, depend, metrics, or Spring's /actuator/health
without /liveness.

What else it could be
---------------------
An endpoint that is cheap in spite of its name.

Fix
---
A path that answers as long as the process can answer: /actuator/health/liveness (Spring Boot 2.3
and later), /q/health/live (Quarkus), a handler of its own.

When the fix is wrong
---------------------
Where a restart is known to cure what the endpoint sees.

References
----------
docs/specs/rules.md HF112, docs/specs/causes.md C06.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.probe_paths import asks_more_than_alive
from holdfast.lint.problem import Fix, Problem
from holdfast.model.container import Probe
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF112",
    "the liveness path asks for more than whether the process is alive",
    Severity.HIGH,
    Confidence.LIKELY,
    prevents=("C02", "C06"),
)


def check_liveness(container: ContainerSubject, probe: Probe) -> Iterator[Problem]:
    """A liveness path that names dependencies or readiness."""
    http = probe.http_get
    path = http.path or "/" if http is not None else ""
    if asks_more_than_alive(path):
        yield container.problem(
            f"liveness asks {path}: what fails there is not cured by a restart, and fails in all "
            "replicas at once",
            "livenessProbe",
            "httpGet",
            "path",
            fix=Fix(f"a path that asks the process alone{_known(path)}"),
        )


def _known(path: str) -> str:
    if path.startswith("/actuator/health"):
        return ", such as /actuator/health/liveness of Spring Boot 2.3 and later"
    return ", such as /q/health/live of Quarkus" if path.startswith("/q/health") else ""
