"""What a version of the kubelet does differently from others: the version matrix as data.

Rules: a row of docs/specs/kubelet.md 13.1 is a row of `_ROWS`, a defect of 13.3 one of
`REGRESSIONS`, a gate of 13.2 stands in `gates.py`. A version outside 1.25 to 1.36 is modelled as
the nearest one inside, and says so. Nothing else in the project asks for a version number.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from holdfast.kubelet.constants import BACK_OFF_EXPIRY_SECONDS
from holdfast.kubelet.gates import enabled_gates
from holdfast.model.node import KubernetesVersion

OLDEST = KubernetesVersion(1, 25)
NEWEST = KubernetesVersion(1, 36)


class BackOffKey(StrEnum):
    """What an entry of the crash-loop table belongs to: a change of it begins a new entry."""

    CONTAINER = "hash of the container"
    CONTAINER_RESET_BY_RESIZE = "hash of the container, forgotten by an in-place resize"
    IMAGE_AND_RESOURCES = "pod, container name, image and resources"


class WeightFormula(StrEnum):
    """How CPU shares become cpu.weight of a pod's cgroup (kubelet.md 7.3)."""

    LINEAR = "linear"
    QUADRATIC = "quadratic"


class StartEvents(StrEnum):
    """The texts of Created and Started (kubelet.md 10)."""

    PLAIN = "Created container app"
    COLON = "Created container: app"
    GENERIC = "Container created"


class Regression(msgspec.Struct, frozen=True):
    """A known defect of some versions (kubelet.md 13.3).

    `patches` maps a minor version to the first and last patch release that have it; None as the
    last one means that no release with the fix was known. `certain` is False where the exact
    releases are not known.
    """

    name: str
    patches: dict[int, tuple[int, int | None]]
    effect: str
    references: str
    certain: bool = True

    def present(self, minor: int, patch: int) -> bool:
        """Whether a release has it."""
        first, last = self.patches.get(minor, (1, 0))
        return first <= patch and (last is None or patch <= last)


REGRESSIONS = (
    Regression(
        "started inherited",
        {35: (0, None), 36: (0, None)},
        "after a liveness kill the replacement counts as started before its startup probe passes",
        "kubernetes issue 141155, PR 141342",
    ),
    Regression(
        "exec readiness frozen",
        {35: (0, None), 36: (3, None)},
        "exec readiness probes of an ending pod are cancelled and discarded: it stays Ready",
        "kubernetes issue 140881, PR 140882",
    ),
    Regression(
        "context leak",
        {36: (0, 2)},
        "the kubelet's own memory grows with every sync",
        "kubernetes issue 139823, PR 139850",
    ),
    Regression(
        "sidecar blocks restarts",
        {35: (0, 5)},
        "after a kubelet restart, a sidecar with a startup probe keeps app containers from "
        "being restarted",
        "kubernetes PR 137146",
        certain=False,
    ),
    Regression(
        "start-up gate opens",
        {35: (0, None), 36: (0, None)},
        "a pod in start-up becomes Ready after a kubelet restart",
        "kubernetes issue 142305",
    ),
)


class Behaviour(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that depends on the version. Field comments name the row of kubelet.md 13."""

    version: KubernetesVersion
    """The version that is modelled."""
    asked: KubernetesVersion
    """The version that was asked for."""
    patch: int
    """The patch release that is modelled."""
    gates: frozenset[str]
    """Feature gates that are on."""
    # 13.1: the crash-loop back-off
    requeue_at_expiry: bool
    """A pod in back-off is synced when the back-off ends; before, every 10 to 15 s."""
    expiry_follows_cap: bool
    """An entry expires after twice the cap; since 1.32 after 600 s whatever the cap is."""
    back_off_key: BackOffKey
    cap_configurable: bool
    """crashLoopBackOff.maxContainerRestartPeriod is obeyed (gate KubeletCrashLoopBackOffMax)."""
    reduced_decay: bool
    """Base 1 s, cap 60 s (gate ReduceDefaultCrashLoopBackOffDecay)."""
    restart_rules: bool
    """restartPolicy and restartPolicyRules of containers (gate ContainerRestartRules)."""
    restart_all_containers: bool
    """The action RestartAllContainers (gate RestartAllContainersOnContainerExits)."""
    # 13.1: probes
    startup_success_holds: bool
    trigger_resets_ticker: bool
    on_demand_relist: bool
    keeps_probe_state: bool
    """A kubelet restart leaves Started and Ready as they were until the next probe."""
    exec_probe_timeout: bool
    """timeoutSeconds of exec probes is obeyed (gate ExecProbeTimeout)."""
    # 13.1: the end of containers and pods
    sidecars: bool
    """restartPolicy Always of an init container means something (gate SidecarContainers)."""
    sidecar_order: bool
    stop_signals: bool
    """lifecycle.stopSignal is obeyed (gate ContainerStopSignals)."""
    sleep_action: bool
    """Lifecycle hooks may sleep (gate PodLifecycleSleepAction)."""
    sleep_zero: bool
    """And for 0 s (gate PodLifecycleSleepActionAllowZero)."""
    memory_oom_group: bool
    """An out-of-memory kill on cgroup v2 ends every process of the container."""
    single_process_oom_kill: bool
    """The setting singleProcessOOMKill exists."""
    hard_eviction_grace_seconds: int
    soft_eviction_capped_by_spec: bool
    """Soft eviction uses min(evictionMaxPodGracePeriod, pod); before, the former alone."""
    graceful_shutdown: bool
    """The node shutdown manager is there; it stays idle until configured (kubelet.md 6.5)."""
    # 13.1: resources
    refuses_cgroup_v1: bool
    cpu_weight: WeightFormula
    """Of pod and QoS cgroups: container cgroups follow the runtime's version (kubelet.md 7.3)."""
    pod_level_resources: bool
    in_place_resize: bool
    resizes_init_containers: bool
    resizes_pod_level: bool
    memory_qos: bool
    # 13.1 and 10: conditions and texts
    ready_to_start_condition: bool
    """PodReadyToStartContainers is published."""
    ready_to_start_early: bool
    """And right after the sandbox was made, not with the next status."""
    event_key_includes_type: bool
    names_in_back_off_event: bool
    start_events: StartEvents
    long_probe_errors: bool
    names_command_on_timeout: bool
    back_off_names_pull_error: bool
    size_in_pulled_event: bool
    image_access_verified: bool
    """A present image is reported as accessible (gate KubeletEnsureSecretPulledImages)."""
    # The scheduler
    unresolvable_when_larger_than_node: bool
    """No preemption is tried for a request that not even an empty node could meet."""
    names_untolerated_taints: bool
    claims_in_scheduling_events: bool
    """FailedScheduling speaks of claims, even for pods that have none."""
    # 13.3
    regressions: tuple[Regression, ...]
    started_inherited: bool
    exec_readiness_frozen: bool
    start_up_gate_opens: bool

    @property
    def clamped(self) -> bool:
        """Whether another version is modelled than was asked for."""
        return self.version != self.asked

    @property
    def note(self) -> str:
        """What a report says about the version: "Kubernetes 1.40 is modelled as 1.36" or ""."""
        return f"Kubernetes {self.asked} is modelled as {self.version}" if self.clamped else ""

    def back_off_expiry_seconds(self, cap_seconds: float) -> float:
        """How long after the last start an entry of the crash-loop table counts (3.2)."""
        return 2 * cap_seconds if self.expiry_follows_cap else BACK_OFF_EXPIRY_SECONDS


# Field -> the minor version from which on a value holds. Rows without a section number are of 13.1.
_ROWS: dict[str, dict[int, Any]] = {
    "requeue_at_expiry": {25: False, 35: True},
    "expiry_follows_cap": {25: True, 32: False},
    "back_off_key": {
        25: BackOffKey.CONTAINER,
        32: BackOffKey.CONTAINER_RESET_BY_RESIZE,
        34: BackOffKey.IMAGE_AND_RESOURCES,
    },
    "startup_success_holds": {25: False, 32: True},
    "trigger_resets_ticker": {25: False, 32: True},
    "sidecar_order": {25: False, 29: True},
    "memory_oom_group": {25: False, 28: True},
    "single_process_oom_kill": {25: False, 32: True},
    "hard_eviction_grace_seconds": {25: 0, 30: 1},
    "soft_eviction_capped_by_spec": {25: False, 32: True},
    "refuses_cgroup_v1": {25: False, 35: True},
    "cpu_weight": {25: WeightFormula.LINEAR, 33: WeightFormula.QUADRATIC},
    "event_key_includes_type": {25: False, 32: True},
    "start_events": {25: StartEvents.PLAIN, 29: StartEvents.COLON, 35: StartEvents.GENERIC},
    "long_probe_errors": {25: False, 33: True},
    # 10
    "names_in_back_off_event": {25: False, 26: True},
    "size_in_pulled_event": {25: False, 30: True},
    # 1.8
    "names_command_on_timeout": {25: False, 32: True},
    # kubernetes PR 127918
    "back_off_names_pull_error": {25: False, 32: True},
    # kubernetes PR 131345, PR 134740 (later patches of 1.34 have it, too), PR 140222: dynamic
    # resource allocation is always on since 1.34
    "unresolvable_when_larger_than_node": {25: False, 34: True},
    "names_untolerated_taints": {25: True, 35: False},
    "claims_in_scheduling_events": {25: False, 34: True},
    # 9.2
    "ready_to_start_early": {25: False, 36: True},
}

# Field -> the gate that it follows (13.2).
_GATED = {
    "cap_configurable": "KubeletCrashLoopBackOffMax",
    "reduced_decay": "ReduceDefaultCrashLoopBackOffDecay",
    "restart_rules": "ContainerRestartRules",
    "restart_all_containers": "RestartAllContainersOnContainerExits",
    "on_demand_relist": "PLEGOnDemandRelist",
    "exec_probe_timeout": "ExecProbeTimeout",
    "sidecars": "SidecarContainers",
    "stop_signals": "ContainerStopSignals",
    "sleep_action": "PodLifecycleSleepAction",
    "sleep_zero": "PodLifecycleSleepActionAllowZero",
    "graceful_shutdown": "GracefulNodeShutdown",
    "pod_level_resources": "PodLevelResources",
    "in_place_resize": "InPlacePodVerticalScaling",
    "resizes_init_containers": "InPlacePodVerticalScalingInitContainers",
    "resizes_pod_level": "InPlacePodLevelResourcesVerticalScaling",
    "memory_qos": "MemoryQoS",
    "ready_to_start_condition": "PodReadyToStartContainersCondition",
    "image_access_verified": "KubeletEnsureSecretPulledImages",
}

# The patch releases whose source was read (kubelet.md 0): what an unknown patch is modelled as.
_READ_PATCHES = {
    25: 9, 26: 4, 27: 16, 28: 15, 29: 14, 30: 14, 31: 14, 32: 13, 33: 13, 34: 9, 35: 6, 36: 2,
}  # fmt: skip


def behaviour_of(
    version: KubernetesVersion,
    patch: int | None = None,
    gates: Mapping[str, bool] | None = None,
) -> Behaviour:
    """What this version does.

    Args: `patch` is the patch release, which matters for known defects; without it, the release
    whose source was read stands in. `gates` are feature gates as they are set on the cluster.
    Raises GateError for a gate that the version does not have.
    """
    modelled = min(max(version, OLDEST), NEWEST)
    if patch is None or modelled != version:
        patch = _READ_PATCHES[modelled.minor]
    on = enabled_gates(modelled, gates or {})
    regressions = tuple(r for r in REGRESSIONS if r.present(modelled.minor, patch))
    names = {regression.name for regression in regressions}
    values: dict[str, Any] = {field: _value(row, modelled.minor) for field, row in _ROWS.items()}
    values |= {field: gate in on for field, gate in _GATED.items()}
    return Behaviour(
        version=modelled,
        asked=version,
        patch=patch,
        gates=on,
        regressions=regressions,
        started_inherited="started inherited" in names,
        exec_readiness_frozen="exec readiness frozen" in names,
        start_up_gate_opens="start-up gate opens" in names,
        keeps_probe_state="ChangeContainerStatusOnKubeletRestart" not in on,
        **values,
    )


def _value(row: dict[int, Any], minor: int) -> Any:
    return row[max(since for since in row if since <= minor)]
