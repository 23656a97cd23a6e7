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
A Service of the namespace whose variables are those that well-known programs read, and
enableServiceLinks is not false.

What else it could be
---------------------
A program that does not read the variable.

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

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.runtime import repository_name
from holdfast.lint.world import World
from holdfast.model.edit import Safety
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF714",
    "a Service's injected variable has the name that the program reads",
    Severity.HIGH,
    Confidence.LIKELY,
    prevents=("A07", "A30"),
)


# Variables that official images and their programs read as a port or an address.
_READ = {
    "redis": ("REDIS_PORT",), "kong": ("KONG_PORT",), "grafana": ("GF_PORT",),
    "zookeeper": ("ZOOKEEPER_PORT",), "kafka": ("KAFKA_PORT",), "rabbitmq": ("RABBITMQ_PORT",),
    "gitea": ("GITEA_PORT",), "minio": ("MINIO_PORT",), "vault": ("VAULT_PORT",),
    "port": ("PORT",), "server": ("SERVER_PORT",), "app": ("APP_PORT",), "db": ("DB_PORT",),
    "postgres": ("POSTGRES_PORT",), "mysql": ("MYSQL_PORT",), "mongo": ("MONGO_PORT",),
}  # fmt: skip


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """Variables that the container reads from itself or its command, set by a Service's name."""
    if container.pod.owner.get(*container.pod.path, "enableServiceLinks") is False:
        return
    given = {variable.name for variable in container.spec.env or ()}
    text = " ".join([*container.words, *(v.value or "" for v in container.spec.env or ())])
    for service in world.of_kind("Service"):
        if service.namespace != container.pod.namespace:
            continue
        for name in _READ.get(service.name.lower(), ()):
            own = (
                service.name == container.name
                or repository_name(container.spec.image) == service.name
            )
            used = f"${name}" in text or f"$({name})" in text or f"${{{name}}}" in text
            if name not in given and (used or own):
                yield container.problem(
                    f"the kubelet sets {name}=tcp://... for {service}, which the program takes for "
                    "its own setting",
                    "env",
                    fix=Fix(
                        "enableServiceLinks: false",
                        Safety.REVIEW,
                        {"enableServiceLinks": False},
                        of=container.pod,
                    ),
                )
