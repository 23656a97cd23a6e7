"""What the waiter asks one target: the greeting, then the login where one was wanted.

Rules: a driver is asked only after the greeting said that the server is there, so that every state
is told as precisely as without a driver. It runs on a thread of its own, one at a time, and never
longer than the attempt for the waiter.
"""

from holdfast.dependencies.attempt import Attempt
from holdfast.dependencies.verdict import Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast.dependencies.log_in import LogIn
    from holdfast.dependencies.target import Target


class Question:
    """An attempt, perhaps followed by a login; polled like an `Attempt`."""

    def __init__(self, target: "Target", migration: str, now: float, timeout: float) -> None:
        """Start with the greeting. `migration` is what --until-migrated was given, or ""."""
        self._target = target
        self._migration = migration
        self._timeout = timeout
        self._greeted = False
        self._stage: Attempt | LogIn = Attempt(target, now, timeout)
        self._pass_on(now)

    @property
    def verdict(self) -> Verdict | None:
        """The answer, when there is one."""
        return self._stage.verdict

    @property
    def wake_at(self) -> float:
        """When `expire` has to be called."""
        return self._stage.wake_at

    @property
    def events(self) -> int:
        """What to poll for."""
        return self._stage.events

    def fileno(self) -> int:
        """What to poll."""
        return self._stage.fileno()

    def advance(self, now: float) -> None:
        """Do what can be done without waiting."""
        self._stage.advance(now)
        self._pass_on(now)

    def expire(self, now: float) -> None:
        """Let time pass."""
        self._stage.expire(now)
        self._pass_on(now)

    def give_up(self, now: float) -> None:
        """End it before its deadline, with what is known so far."""
        self._stage.give_up(now)

    def close(self) -> None:
        """Drop what is open."""
        self._stage.close()

    def _pass_on(self, now: float) -> None:
        verdict = self._stage.verdict
        if self._greeted or verdict is None or not verdict.up or not self._target.login:
            return
        self._greeted = True
        from holdfast.dependencies.log_in import log_in

        self._stage = log_in(self._target, self._migration, now, self._timeout) or self._stage
