"""Questions to the caller's own client: one file per library in clients/, found by its name.

A module there holds `is_blocking(client)`, and `ask(client, timeout, **options)` (a coroutine) or
`ask_blocking(client, timeout, **options)`, or both. It imports nothing of its library: the object
is all it needs, and the caller has imported the rest.

Rules: the application's own pool, with a bounded wait for a connection; nothing is connected for a
check. A pool without a free connection is `busy` while its backend answered a moment ago
(docs/specs/service.md 6.6). Errors are sorted by judge_error.py.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from time import monotonic
from typing import Protocol

from holdfast.dependencies.check import Check
from holdfast.dependencies.errors import TargetError
from holdfast.dependencies.judge_error import judge_error
from holdfast.dependencies.verdict import BUSY, FAILING, Verdict

# "Answered recently": within two refreshes and their deadlines (docs/specs/service.md 6.5).
_RECENT_SECONDS = 15.0


class ClientModule(Protocol):
    """What a module of clients/ holds."""

    def is_blocking(self, client: object) -> bool:
        """Whether this object is asked on a thread."""

    async def ask(self, client: object, timeout: float, **options: object) -> Verdict:
        """The question to an asynchronous client; may raise what the library raises."""

    def ask_blocking(self, client: object, timeout: float, **options: object) -> Verdict:
        """The question to a blocking client; may raise what the library raises."""


def client_check(
    name: str, kind: str, timeout: float, client: object, options: Mapping[str, object]
) -> Check:
    """A check on the caller's own object. Raises TargetError for a library nobody knows."""
    module = find_client(client)
    if module is None:
        owner = type(client)
        raise TargetError(
            f"check {name!r}",
            f"a client of {owner.__module__}.{owner.__qualname__}; expected one of a known library",
            "pass an address, or write the check as a function: @health.check()",
        )
    memory = _Memory()
    if module.is_blocking(client):

        def blocking() -> Verdict:
            return memory.run_blocking(lambda: module.ask_blocking(client, timeout, **options))

        return Check(name, kind, timeout, ask_blocking=blocking)

    async def asking() -> Verdict:
        return await memory.run(lambda: module.ask(client, timeout, **options))

    return Check(name, kind, timeout, ask=asking)


class _Memory:
    """When the backend answered last, which tells a busy pool from a dead backend."""

    def __init__(self) -> None:
        self._answered: float | None = None

    async def run(self, question: Callable[[], Awaitable[Verdict]]) -> Verdict:
        started = monotonic()
        try:
            verdict = await question()
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a driver raises is an answer
            verdict = judge_error(error)
        return self._kept(verdict, started)

    def run_blocking(self, question: Callable[[], Verdict]) -> Verdict:
        started = monotonic()
        try:
            verdict = question()
        except Exception as error:  # noqa: BLE001 - whatever a driver raises is an answer
            verdict = judge_error(error)
        return self._kept(verdict, started)

    def _kept(self, verdict: Verdict, started: float) -> Verdict:
        now = monotonic()
        if verdict.up:
            self._answered = now
        elif verdict.state == BUSY and not self._recently(now):
            verdict = Verdict(FAILING, f"{verdict.detail}, and its backend has not answered lately")
        return verdict.took(now - started)

    def _recently(self, now: float) -> bool:
        return self._answered is not None and now - self._answered <= _RECENT_SECONDS


def find_client(client: object) -> ClientModule | None:
    """The module of the library that the client, or a class it derives from, comes from."""
    for owner in type(client).__mro__:
        root = owner.__module__.partition(".")[0]
        path = f"holdfast.dependencies.clients.{root}"
        try:
            module: ClientModule = import_module(path)
        except ModuleNotFoundError as error:
            if error.name != path:
                raise
        else:
            return module
    return None
