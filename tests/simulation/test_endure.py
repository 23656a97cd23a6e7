"""Faults of a proof: laid over, stopped, and what must come back after them."""

from typing import Any

import msgspec
import pytest

from holdfast.kubelet.behaviour import behaviour_of
from holdfast.model.duration import Duration
from holdfast.model.node import KubernetesVersion
from holdfast.model.pod import Pod
from holdfast.model.proof import FaultTrial
from holdfast.simulation.consumption import Memory
from holdfast.simulation.distribution import constant
from holdfast.simulation.endure import endure
from holdfast.simulation.faults import BEGIN_SECONDS, Fault, faults_of
from holdfast.simulation.subject import Subject
from holdfast.simulation.trial import Trial
from holdfast.simulation.workload import Answer, ContainerWorkload, Start, Workload

KUBELET = behaviour_of(KubernetesVersion(1, 36))
LIVE = {"httpGet": {"path": "/health", "port": 8080}}
READY = {"httpGet": {"path": "/ready", "port": 8080}, "periodSeconds": 5}
AWAY, SLOW, PAUSED = (
    "what its readiness probe needs is away for 10m",
    "it crashes, and the next start waits 1m",
    "it stands still for 3s once a minute, ten times",
)


def pod(**container: Any) -> Pod:
    """A pod with one container called app."""
    spec = {"containers": [{"name": "app", "image": "api:1", **container}]}
    return Pod(spec=msgspec.convert(spec, type(Pod.NO_SPEC)))


def tried(before: Pod, after: Pod, app: ContainerWorkload | None = None) -> dict[str, FaultTrial]:
    """What the faults of a change come to, by their text."""
    trial = Trial(Subject("Pod", before), Subject("Pod", after), ("app",), KUBELET)
    workload = Workload(containers={"app": app or ContainerWorkload()})
    return {one.told: one for one in endure(trial, workload)}


def test_faults_end_and_the_pod_is_ready_again() -> None:
    """Without a readiness path that fails for long, nothing but the crash itself restarts."""
    same = pod(livenessProbe=LIVE, readinessProbe=READY)
    found = tried(same, same)

    assert list(found) == [AWAY, SLOW, PAUSED]
    assert all(one.recovers and not one.is_worse for one in found.values())
    assert found[AWAY].restarts_after.high == 0
    # The next tick of the readiness probe after the outage, and the probe of a sync at the latest.
    assert 0 < (found[AWAY].ready_again.high or 0) <= 5.1


def test_startup_probe_makes_a_slow_start_harmless() -> None:
    """Before the change the liveness probe kills the slow start, after it only the crash counts."""
    before = pod(livenessProbe={**LIVE, "periodSeconds": 5}, readinessProbe=READY)
    patched = {**LIVE, "periodSeconds": 5, "failureThreshold": 30}
    after = pod(
        livenessProbe={**LIVE, "periodSeconds": 5}, readinessProbe=READY, startupProbe=patched
    )
    slow = tried(before, after)[SLOW]

    assert slow.restarts_after.high == 1
    assert (slow.restarts_before.low or 0) > 1
    assert slow.recovers


def test_liveness_that_asks_for_dependencies_is_worse() -> None:
    """A liveness probe that asks what the readiness probe asks restarts in every outage."""
    before = pod(livenessProbe=LIVE, readinessProbe=READY)
    after = pod(livenessProbe={**READY, "failureThreshold": 3}, readinessProbe=READY)
    away = tried(before, after)[AWAY]

    assert away.restarts_before.high == 0
    assert away.is_worse
    assert away.recovers


def test_impatient_probe_is_worse_under_pauses() -> None:
    """One failure after a second of silence: every pause of a collector would be a restart."""
    before = pod(livenessProbe=LIVE)
    after = pod(livenessProbe={**LIVE, "periodSeconds": 1, "failureThreshold": 1})

    assert tried(before, after)[PAUSED].is_worse


def test_pod_that_stays_broken_does_not_recover() -> None:
    """Once its dependency was away, this process never answers again: no probe restarts it."""
    failing = Answer(begin=Duration(BEGIN_SECONDS + 300.0), code=503)
    app = ContainerWorkload(answers={"/ready": (failing,)})
    blind = pod(readinessProbe=READY)

    assert not tried(blind, blind, app)[AWAY].recovers


def test_fault_leaves_the_rest_of_the_workload_alone() -> None:
    """What the process does anyway goes on beneath the fault."""
    own = ContainerWorkload(start=Start(wall=constant(7.0)), memory=Memory())
    workload = Workload(containers={"app": own, "other": ContainerWorkload()})
    faults: list[Fault] = list(faults_of(pod(readinessProbe=READY), "app"))

    for fault in faults:
        laid = fault.laid_over(workload, "app")
        assert laid.containers["app"].start == own.start
        assert laid.containers["other"] is workload.containers["other"]
        assert fault.end_seconds > BEGIN_SECONDS


@pytest.mark.parametrize("probe", [None, {"exec": {"command": ["true"]}}])
def test_outage_needs_a_path_that_can_fail(probe: dict[str, Any] | None) -> None:
    """A command is not a request that a dependency could fail; without a probe nothing shows it."""
    given = pod(readinessProbe=probe) if probe else pod()

    assert AWAY not in [fault.told for fault in faults_of(given, "app")]
