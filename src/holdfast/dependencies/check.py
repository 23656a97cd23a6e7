"""A check: a name, a deadline, and one question that ends in a verdict.

Rules: the caller holds the deadline, by `asyncio.timeout` or by leaving the thread alone, because a
client library may stretch its own (redis-py retries 10 times, docs/specs/service.md F5). A question
raises nothing for what a dependency does, except when it is cancelled.
"""

from collections.abc import Awaitable, Callable

from holdfast.dependencies.verdict import Verdict


class Check:
    """One thing to ask. `kind` is the componentType of health+json: datastore, component, system.

    Exactly one of the two ways to be asked is given; `blocking` says which. A blocking question
    wants a thread, and at most one at a time: a second is never started while one hangs.
    """

    __slots__ = ("_ask", "_ask_blocking", "kind", "name", "timeout")

    def __init__(
        self,
        name: str,
        kind: str,
        timeout: float,
        *,
        ask: Callable[[], Awaitable[Verdict]] | None = None,
        ask_blocking: Callable[[], Verdict] | None = None,
    ) -> None:
        """Keep the parts. `timeout` in seconds. Raises ValueError unless one question is given."""
        if (ask is None) == (ask_blocking is None):
            raise ValueError(f"check {name!r}: give either ask or ask_blocking")
        if not timeout > 0:
            raise ValueError(f"check {name!r}: timeout {timeout!r} is not above 0 seconds")
        self.name = name
        self.kind = kind
        self.timeout = timeout
        self._ask = ask
        self._ask_blocking = ask_blocking

    @property
    def blocking(self) -> bool:
        """Whether it must be asked on a thread."""
        return self._ask_blocking is not None

    async def ask(self) -> Verdict:
        """Ask a check that does not block. Raises TypeError for one that does."""
        if self._ask is None:
            raise TypeError(f"check {self.name!r} blocks: call ask_blocking on a thread")
        return await self._ask()

    def ask_blocking(self) -> Verdict:
        """Ask a check that blocks. Raises TypeError for one that does not."""
        if self._ask_blocking is None:
            raise TypeError(f"check {self.name!r} is asynchronous: await ask()")
        return self._ask_blocking()

    def __repr__(self) -> str:
        return f"Check({self.name!r}, {self.kind!r}, {self.timeout!r})"
