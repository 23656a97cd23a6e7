"""A rollout loses no request: every server, with and without holdfast (service.md A1, T1).

The rows without holdfast stay in the report of the run: they are what a service loses today. The
whole grid of lags and handlers is `python -m tests.real.zero_loss`; docs/run.md has its table.
"""

import pytest
from tests.real.programs import need_driver
from tests.real.zero_loss.fleet import FLEETS, Fleet
from tests.real.zero_loss.rollout import BARE, LIFE, RUN, Outcome, stop_one

pytestmark = pytest.mark.real

LAG_SECONDS, DRAIN_SECONDS = 1.0, 1.5
ALONE = [fleet for fleet in FLEETS if fleet.alone]


def stop(fleet: Fleet, mode: str, record: pytest.FixtureRequest) -> Outcome:
    """One rollout, with its row in the report."""
    need_driver(fleet.package)
    outcome = stop_one(fleet, mode, lag=LAG_SECONDS, drain=DRAIN_SECONDS)
    record.node.user_properties.append(("zero loss", outcome.row()))
    return outcome


@pytest.mark.parametrize("fleet", FLEETS, ids=lambda fleet: fleet.name)
def test_supervised_server_loses_nothing(fleet: Fleet, request: pytest.FixtureRequest) -> None:
    """Under `holdfast run`, with a Life: nothing is lost, and the stop is clean."""
    bare = stop(fleet, BARE, request)
    held = stop(fleet, RUN, request)

    assert held.failed == {}
    assert held.exit_code == 0
    assert held.requests > 0
    assert bare.requests > 0


@pytest.mark.parametrize("fleet", ALONE, ids=lambda fleet: fleet.name)
def test_server_with_a_life_alone_loses_nothing(
    fleet: Fleet, request: pytest.FixtureRequest
) -> None:
    """Without a supervisor, where SIGTERM can be put off inside the process."""
    held = stop(fleet, LIFE, request)

    assert held.failed == {}
    assert held.exit_code == 0


@pytest.mark.parametrize(
    "fleet", [fleet for fleet in FLEETS if fleet.name in ("sanic", "uvicorn, 2 workers")],
    ids=lambda fleet: fleet.name,
)  # fmt: skip
def test_long_handlers_are_finished(fleet: Fleet, request: pytest.FixtureRequest) -> None:
    """Handlers that outlast the window end their answers, though workers hear of the stop twice."""
    need_driver(fleet.package)
    outcome = stop_one(fleet, RUN, lag=0.5, drain=1.0, handler=3.0)
    request.node.user_properties.append(("zero loss", outcome.row()))

    assert outcome.failed == {}
    assert outcome.exit_code == 0
