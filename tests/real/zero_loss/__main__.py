"""The whole grid of service.md A1: servers, lags and handlers; takes some minutes.

python -m tests.real.zero_loss [SERVER …]
"""

import sys

from tests.real.zero_loss.fleet import FLEETS
from tests.real.zero_loss.rollout import BARE, LIFE, RUN, stop_one

_LAGS = (0.5, 1.0, 3.0)
_HANDLERS = (0.01, 0.2, 5.0)
# The window has to exceed the lag.
_MARGIN_SECONDS = 0.5


def main() -> int:
    """Print a row for each cell; answers 1 when something was lost."""
    wanted = sys.argv[1:]
    lost = 0
    for fleet in FLEETS:
        if wanted and fleet.name not in wanted:
            continue
        for lag in _LAGS:
            for handler in _HANDLERS:
                modes = (BARE, RUN, LIFE) if fleet.alone else (BARE, RUN)
                for mode in modes:
                    drain = lag + _MARGIN_SECONDS
                    outcome = stop_one(fleet, mode, lag=lag, drain=drain, handler=handler)
                    print(f"lag {lag:3g} s  handler {handler:4g} s  {outcome.row()}", flush=True)
                    lost += outcome.lost if mode != BARE else 0
    return int(lost > 0)


if __name__ == "__main__":
    sys.exit(main())
