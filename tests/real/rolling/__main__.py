"""A hundred rolling restarts, with and without holdfast: about ten minutes.

python -m tests.real.rolling [RESTARTS]
"""

import sys

from tests.real.rolling.rollouts import BARE, HELD, restart_all

_RESTARTS = 100
_SEED = 8


def main() -> int:
    """Print both rows; answers 1 when something was lost that should not be."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else _RESTARTS
    held = restart_all(count, HELD, _SEED)
    print(held.row(), flush=True)
    print(restart_all(count, BARE, _SEED).row())
    return int(bool(held.failed) or set(held.codes) != {0})


if __name__ == "__main__":
    sys.exit(main())
