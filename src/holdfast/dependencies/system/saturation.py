"""How much of a connection pool is in use, by the pool's own counters.

A module of clients/ that can tell holds `usage(client)`: connections in use, and the most there can
be. Nothing is asked over the network.
"""

from collections.abc import Callable

from holdfast.dependencies.ask_client import find_client
from holdfast.dependencies.check import Check
from holdfast.dependencies.errors import TargetError
from holdfast.dependencies.judge_error import judge_error
from holdfast.dependencies.system.marks import check_marks, judge_used
from holdfast.dependencies.verdict import LOW, UP, Verdict

_WARN_USED = 0.90


def saturation(
    pool: object = None,
    *,
    usage: Callable[[], tuple[int, int]] | None = None,
    warn: float = _WARN_USED,
    fail: float | None = None,
    timeout: float = 1.0,
    name: str = "pool",
) -> Check:
    """The pool of a known library, or a function that answers (in use, most).

    `warn` and `fail` are used fractions, 0 to 1. Without `fail` a full pool warns: it is a sign of
    load, and taking a busy pod out of traffic makes the others busier (docs/specs/service.md 6.6).
    """
    if (pool is None) == (usage is None):
        raise ValueError(f"check {name!r}: give either a pool or a usage function")
    check_marks(name, warn, fail if fail is not None else warn)
    count = usage or _counter(pool, name)
    return Check(name, "component", timeout, ask_blocking=lambda: _measure(count, warn, fail))


def _measure(count: Callable[[], tuple[int, int]], warn: float, fail: float | None) -> Verdict:
    try:
        used, most = count()
    except Exception as error:  # noqa: BLE001 - a closed pool raises what its library likes
        return judge_error(error)
    if most <= 0:
        return Verdict(UP, f"{used} connections in use, without a limit")
    share, detail = used / most, f"{used} of {most} connections in use"
    if fail is not None:
        return judge_used(share, warn, fail, detail)
    return Verdict(LOW if share >= warn else UP, detail)


def _counter(pool: object, name: str) -> Callable[[], tuple[int, int]]:
    module = find_client(pool)
    counter: Callable[[object], tuple[int, int]] | None = getattr(module, "usage", None)
    if counter is None:
        raise TargetError(
            f"check {name!r}",
            f"a {type(pool).__module__}.{type(pool).__qualname__}; expected a pool that is known",
            "pass usage=lambda: (in_use, most) instead",
        )
    return lambda: counter(pool)
