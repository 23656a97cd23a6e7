"""Taints and tolerations (component-helpers scheduling/corev1)."""

import pytest

from holdfast.kubelet.toleration import tolerates
from holdfast.model.node import Taint
from holdfast.model.pod import Toleration

TAINT = Taint(key="gpu", value="yes", effect="NoSchedule")


@pytest.mark.parametrize(
    ("toleration", "expected"),
    [
        (Toleration(key="gpu", operator="Equal", value="yes"), True),
        (Toleration(key="gpu", value="yes", effect="NoSchedule"), True),
        (Toleration(key="gpu", operator="Exists"), True),
        (Toleration(operator="Exists"), True),
        (Toleration(key="gpu", value="no"), False),
        (Toleration(key="cpu", operator="Exists"), False),
        (Toleration(key="gpu", operator="Exists", effect="NoExecute"), False),
        (Toleration(key="gpu", operator="Gt", value="yes"), False),
        (Toleration(), False),
    ],
)
def test_what_matches(toleration: Toleration, expected: bool) -> None:
    """A pod is let in by exactly the tolerations that the scheduler accepts."""
    assert tolerates((toleration,), TAINT) is expected


def test_no_toleration_matches_nothing() -> None:
    """Most pods have none of their own."""
    assert not tolerates(None, TAINT)
