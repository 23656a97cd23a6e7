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

from collections.abc import Iterator
from typing import NamedTuple

from holdfast.lint.mounts import config_texts
from holdfast.lint.pods import ContainerSubject, PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.container import ContainerKind
from holdfast.model.image_reference import parse_reference
from holdfast.model.regex import regex
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


_POOL = regex(r"(?:^|_)(?:POOL_SIZE|POOL_MAX|MAX_POOL_SIZE|MAXIMUM_POOL_SIZE|MAX_OPEN_CONNS?)$")
_WRITTEN = regex(r"max[-_]connections\s*[= ]\s*(\d+)")
# The defaults of postgresql.conf and of the mysqld option, and the connections for superusers.
_DEFAULTS = {"postgres": 100, "postgresql": 100, "mysql": 151, "mariadb": 151}
_RESERVED = 3


_HOST = regex(r"(?:^|[@/=,])(?P<name>[a-z][a-z0-9-]*)(?:\.[\w.-]+)?(?=$|[:/,])")


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """A pool in all replicas, against the database that the variables name."""
    pod = container.pod
    variables = world.environment_of(container)
    pool = next(
        (v for v in variables.values() if _POOL.search(v.name) and (v.value or "").isdecimal()),
        None,
    )
    if pool is None or not pod.runs_forever:
        return
    values = [variable.value or "" for variable in variables.values()]
    database = next(_databases(values, pod, world), None)
    if database is None:
        return
    scaler = next(iter(world.scalers_of(pod.owner)), None)
    most = scaler.get("spec", "maxReplicas") if scaler is not None else pod.replicas
    size = int(pool.value or 0)
    if isinstance(most, int) and most * size > database.connections - _RESERVED:
        place = pool.source.subject.at(*pool.source.path)
        yield container.problem(
            f"{most} replicas x {pool.name} {size} = {most * size} connections; {database.name} "
            f"accepts {database.connections}, of which {_RESERVED} are reserved",
            at=scaler.at("spec", "maxReplicas") if scaler is not None else place,
            fix=Fix("a smaller pool, fewer replicas at most, or a pooler such as PgBouncer"),
        )


class _Database(NamedTuple):
    """The name of a database's Service, and how many clients it accepts."""

    name: str
    connections: int


def _databases(values: list[str], pod: PodSubject, world: World) -> Iterator[_Database]:
    """The databases of the set that values of variables name as hosts."""
    for name in dict.fromkeys(m["name"] for value in values for m in _HOST.finditer(value)):
        for behind in world.behind(name, pod.namespace):
            for container in behind.containers:
                kind = parse_reference(container.spec.image).name
                if kind in _DEFAULTS and container.kind is ContainerKind.APP:
                    yield _Database(name, _connections(container, _DEFAULTS[kind], world))


def _connections(container: ContainerSubject, default: int, world: World) -> int:
    """What the command or a mounted configuration says of max_connections."""
    told = [
        " ".join(container.words),
        *(config.text for config in config_texts(container, world)),
    ]
    return [default, *(int(n) for text in told for n in _WRITTEN.findall(text))][-1]
