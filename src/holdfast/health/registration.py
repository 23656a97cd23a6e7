"""What a service says about one check: which probe it serves, and what its failure means.

    probe     ready, live or startup
    on_fail   unready: 503 on readiness.  degrade: serves, but warns.  report: is listed, no more.

Rules: everything that contradicts itself is refused when it is written. Liveness refuses checks of
dependencies unless they are forced by name: a restart mends no database (service.md 12.4).
"""

import inspect
from collections.abc import Awaitable, Callable
from typing import Final

from holdfast.dependencies.check import Check
from holdfast.dependencies.verdict import FAILING, UP, Verdict
from holdfast.health.errors import HealthError, read_duration
from holdfast.health.hysteresis import Thresholds

READY: Final = "ready"
LIVE: Final = "live"
STARTUP: Final = "startup"
PROBES: Final = (READY, LIVE, STARTUP)
UNREADY: Final = "unready"
DEGRADE: Final = "degrade"
REPORT: Final = "report"
POLICIES: Final = (UNREADY, DEGRADE, REPORT)
OWN: Final = "own"
"""`kind` of a check that looks at this process only."""
_SYSTEM = "system"
_AFTER_SAMPLES = 3
_LONGEST_NAME = 80

Answer = bool | Verdict | None
Question = Callable[[], Answer] | Callable[[], Awaitable[Answer]]


class Registration:
    """One check with its settings, all durations in seconds."""

    __slots__ = ("check", "every", "fail_open", "on_fail", "probe", "thresholds", "timeout")

    def __init__(
        self,
        check: Check,
        *,
        probe: str,
        on_fail: str,
        every: float,
        timeout: float,
        thresholds: Thresholds,
        fail_open: bool,
    ) -> None:
        """Keep the parts."""
        self.check = check
        self.probe = probe
        self.on_fail = on_fail
        self.every = every
        self.timeout = timeout
        self.thresholds = thresholds
        self.fail_open = fail_open

    @property
    def name(self) -> str:
        """Of the check."""
        return self.check.name


def register(
    check: Check,
    *,
    probe: str = READY,
    on_fail: str = DEGRADE,
    every: object,
    timeout: object = None,
    after: object = _AFTER_SAMPLES,
    after_seconds: object = 0,
    recover: object = 1,
    recover_seconds: object = 0,
    fail_open: bool = False,
    force: str | None = None,
) -> Registration:
    """Check the settings of one check. Raises HealthError; see `Health.add` for their meaning."""
    where = f"check {check.name!r}"
    if not check.name or len(check.name) > _LONGEST_NAME or not check.name.isprintable():
        raise HealthError(
            where, "a name that cannot be shown", f"name it in 1 to {_LONGEST_NAME} characters"
        )
    _one_of(where, "probe", probe, PROBES)
    _one_of(where, "on_fail", on_fail, POLICIES)
    if probe == LIVE and check.kind not in (OWN, _SYSTEM) and force != check.name:
        raise HealthError(
            where,
            "probe='live' for a check that asks a dependency; a restart does not mend it, "
            "and takes down every replica at once",
            f"use probe='ready', or force={check.name!r} if you are sure",
        )
    if fail_open and (probe != READY or on_fail != UNREADY):
        raise HealthError(
            where,
            f"fail_open=True with probe={probe!r}, on_fail={on_fail!r}, which never end traffic",
            "drop fail_open, or say on_fail='unready'",
        )
    return Registration(
        check,
        probe=probe,
        on_fail=on_fail,
        every=read_duration(every, f"{where}: every"),
        timeout=read_duration(check.timeout if timeout is None else timeout, f"{where}: timeout"),
        thresholds=Thresholds(
            _count(where, "after", after),
            _seconds(where, "after_seconds", after_seconds),
            _count(where, "recover", recover),
            _seconds(where, "recover_seconds", recover_seconds),
        ),
        fail_open=fail_open,
    )


def check_of(question: Question, name: str, timeout: object, *, own: bool) -> Check:
    """A check of the service's own function, sync or async.

    It passes when it returns None or True, fails when it returns False or raises, or answers a
    Verdict of its own.
    """
    seconds = read_duration(timeout, f"check {name!r}: timeout")
    kind = OWN if own else "component"
    if inspect.iscoroutinefunction(question):

        async def asking() -> Verdict:
            return _verdict(await question())

        return Check(name, kind, seconds, ask=asking)
    return Check(name, kind, seconds, ask_blocking=lambda: _verdict(question()))


def _verdict(answer: object) -> Verdict:
    if isinstance(answer, Verdict):
        return answer
    if answer is None or answer is True:
        return Verdict(UP, "passes")
    if answer is False:
        return Verdict(FAILING, "it says that it fails")
    return Verdict(FAILING, f"it answers a {type(answer).__name__}; expected a bool or a Verdict")


def _one_of(where: str, setting: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        raise HealthError(
            where, f"{setting}={value!r}; expected one of {', '.join(known)}", "choose one of them"
        )


def _count(where: str, setting: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise HealthError(
            where, f"{setting}={value!r}; expected a number of samples, 1 or more", "count samples"
        )
    return value


def _seconds(where: str, setting: str, value: object) -> float:
    return 0.0 if value in (0, "0") else read_duration(value, f"{where}: {setting}")
