"""Proofs of patches: what holds, what does not, and what a patch must not take away."""

import msgspec
import pytest

from holdfast.kubelet.behaviour import behaviour_of
from holdfast.model.duration import Duration
from holdfast.model.edit import Change, Json
from holdfast.model.node import KubernetesVersion
from holdfast.model.pod import Pod
from holdfast.model.proof import PatchProof
from holdfast.simulation.changed_pod import changed
from holdfast.simulation.distribution import constant
from holdfast.simulation.prove import Extent, Open, prove, prove_open
from holdfast.simulation.subject import Subject
from holdfast.simulation.trial import Trial
from holdfast.simulation.workload import ContainerWorkload, Start, Workload

KUBELET = behaviour_of(KubernetesVersion(1, 36))
SHORT = Extent(20, 7200.0)
REQUEST: dict[str, Json] = {"httpGet": {"path": "/health", "port": 8080}, "periodSeconds": 5}
SLOW = Pod(
    spec=msgspec.convert(
        {
            "containers": [
                {
                    "name": "app",
                    "image": "api:1",
                    "livenessProbe": {**REQUEST, "initialDelaySeconds": 5},
                }
            ]
        },
        type(Pod.NO_SPEC),
    )
)
STARTUP = Change(("containers", "app", "startupProbe"), {**REQUEST, "failureThreshold": 13})


def starting(seconds: float) -> Workload:
    """A process that listens after so long."""
    return Workload(containers={"app": ContainerWorkload(start=Start(wall=constant(seconds)))})


def trial(*changes: Change, before: Pod = SLOW) -> Trial:
    """The slow pod before and after some changes."""
    after = changed(before, changes)
    return Trial(Subject("Pod", before), Subject("Pod", after), ("app",), KUBELET)


def proven(*changes: Change, start: float = 40.0) -> PatchProof:
    """The short proof of some changes for a start of so long."""
    return prove(trial(*changes), starting(start), "", extent=SHORT)


def test_startup_probe_ends_the_loop() -> None:
    """A budget that covers the start holds, and the numbers of both sides are told."""
    proof = proven(STARTUP)

    assert proof.holds
    assert proof.restarts_before.median
    assert proof.restarts_after.median == 0
    assert proof.ready_before.median is not None
    assert proof.ready_after.median is not None
    assert proof.ready_before.median < 0.5 < proof.ready_after.median


def test_budget_that_is_too_small_does_not_hold() -> None:
    """The same patch is refused for a start that takes longer than it allows."""
    proof = proven(STARTUP, start=90.0)

    assert not proof.holds
    assert "still restart" in proof.because


def test_taking_the_protection_away_does_not_hold() -> None:
    """A patch that ends restarts by never looking again is no fix: a hang must still be ended."""
    blind = Change(("containers", "app", "livenessProbe", "failureThreshold"), 100_000)
    proof = proven(blind)

    assert proof.restarts_after.median == 0
    assert not proof.holds
    assert proof.because == "a process that hangs would no longer be restarted"


def test_open_number_is_the_greatest_that_holds() -> None:
    """Thirteen probes of five seconds: a start of about a minute, and not of two."""
    number = Open(16.0, starting, lambda value: str(Duration(value)))
    case = trial(STARTUP)
    proof = prove_open(case, number, "")

    assert proof.holds
    assert 55.0 <= Duration.parse(proof.assumes).seconds <= 65.0


def test_same_seeds_same_proof() -> None:
    """A proof can be repeated by anybody."""
    assert proven(STARTUP) == proven(STARTUP)


@pytest.mark.parametrize(
    ("change", "path", "value"),
    [
        (STARTUP, ("startup_probe", "failure_threshold"), 13),
        (
            Change(("containers", "app", "livenessProbe", "timeoutSeconds"), 3),
            ("liveness_probe", "timeout_seconds"),
            3,
        ),
        (
            Change(("containers", "app", "resources", "limits", "memory"), "1Gi"),
            ("resources", "limits"),
            {"memory": "1Gi"},
        ),
    ],
)
def test_changes_reach_the_pod(change: Change, path: tuple[str, ...], value: object) -> None:
    """The patched pod is what kubectl patch would make of it; the rest stays."""
    found: object = changed(SLOW, [change]).spec.containers[0]
    for name in path:
        found = getattr(found, name)

    assert found == value
    assert changed(SLOW, [change]).spec.containers[0].liveness_probe is not None
    assert SLOW.spec.containers[0].startup_probe is None
