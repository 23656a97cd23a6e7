"""Level two: whether the credentials are accepted and the database exists, by a driver.

A module of logins/ is named like the module of its handshake, and holds
- `DRIVERS`: names of packages, the first that is installed is used;
- `EXTRA`: the extra of holdfast that brings one; `SQL`: whether a session answers statements;
- `log_in(driver, target, timeout)`: blocks, and answers a session (a `Session`), or raises what its
  driver raises.

Redis, AMQP and NATS need no driver: their handshakes log in themselves. Protocols without a login
(TCP, DNS, HTTP) have nothing to add to their greeting.

Rules: a driver that is missing is an error, never a silent fall-back to the greeting. The driver
runs on a thread, which tells through a pipe that it is done.
"""

import posix
from _thread import start_new_thread
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from select import POLLIN
from typing import Any, Protocol

from holdfast.dependencies.errors import TargetError
from holdfast.dependencies.judge_error import judge_error
from holdfast.dependencies.migrations import judge_migration
from holdfast.dependencies.target import Target
from holdfast.dependencies.verdict import FROZEN, UP, Verdict


class Session(Protocol):
    """An open session of a database."""

    def query(self, statement: str) -> Iterable[tuple[Any, ...]]:
        """The rows of one statement."""

    def close(self) -> None:
        """End it."""


def check_driver(target: Target, migration: str) -> None:
    """Refuse a login that cannot be made here. Raises TargetError that names what to install."""
    module = _module(target)
    if migration and not getattr(module, "SQL", False):
        raise TargetError(
            str(target),
            f"{target.scheme} with --until-migrated; expected a database",
            "wait for this target in a call of its own",
        )
    if module is None:
        return
    if _driver(module) is None:
        raise TargetError(
            str(target),
            f"no driver for a login; expected one of {', '.join(module.DRIVERS)}",
            f"pip install 'holdfast[{module.EXTRA}]' into this image, or leave the login out",
        )


def log_in(target: Target, migration: str, now: float, timeout: float) -> "LogIn | None":
    """A login under way, or None where the greeting has said everything."""
    module = _module(target)
    return None if module is None else LogIn(module, target, migration, now, timeout)


class LogIn:
    """One login on a thread of its own; polled like an `Attempt`."""

    def __init__(
        self, module: Any, target: Target, migration: str, now: float, timeout: float
    ) -> None:
        """Start it."""
        self.verdict: Verdict | None = None
        self.wake_at = now + timeout
        self.events = POLLIN
        self._started = now
        self._target = target
        self._outcome: list[Verdict] = []
        self._read, write = posix.pipe()
        start_new_thread(self._run, (module, migration, timeout, write))

    def fileno(self) -> int:
        """What to poll for reading."""
        return self._read

    def advance(self, now: float) -> None:
        """Take the outcome."""
        if self._outcome and self.verdict is None:
            self._finish(self._outcome[0], now)

    def expire(self, now: float) -> None:
        """The time is over: the thread is left alone."""
        if self.verdict is None and now >= self.wake_at:
            waited = f"{now - self._started:.1f} s"
            self._finish(Verdict(FROZEN, f"greets, but the login took longer than {waited}"), now)

    def give_up(self, now: float) -> None:
        """End it before its deadline."""
        self.wake_at = now
        self.expire(now)

    def close(self) -> None:
        """Stop listening to the thread."""
        if self._read >= 0:
            posix.close(self._read)
            self._read = -1

    def _finish(self, verdict: Verdict, now: float) -> None:
        self.close()
        password = self._target.password
        if password and password in verdict.detail:
            verdict = Verdict(verdict.state, "its answer quotes the password and is not shown")
        self.verdict = verdict.took(now - self._started)

    def _run(self, module: Any, migration: str, timeout: float, write: int) -> None:
        try:
            verdict = _ask(module, self._target, migration, timeout)
        except Exception as error:  # noqa: BLE001 - whatever a driver raises is an answer
            verdict = judge_error(error)
        self._outcome.append(verdict)
        posix.close(write)


def _ask(module: Any, target: Target, migration: str, timeout: float) -> Verdict:
    session = module.log_in(import_module(_driver(module) or ""), target, timeout)
    try:
        if not migration:
            return Verdict(UP, "accepts the login")
        return judge_migration(session, migration)
    finally:
        session.close()


def _module(target: Target) -> Any:
    """The module of logins/ with the name of the handshake's, or None."""
    name = target.handshake.__name__.rpartition(".")[2]
    path = f"holdfast.dependencies.logins.{name}"
    try:
        return import_module(path)
    except ModuleNotFoundError as error:
        if error.name != path:
            raise
        return None


def _driver(module: Any) -> str | None:
    return next((name for name in module.DRIVERS if find_spec(name) is not None), None)
