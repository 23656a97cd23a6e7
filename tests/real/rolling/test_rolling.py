"""Clients behind a proxy notice nothing of rolling restarts (service.md A8, T8).

`python -m tests.real.rolling` does a hundred; docs/run.md has what it counted.
"""

import pytest
from tests.real.programs import need_driver
from tests.real.rolling.rollouts import BARE, HELD, restart_all

pytestmark = pytest.mark.real

_RESTARTS = 5


def test_rolling_restarts_lose_nothing(request: pytest.FixtureRequest) -> None:
    """No 502 and no broken connection, and every replica ends with 0."""
    need_driver("uvicorn")
    bare = restart_all(_RESTARTS, BARE, seed=1)
    held = restart_all(_RESTARTS, HELD, seed=1)
    for outcome in (bare, held):
        request.node.user_properties.append(("rolling", outcome.row()))

    assert held.failed == {}
    assert held.codes == {0: _RESTARTS}
    assert held.answered > 0
    assert bare.answered > 0
