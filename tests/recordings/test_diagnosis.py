"""Every recorded scenario gets its true state and cause, at its end and after two restarts."""

import pytest
from tests.recordings.expected import TRUTHS
from tests.recordings.recorded import NAMES, after_restarts, last_moment, snapshot_at

from holdfast.diagnosis.diagnose import diagnose
from holdfast.model.finding import TROUBLED, Finding


def the_finding(name: str, moment: float) -> Finding:
    """The first finding about the scenario's pod."""
    return diagnose(snapshot_at(name, moment)).findings[0]


def test_every_recording_has_its_truth() -> None:
    """A new recording is not forgotten, and no truth is about nothing."""
    assert set(NAMES) == set(TRUTHS)


@pytest.mark.parametrize("name", NAMES)
def test_last_moment(name: str) -> None:
    """The state and the cause are right with everything the API still had at the end."""
    truth = TRUTHS[name]
    finding = the_finding(name, last_moment(name))

    assert finding.state is truth.state
    if truth.causes:
        assert finding.cause is not None
        assert finding.cause.cause in truth.causes
    assert set(truth.beside) <= {verdict.cause for verdict in finding.beside}


@pytest.mark.parametrize("name", [n for n in NAMES if TRUTHS[n].state in TROUBLED])
def test_after_two_restarts(name: str) -> None:
    """Two restarts are enough, where the container restarts at all."""
    moment = after_restarts(name, 2)
    if moment is None:
        assert TRUTHS[name].causes[0][0] == "B", "only what cannot start never restarts"
        return
    finding = the_finding(name, moment)

    assert finding.cause is not None
    assert finding.cause.cause in TRUTHS[name].causes


@pytest.mark.parametrize("name", [n for n in NAMES if TRUTHS[n].state not in TROUBLED])
def test_no_restart_cause_where_nothing_restarts(name: str) -> None:
    """At no moment of its life is a pod that never restarts given a cause of restarts."""
    for update_moment in (last_moment(name), last_moment(name) - 20, last_moment(name) - 60):
        first = snapshot_at(name, last_moment(name)).pods[0].created or 0.0
        finding = the_finding(name, max(update_moment, first + 5))

        assert finding.state not in TROUBLED
        if finding.cause is not None:
            assert finding.cause.cause[0] in "SNE" or finding.cause.cause == "NONE"
