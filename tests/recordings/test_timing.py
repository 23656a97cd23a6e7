"""Without any event, by the status and its times alone: replays tell who ended the container."""

import pytest
from tests.recordings.calibrate import examined
from tests.recordings.expected import TRUTHS
from tests.recordings.recorded import NAMES, after_restarts, last_moment

from holdfast.model.finding import TROUBLED
from holdfast.model.verdict import Mechanism

LOOPS = [name for name in NAMES if TRUTHS[name].state in TROUBLED]
# A container that never answers its liveness probe is killed at the same second whether nothing
# listens yet (C03), the path is wrong (C02) or a failure is answered (C06): only an event tells.
ALIKE = {"http-404", "initial-delay-long"}


@pytest.mark.parametrize("name", LOOPS)
def test_right_cause_leads_by_timing(name: str) -> None:
    """After two restarts and at the end, with all Event objects removed."""
    for moment in (after_restarts(name, 2), last_moment(name)):
        if moment is None:
            continue
        *_, finding = examined(name, moment, with_events=False)
        causes = [verdict.cause for verdict in finding.verdicts]
        if name in ALIKE:
            assert not finding.decided
            assert not {*TRUTHS[name].causes}.isdisjoint(causes[:3])
            assert finding.verdicts[0].mechanism is Mechanism.PROBE_KILL
        else:
            assert causes[0] in TRUTHS[name].causes
