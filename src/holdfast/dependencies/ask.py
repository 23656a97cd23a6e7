"""Ask one target from a coroutine.

Rules: everything happens on the running loop; names are looked up on a thread of their own and
never on the loop's default executor, which an application shares (docs/specs/service.md 12.3).
"""

import asyncio
from select import POLLOUT
from time import monotonic

from holdfast.dependencies.attempt import Attempt
from holdfast.dependencies.target import Target
from holdfast.dependencies.verdict import Verdict


async def ask(target: Target, timeout: float) -> Verdict:
    """The verdict, at the latest `timeout` seconds from now."""
    attempt = Attempt(target, monotonic(), timeout)
    loop = asyncio.get_running_loop()
    try:
        while attempt.verdict is None:
            if await _is_ready(loop, attempt):
                attempt.advance(monotonic())
            attempt.expire(monotonic())
        return attempt.verdict
    finally:
        attempt.close()


async def _is_ready(loop: asyncio.AbstractEventLoop, attempt: Attempt) -> bool:
    """Wait for the descriptor or for the time; whether it was the descriptor."""
    ready: asyncio.Future[bool] = loop.create_future()
    descriptor = attempt.fileno()

    def wake(*, by_descriptor: bool = True) -> None:
        if not ready.done():
            ready.set_result(by_descriptor)

    writing = bool(attempt.events & POLLOUT)
    loop.add_reader(descriptor, wake)
    if writing:
        loop.add_writer(descriptor, wake)
    left = max(0.0, attempt.wake_at - monotonic())
    timer = loop.call_later(left, lambda: wake(by_descriptor=False))
    try:
        return await ready
    finally:
        timer.cancel()
        loop.remove_reader(descriptor)
        if writing:
            loop.remove_writer(descriptor)
