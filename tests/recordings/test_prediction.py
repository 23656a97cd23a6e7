"""The kubelet machine against a real kubelet: every recorded transition lies where it predicts."""

import pytest
from tests.recordings.predict import compare
from tests.recordings.recorded import NAMES


@pytest.mark.parametrize("name", NAMES)
def test_recording_is_as_predicted(name: str) -> None:
    """Starts, ends, readiness, waiting reasons and events come when the manifest says they must."""
    rows = compare(name, seeds=100)

    assert [row for row in rows if not row.holds] == []
    assert rows
