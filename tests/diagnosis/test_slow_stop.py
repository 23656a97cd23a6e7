"""The stop time is measured against the right grace, from the right request."""

from typing import Any

import pytest
from tests.diagnosis.cases import case, event, terminated

from holdfast.diagnosis.slow_stop import asked_stop

KILLED = terminated(137, finished="2026-11-23T08:20:40Z")
LIVENESS = {"httpGet": {"port": 80}, "terminationGracePeriodSeconds": 10}
PROBED = event(
    "Killing", "Container app failed liveness probe", lastTimestamp="2026-11-23T08:20:30Z"
)
STOPPED = event("Killing", "Stopping container app", lastTimestamp="2026-11-23T08:20:30Z")
LEAVING = {"deletionTimestamp": "2026-11-23T08:20:35Z", "deletionGracePeriodSeconds": 5}


@pytest.mark.parametrize(
    ("given", "grace_seconds"),
    [
        ({"events": (PROBED,), "container": {"livenessProbe": LIVENESS}}, 10),
        ({"events": (PROBED,), "container": {"livenessProbe": {"httpGet": {"port": 80}}}}, 30),
        ({"events": (STOPPED,), "container": {"livenessProbe": LIVENESS}}, 30),
        ({"events": (STOPPED,), "metadata": LEAVING}, 5),
        ({"events": (STOPPED,), "spec": {"terminationGracePeriodSeconds": 60}}, 60),
    ],
)
def test_grace_of_a_stop(given: dict[str, Any], grace_seconds: int) -> None:
    """The deletion's grace goes before the probe's, and the probe's before the pod's."""
    stop = asked_stop(case(last=KILLED, **given))

    assert stop is not None
    assert stop.grace_seconds == grace_seconds
    assert stop.seconds == 10.0


def test_deletion_tells_when_the_events_have_expired() -> None:
    """deletionTimestamp lies one grace after the request, which is what counts."""
    stop = asked_stop(case(state=KILLED, restarts=0, metadata=LEAVING))

    assert stop is not None
    assert stop.seconds == 10.0
    assert not stop.used_grace


def test_life_that_ended_before_the_deletion_was_not_stopped_by_it() -> None:
    """A pod that is deleted after a crash did not crash because of the deletion."""
    early = terminated(137, finished="2026-11-23T08:20:05Z")

    assert asked_stop(case(state=early, restarts=0, metadata=LEAVING)) is None


@pytest.mark.parametrize("reason", ["OOMKilled", "ContainerStatusUnknown", "StartError"])
def test_other_ends_are_no_stops(reason: str) -> None:
    """What the runtime names otherwise is no stop, whatever events lie around."""
    assert asked_stop(case(last=terminated(137, reason), events=(STOPPED,))) is None


def test_restart_of_all_containers_has_its_own_grace() -> None:
    """RestartAllContainers kills at once and says nothing about handlers (kubelet.md 3.7)."""
    killing = event("Killing", "killing", fieldPath="spec.containers{app}")

    assert asked_stop(case(last=KILLED, events=(killing,))) is None
