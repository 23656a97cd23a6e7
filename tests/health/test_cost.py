"""What a probe costs, counted in calls: the same on every machine, so that it can be a test.

`python -m benchmarks.health` measures it in microseconds beside other libraries. The bounds are
twice what was counted when they were written (docs/specs/service.md 16, T6).
"""

import sys
from collections.abc import Callable
from typing import Any

import pytest
from tests.health.checked import check

from holdfast.health import Health
from holdfast.life import Life


async def app(scope: Any, receive: Any, send: Any) -> None:
    """An application of its own."""


async def nothing() -> dict[str, Any]:
    """No message of a client."""
    return {}


async def unheard(message: Any) -> None:
    """A server that drops its messages."""


async def calls_of(health: Health, probe: Callable[[Any, Any, Any], Any]) -> int:
    """Calls of functions, Python's and the interpreter's own, for one probe after the first."""
    scope = {"type": "http", "method": "GET", "path": "/readyz", "headers": []}
    for _ in range(2):
        await probe(dict(scope), nothing, unheard)
        await health.sample()
    assert health.board.ready(0.0) == ""
    await probe(dict(scope), nothing, unheard)
    count = 0

    def see(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(see)
    try:
        await probe(scope, nothing, unheard)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(("with_life", "most"), [(False, 18), (True, 22)])
async def test_sampled_answer_costs_few_calls(with_life: bool, most: int) -> None:
    """A probe reads what is known: however many checks there are, it does no more."""
    counts = []
    for number in (1, 40):
        life = Life() if with_life else None
        health = Health(life)
        for index in range(number):
            health.add(check(f"check {index}"), on_fail="unready")
        mounted = health.mount(app)
        counts.append(await calls_of(health, life.asgi(mounted) if life else mounted))
        health.end()
        if life is not None:
            life.server_stopped()
            life.end()

    assert counts[0] == counts[1]
    assert counts[0] <= most
