"""Ask one target and wait for the verdict, without asyncio."""

from select import poll
from time import monotonic

from holdfast.dependencies.attempt import Attempt
from holdfast.dependencies.verdict import Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast.dependencies.target import Target


def ask_blocking(target: "Target", timeout: float) -> Verdict:
    """The verdict, at the latest `timeout` seconds from now."""
    attempt = Attempt(target, monotonic(), timeout)
    try:
        while attempt.verdict is None:
            waiting = poll()
            waiting.register(attempt.fileno(), attempt.events)
            # A millisecond more than too little: poll rounds down.
            if waiting.poll(max(0.0, attempt.wake_at - monotonic()) * 1000 + 1):
                attempt.advance(monotonic())
            attempt.expire(monotonic())
        return attempt.verdict
    finally:
        attempt.close()
