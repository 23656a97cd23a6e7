"""What `holdfast new` asks, and what a service is filled in with.

Rules: the sum of a stop fits its grace period, and a start its probes; numbers of the manifests and
of the programs come from here, so that they cannot disagree.
"""

import re
from enum import StrEnum

import msgspec

from holdfast.blueprints.fill_in import Value
from holdfast.model.regex import regex

# RFC 1035 labels, as names of Services are (k8s.io/apimachinery validation.IsDNS1035Label).
_NAME = regex(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_REGISTRY = regex(
    r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*", re.ASCII
)
_LONGEST_NAME = 50
"""A Service has at most 63 characters, and a ReplicaSet adds its hash to the name of a pod."""
# The side port of holdfast.health (docs/specs/service.md 6.7).
_HEALTH_PORT = 8086


class Framework(StrEnum):
    """What the service is written with."""

    GIN = "gin"
    FASTAPI = "fastapi"
    SPRING = "spring"
    NODE = "node"


class Dependency(msgspec.Struct, frozen=True):
    """Something the service needs: its environment variable, and an address to begin with."""

    name: str
    variable: str
    address: str


DEPENDENCIES = {
    dependency.name: dependency
    for dependency in (
        Dependency("postgres", "DATABASE_URL", "postgres://{name}:change-me@postgres:5432/{name}"),
        Dependency("mysql", "MYSQL_URL", "mysql://{name}:change-me@mysql:3306/{name}"),
        Dependency("redis", "REDIS_URL", "redis://redis:6379/0"),
        Dependency("kafka", "KAFKA_URL", "kafka://kafka:9092"),
        Dependency("amqp", "AMQP_URL", "amqp://{name}:change-me@rabbitmq:5672/"),
        Dependency("nats", "NATS_URL", "nats://nats:4222"),
    )
}
"""What can be waited for by name (docs/wait.md)."""


class Answers(msgspec.Struct, frozen=True):
    """One service. `registry` is where its image goes: "ghcr.io/shop"."""

    framework: Framework
    name: str
    port: int
    registry: str
    dependencies: tuple[str, ...] = ()


def problem_of(answers: Answers) -> str:
    """What is wrong with the answers, in words; "" where nothing is."""
    if not _NAME.fullmatch(answers.name) or len(answers.name) > _LONGEST_NAME:
        return (
            f"name {answers.name!r}; expected at most {_LONGEST_NAME} small letters, digits and "
            "hyphens, a letter first"
        )
    if not 1024 <= answers.port <= 65535 or answers.port == _HEALTH_PORT:
        return (
            f"port {answers.port}; expected 1024 to 65535 (below 1024 needs rights that the pod "
            f"does not have), and not {_HEALTH_PORT}, where health answers"
        )
    if not _REGISTRY.fullmatch(answers.registry):
        return (
            f"registry {answers.registry!r}; expected a form such as ghcr.io/shop, in small letters"
        )
    unknown = [name for name in answers.dependencies if name not in DEPENDENCIES]
    if unknown:
        return f"dependency {unknown[0]!r}; known are {', '.join(DEPENDENCIES)}"
    return ""


def values_of(answers: Answers, version: str) -> dict[str, Value]:
    """What the templates are filled in with; `version` is that of holdfast."""
    chosen = [DEPENDENCIES[name] for name in dict.fromkeys(answers.dependencies)]
    return {
        "name": answers.name,
        "port": str(answers.port),
        "health_port": str(_HEALTH_PORT),
        "registry": answers.registry,
        "registry_host": answers.registry.partition("/")[0],
        "image": f"{answers.registry}/{answers.name}",
        "holdfast_version": version,
        "ghcr": answers.registry.startswith("ghcr.io/"),
        **{framework.value: framework is answers.framework for framework in Framework},
        "dependencies": [
            {
                "name": one.name,
                "variable": one.variable,
                "key": one.variable.lower().replace("_", "-"),
                "address": one.address.format(name=answers.name),
            }
            for one in chosen
        ],
    }
