"""Ready-made checks: those of dependencies, and those of the service itself.

from holdfast.health import checks
health.add(checks.postgres(pool=pool), on_fail="unready")
health.add(checks.self_connect("http://127.0.0.1:8000/healthz"), on_fail="report")
"""

import time
from collections.abc import Callable

from holdfast.dependencies.check import Check
from holdfast.dependencies.checks import (
    address_check,
    alembic_head,
    amqp,
    celery,
    certificate,
    disk,
    django_head,
    dns,
    file_descriptors,
    grpc,
    http,
    kafka,
    memory,
    mysql,
    nats,
    postgres,
    redis,
    saturation,
    tcp,
)
from holdfast.dependencies.target import parse_target
from holdfast.dependencies.verdict import EXHAUSTED, FAILING, LOW, UP, Verdict
from holdfast.health.errors import read_duration
from holdfast.health.registration import OWN

__all__ = [
    "Pulse",
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
    "own_recovery",
    "postgres",
    "pulse",
    "redis",
    "saturation",
    "self_connect",
    "tcp",
]

_SELF_SECONDS = 2.0
# A failover of a managed database usually takes below two minutes; a pool that has not found back
# after that, while a new connection works, does not find back at all (service.md 12.4).
_RECOVERY_SECONDS = 120.0


def self_connect(
    address: str, *, timeout: float = _SELF_SECONDS, name: str = "self connect"
) -> Check:
    """The main port answers: the side listener can be green while it is dead (service.md 12.10).

    `address`: a URL such as http://127.0.0.1:8000/healthz, or tcp://127.0.0.1:8000. Under load a
    new connection can wait for seconds without anything being wrong (F4): report it, at most.
    """
    target = parse_target(address if "://" in address else f"tcp://{address}")
    return address_check(name, OWN, timeout, target)


class Pulse:
    """The sign of life of a worker: it calls `beat` each time round its loop."""

    def __init__(self) -> None:
        """It has just begun."""
        self.beat_at = time.monotonic()

    def beat(self) -> None:
        """Still turning. Cheap; call it as often as you like."""
        self.beat_at = time.monotonic()


def pulse(
    source: Pulse, *, warn: float | str = 60, fail: float | str = 300, name: str = "pulse"
) -> Check:
    """A worker's loop turns; `warn` and `fail` are its longest silence, in seconds."""
    bounds = read_duration(warn, f"check {name!r}: warn"), read_duration(fail, f"{name!r}: fail")

    def ask_pulse() -> Verdict:
        silence = time.monotonic() - source.beat_at
        words = f"last turn {silence:.0f} s ago"
        if silence > bounds[1]:
            return Verdict(EXHAUSTED, words)
        return Verdict(LOW if silence > bounds[0] else UP, words)

    async def asking() -> Verdict:
        return ask_pulse()

    return Check(name, OWN, 1.0, ask=asking)


def own_recovery(
    pool: Check,
    direct: Check,
    *,
    after: float | str = _RECOVERY_SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> Check:
    """The one thing of a dependency that liveness may watch: whether the own pool finds back.

    It fails when `pool` has failed for `after` seconds while `direct`, a fresh connection to the
    same place, works: then a restart of this process mends it. It never fails because the
    dependency is down. Neither check may block.
    """
    seconds = read_duration(after, f"check {pool.name!r}: after")
    broken_since: list[float] = []

    async def asking() -> Verdict:
        verdict = await pool.ask()
        # A busy pool is in use, not broken.
        if verdict.up or verdict.degraded or not (await direct.ask()).up:
            broken_since.clear()
            return Verdict(UP, "recovers by itself")
        if not broken_since:
            broken_since.append(clock())
        silence = clock() - broken_since[0]
        if silence < seconds:
            return Verdict(LOW, f"does not recover since {silence:.0f} s")
        return Verdict(FAILING, f"does not recover since {silence:.0f} s, a new connection works")

    return Check(f"{pool.name} recovery", OWN, pool.timeout + direct.timeout, ask=asking)
