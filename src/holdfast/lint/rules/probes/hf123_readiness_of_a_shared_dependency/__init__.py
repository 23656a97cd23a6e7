"""Every replica becomes unready when one dependency fails, and nobody is left to answer.

What happens
------------
All replicas ask the same database for their readiness. When it is away, or slow for as long as
failureThreshold periods, all of them leave the Service at once.

Why it hurts
------------
A short fault of one dependency becomes an outage of everything that the service does, also of what
needs no database; clients get refused connections instead of an error that they can read.

How we know
-----------
The path names a dependency or everything at once (db, database, redis, deep, /actuator/health), or
the command asks another host, in a workload of several replicas.

What else it could be
---------------------
A service that can do nothing at all without the dependency, behind a load balancer that has
somewhere else to send requests.

Fix
---
Readiness of this process alone (/actuator/health/readiness of Spring Boot), and an error or a
degraded answer for what needs the dependency.

When the fix is wrong
---------------------
Where an unready pod is what another cluster or region waits for to take over.

References
----------
docs/specs/rules.md HF123, docs/specs/service.md 12.5, docs/specs/causes.md C06.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject, PodSubject
from holdfast.lint.probe_paths import asks_dependencies
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF123",
    "readiness of all replicas hangs on one dependency",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=(
        "S02",
        "G08",
    ),
)


_CLIENT = regex(
    r"(?:^|[\s/])(?:pg_isready|psql|mysqladmin|mysql|redis-cli|mongosh?|nc)\s.*?"
    r"(?:-h|--host)[= ]?(?P<host>[A-Za-z][\w.-]*)"
)


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """A readiness probe that asks what all replicas share."""
    probe = container.spec.readiness_probe
    if probe is None or not container.serves or not _has_replicas(container.pod, world):
        return
    http = probe.http_get
    if http is not None and asks_dependencies(http.path or "/"):
        what, path = f"{http.path} looks at dependencies", ("httpGet", "path")
    else:
        command = " ".join(probe.exec.command or ()) if probe.exec is not None else ""
        match = _CLIENT.search(command)
        if match is None or match["host"] == "localhost":
            return
        what, path = f"it asks {match['host']}", ("exec", "command")
    yield container.problem(
        f"{what}: when one of them is away, all replicas leave the Service at once",
        "readinessProbe",
        *path,
        fix=Fix(
            "a path that asks this process, such as /actuator/health/readiness of Spring Boot, and "
            "an error for what needs the dependency"
        ),
    )


def _has_replicas(pod: PodSubject, world: World) -> bool:
    return pod.replicas > 1 or bool(world.scalers_of(pod.owner))
