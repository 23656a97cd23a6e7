"""Ends of whole pods are read from the status first, and told once."""

import pytest
from tests.diagnosis.cases import case, event, terminated

from holdfast.diagnosis.pod_end import (
    deletion_asked,
    disruption,
    eviction_text,
    has_left,
    speaks_for_pod,
)
from holdfast.model.instant import parse_instant

EVICTED = {"phase": "Failed", "reason": "Evicted", "message": "from the status"}


def test_status_goes_before_the_event() -> None:
    """The status belongs to this pod for sure, and outlives its events."""
    told = eviction_text(
        case(state=terminated(137), status=EVICTED, events=(event("Evicted", "from the event"),))
    )

    assert told is not None
    assert told[0] == "from the status"


def test_container_of_a_settled_pod_keeps_silent() -> None:
    """One eviction is one finding, however many containers the pod has."""
    assert not speaks_for_pod(case(state=terminated(137), status=EVICTED))
    assert speaks_for_pod(case(state=terminated(137), status=EVICTED, whole=True))
    assert speaks_for_pod(case(last=terminated(137)))


@pytest.mark.parametrize(
    ("status", "metadata", "left"),
    [
        ({"phase": "Running"}, {}, False),
        ({"phase": "Failed"}, {}, True),
        ({"phase": "Running", "reason": "Preempting"}, {}, True),
        ({"phase": "Running"}, {"deletionTimestamp": "2026-11-23T08:21:00Z"}, True),
    ],
)
def test_leaving_is_no_restart(
    status: dict[str, str], metadata: dict[str, str], left: bool
) -> None:
    """A container that ends because its pod goes is not restarted."""
    assert has_left(case(status=status, metadata=metadata).pod) is left


def test_condition_that_is_false_does_not_speak() -> None:
    """A DisruptionTarget condition that was taken back is no evidence."""
    condition = {"type": "DisruptionTarget", "status": "False", "reason": "DeletionByPodGC"}

    assert disruption(case(status={"conditions": [condition]}), "DeletionByPodGC") is None


def test_request_lies_one_grace_before_the_deletion_time() -> None:
    """The API stores when the pod must be gone, not when somebody asked for it."""
    metadata = {"deletionTimestamp": "2026-11-23T08:21:00Z", "deletionGracePeriodSeconds": 45}

    assert deletion_asked(case(metadata=metadata).pod) == parse_instant("2026-11-23T08:20:15Z")
