"""A neighbour speaks for the node only when its own end bears a mark of the node."""

from typing import Any

import pytest
from tests.diagnosis.cases import case, neighbour, object_event, terminated

from holdfast.diagnosis.node_signs import lost_neighbours, near_end, node_events

LOST = terminated(255, "Unknown")


@pytest.mark.parametrize(
    ("other", "counts"),
    [
        (neighbour("n", LOST), True),
        (neighbour("n", terminated(137, "ContainerStatusUnknown")), True),
        (neighbour("n", terminated(1)), False),
        (neighbour("n", terminated(255, "Unknown", finished="2026-11-23T08:25:00Z")), False),
        (neighbour("n", LOST, node="node-2"), False),
    ],
)
def test_who_counts_as_lost(other: dict[str, Any], counts: bool) -> None:
    """Same node, same minute, and a reason that the runtime or kubelet writes for a lost state."""
    found = lost_neighbours(case(last=LOST, other_pods=(other,)))

    assert found == (("default/n",) if counts else ())


def test_events_of_the_own_node_only() -> None:
    """A reboot of another node explains nothing here."""
    built = case(
        last=LOST,
        events=(
            object_event("Node", "node-1", "Rebooted", "here"),
            object_event("Node", "node-2", "Rebooted", "there"),
        ),
    )

    assert [found.message for found in node_events(built, "Rebooted")] == ["here"]


@pytest.mark.parametrize(
    ("time", "near"),
    [("08:20:00", True), ("08:30:00", True), ("08:10:00", False), ("09:30:00", False)],
)
def test_event_long_before_or_after_is_another_story(time: str, near: bool) -> None:
    """A host reports its reboot minutes after the end of its containers, not hours."""
    told = object_event("Node", "node-1", "Rebooted", "", lastTimestamp=f"2026-11-23T{time}Z")
    built = case(last=LOST, events=(told,))

    assert near_end(node_events(built)[0], built.life) is near
