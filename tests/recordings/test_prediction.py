"""The kubelet machine against a real kubelet: every recorded transition lies where it predicts."""

import pytest
from tests.recordings.predict import compare
from tests.recordings.recorded import NAMES

# The workload language says nothing of what a process writes to its disk, so the eviction manager's
# loop has nothing to find (kubelet.md 6.4).
_NODE = {"ephemeral-evicted"}


@pytest.mark.parametrize("name", [name for name in NAMES if name not in _NODE])
def test_recording_is_as_predicted(name: str) -> None:
    """Starts, ends, readiness, waiting reasons and events come when the manifest says they must."""
    rows = compare(name, seeds=100)

    assert [row for row in rows if not row.holds] == []
    assert rows
