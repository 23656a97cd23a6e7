"""Checks for tests, and boards with samples at chosen times."""

import asyncio
from typing import Any

from holdfast.dependencies.check import Check
from holdfast.dependencies.verdict import FAILING, LOW, UP, Verdict
from holdfast.health.board import Board, Settings
from holdfast.health.registration import register

PASSES = Verdict(UP, "passes", 0.001)
WARNS = Verdict(LOW, "low", 0.001)
FAILS = Verdict(FAILING, "postgres://shop:hunter2@db/app is down", 0.001)


def check(name: str = "db", *, kind: str = "datastore", timeout: float = 1.0) -> Check:
    """A check that passes at once."""

    async def asking() -> Verdict:
        await asyncio.sleep(0)
        return PASSES

    return Check(name, kind, timeout, ask=asking)


class Service:
    """The states of a life, set by hand."""

    def __init__(self) -> None:
        """Ready, and not draining."""
        self.ready = True
        self.draining: object = False
        self.releasing = False


def board(service: Service | None = None, **settings: Any) -> Board:
    """An empty one with the defaults of Health."""
    defaults: dict[str, Any] = {
        "refresh": 5.0, "stale_after": 15.0, "lag_warn": 1.0, "lag_fail": 30.0,
        "warn_is_healthy": False, "ready_while_draining": False, "redact": True,
    }  # fmt: skip
    return Board(Settings(**{**defaults, **settings}), service or Service())


def add(made: Board, name: str = "db", verdict: Verdict | None = PASSES, **settings: Any) -> None:
    """A check that was sampled at 100, unless `verdict` is None."""
    kind = settings.pop("kind", "datastore")
    made.add(register(check(name, kind=kind), **{"every": 5, **settings}))
    if verdict is not None:
        made.sample(name, verdict, 100.0, 1_800_000_000.0)
