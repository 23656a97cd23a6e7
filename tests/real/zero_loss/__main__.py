"""The whole grid of service.md A1: servers, lags and handlers, with connections kept or not.

python -m tests.real.zero_loss [SERVER …]

Takes about 45 minutes. Prints a row for each run, which holds two cells: clients that keep their
connection and clients that open one for each request. At the end a table per server, as docs/run.md
shows it.
"""

import sys
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from tests.real.zero_loss.fleet import FLEETS, Fleet
from tests.real.zero_loss.rollout import BARE, LIFE, RUN, Outcome, stop_one

_LAGS = (0.5, 1.0, 3.0)
_HANDLERS = (0.01, 0.2, 5.0)
# The window has to exceed the lag.
_MARGIN_SECONDS = 0.5
# service.md A1: what the end may take beyond the window and the longest handler.
_MARK_SECONDS = 0.7
_KINDS = ("keeping", "connecting")
_HEADING = """
| server | how | cells without loss | requests | lost, kept | lost, new | exit codes | end |
|---|---|---|---|---|---|---|---|"""


class Run(NamedTuple):
    """One stop. `seconds` is what its end took beyond the window and the handler."""

    outcome: Outcome
    seconds: float


def main() -> int:
    """Print rows and tables; answers 1 when something was lost that should not be."""
    wanted = sys.argv[1:]
    fleets = [fleet for fleet in FLEETS if not wanted or fleet.name in wanted]
    if not fleets:
        print(f"no server {wanted[0]!r}; known: {', '.join(fleet.name for fleet in FLEETS)}")
        return 2
    groups = [list(_stop(fleet, mode)) for fleet in fleets for mode in _modes(fleet)]
    print(_HEADING)
    for runs in groups:
        print(_summary([run.outcome for run in runs], max(run.seconds for run in runs)))
    held = [run.outcome for runs in groups for run in runs if run.outcome.mode != BARE]
    return int(any(outcome.lost or outcome.exit_code != 0 for outcome in held))


def _modes(fleet: Fleet) -> tuple[str, ...]:
    return (BARE, RUN, LIFE) if fleet.alone else (BARE, RUN)


def _stop(fleet: Fleet, mode: str) -> Iterator[Run]:
    for lag, handler in product(_LAGS, _HANDLERS):
        drain = lag + _MARGIN_SECONDS
        outcome = stop_one(fleet, mode, lag=lag, drain=drain, handler=handler)
        run = Run(outcome, outcome.exit_seconds - handler - drain * (mode != BARE))
        late = "" if run.seconds <= _MARK_SECONDS else f"  late by {run.seconds:.1f} s"
        print(f"lag {lag:3g} s  handler {handler:4g} s  {outcome.row()}{late}", flush=True)
        yield run


def _summary(outcomes: list[Outcome], seconds: float) -> str:
    clean = sum(not outcome.lost_by(kind) for outcome in outcomes for kind in _KINDS)
    kept, new = (sum(outcome.lost_by(kind) for outcome in outcomes) for kind in _KINDS)
    codes = sorted({_code(outcome) for outcome in outcomes})
    return (
        f"| {outcomes[0].fleet} | {outcomes[0].mode} | {clean} of {2 * len(outcomes)} "
        f"| {sum(outcome.requests for outcome in outcomes)} | {kept} | {new} "
        f"| {', '.join(codes)} | {seconds:+.1f} s |"
    )


def _code(outcome: Outcome) -> str:
    return "killed" if outcome.exit_code is None else str(outcome.exit_code)


if __name__ == "__main__":
    sys.exit(main())
