"""The kubelet machine against a real kubelet: every recorded transition lies where it predicts."""

import pytest
from tests.recordings.predict import compare
from tests.recordings.recorded import NAMES

# What the machine of one pod does not decide: the scheduler, and the eviction manager of the node.
_NODE = {"cannot-schedule", "ephemeral-evicted"}


@pytest.mark.parametrize("name", [name for name in NAMES if name not in _NODE])
def test_recording_is_as_predicted(name: str) -> None:
    """Starts, ends, readiness, waiting reasons and events come when the manifest says they must."""
    rows = compare(name, seeds=100)

    assert [row for row in rows if not row.holds] == []
    assert rows
