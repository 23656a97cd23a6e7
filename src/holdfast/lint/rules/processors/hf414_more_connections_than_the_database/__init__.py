"""Replicas times pool size is above max_connections of the database they use.

What happens
------------
Each replica opens its pool. When the autoscaler has made enough of them, the database refuses
further connections: "too many clients already".

Why it hurts
------------
It fails at the highest load, which is when the autoscaler adds replicas; the new pods crash or
never become ready, and those that run lose connections when they reconnect.

How we know
-----------
A variable with the size of a pool, a variable with the host of a database of the set, its
max_connections (written, or the default of PostgreSQL and MySQL), and the largest number of
replicas.

What else it could be
---------------------
A pooler such as PgBouncer behind the same name.

Fix
---
A smaller pool, fewer replicas at most, or a pooler: (maxReplicas + surge) x pool <= 90 % of
max_connections.

When the fix is wrong
---------------------
Where pools never fill.

References
----------
docs/specs/rules.md HF414, docs/specs/tuning.md 10.2 and 11.3.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from holdfast.lint.mounts import config_texts
from holdfast.lint.pods import ContainerSubject, PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.container import ContainerKind
from holdfast.model.image_reference import parse_reference
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF414",
    "all replicas together ask for more connections than the database has",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=(
        "A05",
        "F05",
    ),
)


_POOL = re.compile(
    r"(?:^|_)(?:POOL_SIZE|POOL_MAX|MAX_POOL_SIZE|MAXIMUM_POOL_SIZE|MAX_OPEN_CONNS?)$"
)
_WRITTEN = re.compile(r"max[-_]connections\s*[= ]\s*(\d+)")
# The defaults of postgresql.conf and of the mysqld option, and the connections for superusers.
_DEFAULTS = {"postgres": 100, "postgresql": 100, "mysql": 151, "mariadb": 151}
_RESERVED = 3


class _Database(NamedTuple):
    """The names of the Services of a database, and how many clients it accepts."""

    hosts: frozenset[str]
    namespace: str
    connections: int


def check_world(world: World) -> Iterator[Problem]:
    """Every container with a pool, against the database that it names."""
    databases = list(_databases(world))
    for pod in world.pods if databases else ():
        for container in pod.containers:
            if container.kind is ContainerKind.APP:
                yield from _check(container, databases, world)


def _check(
    container: ContainerSubject, databases: list[_Database], world: World
) -> Iterator[Problem]:
    pod = container.pod
    variables = world.environment_of(container)
    values = [variable.value or "" for variable in variables.values()]
    used = next((d for d in databases if _uses(d, pod, values)), None)
    pool = next(
        (v for v in variables.values() if _POOL.search(v.name) and (v.value or "").isdecimal()),
        None,
    )
    if used is None or pool is None:
        return
    scaler = next(iter(world.scalers_of(pod.owner)), None)
    most = scaler.get("spec", "maxReplicas") if scaler is not None else pod.replicas
    size = int(pool.value or 0)
    if isinstance(most, int) and most * size > used.connections - _RESERVED:
        place = pool.source.subject.at(*pool.source.path)
        yield container.problem(
            f"{most} replicas x {pool.name} {size} = {most * size} connections; "
            f"{min(used.hosts)} accepts {used.connections}, of which {_RESERVED} are reserved",
            at=scaler.at("spec", "maxReplicas") if scaler is not None else place,
            fix=Fix("a smaller pool, fewer replicas at most, or a pooler such as PgBouncer"),
        )


def _uses(database: _Database, pod: PodSubject, values: list[str]) -> bool:
    """Whether a value is, or holds, the name of a Service of the database."""
    return (
        any(
            re.search(
                rf"(?:^|[@/=,]){re.escape(host)}(?:\.{re.escape(database.namespace)}\b|$|[:/,])", v
            )
            for host in database.hosts
            for v in values
        )
        and database.namespace == pod.namespace
    )


def _databases(world: World) -> Iterator[_Database]:
    for pod in world.pods:
        hosts = frozenset(service.name for service in world.services_of(pod))
        for container in pod.containers if hosts else ():
            name = parse_reference(container.spec.image).name
            if name not in _DEFAULTS or container.kind is not ContainerKind.APP:
                continue
            told = [
                " ".join(container.words),
                *(config.text for config in config_texts(container, world)),
            ]
            written = [int(n) for text in told for n in _WRITTEN.findall(text)]
            yield _Database(hosts, pod.namespace, [_DEFAULTS[name], *written][-1])
