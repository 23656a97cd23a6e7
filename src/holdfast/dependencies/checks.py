"""Ready-made checks, with the deadlines of docs/specs/service.md 6.5.

    checks.postgres(pool=pool)                  the application's own pool: what it would meet
    checks.kafka("k1:9092,k2:9092", min_brokers=2)   over the wire, without a driver

Every function takes either an address (a URL, or HOST:PORT of its protocol) or the caller's own
object: `pool` where it lends connections, `client` where it is one. Prefer the caller's own: a
greeting on the wire makes a connection each time, and can pass while the pool is exhausted.
All raise TargetError for an address that cannot be asked, and ValueError for contradictions.
"""

from collections.abc import Mapping

from holdfast.dependencies.ask import ask
from holdfast.dependencies.ask_client import client_check
from holdfast.dependencies.check import Check
from holdfast.dependencies.migration_heads import alembic_head, django_head
from holdfast.dependencies.system import certificate, disk, file_descriptors, memory, saturation
from holdfast.dependencies.target import Target, parse_target

__all__ = [
    "alembic_head",
    "amqp",
    "celery",
    "certificate",
    "disk",
    "django_head",
    "dns",
    "file_descriptors",
    "grpc",
    "http",
    "kafka",
    "memory",
    "mysql",
    "nats",
    "postgres",
    "redis",
    "saturation",
    "tcp",
]

POSTGRES_SECONDS = 1.0
REDIS_SECONDS = 0.8
KAFKA_SECONDS = 1.5
HTTP_SECONDS = 2.0
"""The seed values; [D2] for HTTP. Those without one take that of PostgreSQL."""
_OTHER_SECONDS = 1.0
# Twice what Celery's own ping waits for answers (celery.app.control.Control.ping): the first half
# of the deadline is for them.
CELERY_SECONDS = 2.0
# Black-holed or frozen: the question itself knows, and whoever cancels it does not.
_LAST_WORD_SECONDS, _LAST_WORD_SHARE = 0.05, 0.05

_DATASTORE, _COMPONENT = "datastore", "component"


def postgres(
    address: str | None = None,
    *,
    pool: object = None,
    client: object = None,
    timeout: float = POSTGRES_SECONDS,
    name: str = "postgres",
) -> Check:
    """`SELECT 1` on a pool or connection of asyncpg, psycopg or SQLAlchemy; or the greeting."""
    return _check(name, _DATASTORE, timeout, "postgres", address, pool or client)


def mysql(
    address: str | None = None,
    *,
    pool: object = None,
    client: object = None,
    timeout: float = _OTHER_SECONDS,
    name: str = "mysql",
) -> Check:
    """`SELECT 1` on a pool or connection of aiomysql, PyMySQL or SQLAlchemy; or the greeting."""
    return _check(name, _DATASTORE, timeout, "mysql", address, pool or client)


def redis(
    address: str | None = None,
    *,
    client: object = None,
    max_lag: float | None = None,
    timeout: float = REDIS_SECONDS,
    name: str = "redis",
) -> Check:
    """`PING` on a client of redis-py (sync or asyncio); or over the wire.

    With `max_lag`, a replica that heard nothing of its master for so many seconds is `low`; only a
    client can tell.
    """
    if max_lag is not None and client is None:
        raise ValueError(f"check {name!r}: max_lag needs the client, the greeting cannot tell it")
    options = {} if max_lag is None else {"max_lag": max_lag}
    return _check(name, _DATASTORE, timeout, "redis", address, client, options)


def kafka(
    address: str | None = None,
    *,
    client: object = None,
    min_brokers: int = 1,
    timeout: float = KAFKA_SECONDS,
    name: str = "kafka",
) -> Check:
    """Broker metadata by a client of aiokafka or confluent-kafka; or over the wire.

    Fewer than `min_brokers` in the metadata is not up.
    """
    if min_brokers < 1:
        raise ValueError(f"check {name!r}: min_brokers {min_brokers!r} is not above 0")
    if address is not None:
        address += f"{'&' if '?' in address else '?'}min_brokers={min_brokers}"
    options = {"min_brokers": min_brokers}
    return _check(name, _COMPONENT, timeout, "kafka", address, client, options)


def amqp(
    address: str | None = None,
    *,
    client: object = None,
    timeout: float = _OTHER_SECONDS,
    name: str = "amqp",
) -> Check:
    """A channel on a connection of aio-pika; or the greeting."""
    return _check(name, _COMPONENT, timeout, "amqp", address, client)


def nats(
    address: str | None = None,
    *,
    client: object = None,
    timeout: float = _OTHER_SECONDS,
    name: str = "nats",
) -> Check:
    """A flush (PING and PONG) on a client of nats-py; or over the wire."""
    return _check(name, _COMPONENT, timeout, "nats", address, client)


def celery(
    client: object,
    *,
    min_workers: int = 1,
    timeout: float = CELERY_SECONDS,
    name: str = "celery",
) -> Check:
    """A ping that at least `min_workers` workers answer, by the caller's own Celery application.

    Of those who send tasks, not of the workers: `pulse` is the sign of life of one.
    """
    if min_workers < 1:
        raise ValueError(f"check {name!r}: min_workers {min_workers!r} is not above 0")
    return client_check(name, _COMPONENT, timeout, client, {"min_workers": min_workers})


def http(address: str, *, timeout: float = HTTP_SECONDS, name: str = "http") -> Check:
    """An external service: one GET, 2xx or 3xx."""
    return _check(name, _COMPONENT, timeout, "http", address, None)


def tcp(address: str, *, timeout: float = _OTHER_SECONDS, name: str = "tcp") -> Check:
    """Something listens there."""
    return _check(name, _COMPONENT, timeout, "tcp", address, None)


def dns(address: str, *, timeout: float = _OTHER_SECONDS, name: str = "dns") -> Check:
    """A name has an address; SERVER/NAME asks that server."""
    return _check(name, _COMPONENT, timeout, "dns", address, None)


def grpc(
    address: str | None = None,
    *,
    client: object = None,
    service: str = "",
    timeout: float = _OTHER_SECONDS,
    name: str = "grpc",
) -> Check:
    """`grpc.health.v1.Health/Check` on the caller's channel; or over the wire."""
    if address is not None and service:
        address = f"{address.rstrip('/')}/{service}"
    return _check(name, _COMPONENT, timeout, "grpc", address, client, {"service": service})


def _check(
    name: str,
    kind: str,
    timeout: float,
    scheme: str,
    address: str | None,
    client: object,
    options: Mapping[str, object] | None = None,
) -> Check:
    if (address is None) == (client is None):
        raise ValueError(f"check {name!r}: give either an address or the client's own object")
    if client is not None:
        return client_check(name, kind, timeout, client, options or {})
    text = address or ""
    target = parse_target(text if "://" in text else f"{scheme}://{text}")

    return address_check(name, kind, timeout, target)


def address_check(name: str, kind: str, timeout: float, target: Target) -> Check:
    """The greeting of a target, which tells how far it came before the deadline cuts it off."""
    within = timeout - min(_LAST_WORD_SECONDS, timeout * _LAST_WORD_SHARE)
    return Check(name, kind, timeout, ask=lambda: ask(target, within))
