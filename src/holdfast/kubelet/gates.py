"""Feature gates of the kubelet and the API server: since when they exist, and their defaults.

Rules: only gates that change what the model does; a gate that a version does not have, or has
locked, cannot be switched. Source: pkg/features/kube_features.go of 1.25 to 1.36, as in
docs/specs/kubelet.md 13.2.
"""

from collections.abc import Mapping
from enum import Enum

from holdfast.model.errors import HoldfastError
from holdfast.model.node import KubernetesVersion


class Stage(Enum):
    """How a version has a gate: off or on unless it is set, or always on."""

    OFF = "off"
    ON = "on"
    LOCKED = "locked"


# The stages of each gate, by the minor version in which they begin.
GATES: dict[str, dict[int, Stage]] = {
    "ChangeContainerStatusOnKubeletRestart": {25: Stage.ON, 35: Stage.OFF},
    "ContainerRestartRules": {34: Stage.OFF, 35: Stage.ON},
    "ContainerStopSignals": {33: Stage.OFF},
    "ExecProbeTimeout": {20: Stage.ON, 35: Stage.LOCKED},
    "GracefulNodeShutdown": {21: Stage.ON},
    "InPlacePodLevelResourcesVerticalScaling": {35: Stage.OFF, 36: Stage.ON},
    "InPlacePodVerticalScaling": {27: Stage.OFF, 33: Stage.ON, 35: Stage.LOCKED},
    "InPlacePodVerticalScalingInitContainers": {36: Stage.ON},
    "KubeletCrashLoopBackOffMax": {32: Stage.OFF, 35: Stage.ON},
    "KubeletEnsureSecretPulledImages": {33: Stage.OFF, 35: Stage.ON},
    "MemoryQoS": {22: Stage.OFF},
    "PLEGOnDemandRelist": {36: Stage.ON},
    "PodLevelResources": {32: Stage.OFF, 34: Stage.ON},
    "PodLifecycleSleepAction": {29: Stage.OFF, 30: Stage.ON, 34: Stage.LOCKED},
    "PodLifecycleSleepActionAllowZero": {32: Stage.OFF, 33: Stage.ON, 34: Stage.LOCKED},
    "PodReadyToStartContainersCondition": {29: Stage.ON},
    "ReduceDefaultCrashLoopBackOffDecay": {33: Stage.OFF},
    "RestartAllContainersOnContainerExits": {35: Stage.OFF, 36: Stage.ON},
    "SidecarContainers": {28: Stage.OFF, 29: Stage.ON, 33: Stage.LOCKED},
}


class GateError(HoldfastError):
    """A feature gate that cannot be set as asked."""


def enabled_gates(version: KubernetesVersion, settings: Mapping[str, bool]) -> frozenset[str]:
    """The gates that are on, after `settings` (as in --feature-gates).

    Raises GateError for a gate that the version does not have, or that it has locked.
    """
    for name, value in settings.items():
        _refuse_impossible(version, name, value)
    return frozenset(
        name
        for name in GATES
        if (stage := _stage(version, name)) is not None
        and settings.get(name, stage is not Stage.OFF)
    )


def _stage(version: KubernetesVersion, name: str) -> Stage | None:
    reached = [minor for minor in GATES.get(name, {}) if minor <= version.minor]
    return GATES[name][max(reached)] if reached else None


def _refuse_impossible(version: KubernetesVersion, name: str, value: bool) -> None:
    stage = _stage(version, name)
    if stage is not None and (stage is not Stage.LOCKED or value):
        return
    if stage is Stage.LOCKED:
        found = f"{value}, but Kubernetes {version} has the gate locked to true"
        next_step = "leave the gate out, or choose an older version"
    elif name in GATES:
        found = (
            f"a gate that Kubernetes {version} does not have; it begins with 1.{min(GATES[name])}"
        )
        next_step = "leave the gate out, or choose a newer version"
    else:
        found = "a gate that the model does not know"
        next_step = f"use one of {', '.join(sorted(GATES))}"
    raise GateError("setting feature gates", name, found, next_step)
