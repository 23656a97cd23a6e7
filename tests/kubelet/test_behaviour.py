"""The version matrix: each row changes where kubelet.md 13 says, and nowhere else."""

import msgspec
import pytest

from holdfast.kubelet.behaviour import (
    REGRESSIONS,
    BackOffKey,
    Behaviour,
    StartEvents,
    WeightFormula,
    behaviour_of,
)
from holdfast.kubelet.gates import GATES, GateError
from holdfast.model.node import KubernetesVersion

MINORS = range(25, 37)
# Written from docs/specs/kubelet.md 13.1 and 13.2: the minor version from which on a row is true.
TRUE_SINCE = {
    "requeue_at_expiry": 35,
    "startup_success_holds": 32,
    "trigger_resets_ticker": 32,
    "on_demand_relist": 36,
    "sidecars": 29,
    "sidecar_order": 29,
    "memory_oom_group": 28,
    "single_process_oom_kill": 32,
    "soft_eviction_capped_by_spec": 32,
    "keeps_probe_state": 35,
    "refuses_cgroup_v1": 35,
    "event_key_includes_type": 32,
    "long_probe_errors": 33,
    "names_in_back_off_event": 26,
    "names_command_on_timeout": 32,
    "back_off_names_pull_error": 32,
    "size_in_pulled_event": 30,
    "image_access_verified": 35,
    "cap_configurable": 35,
    "restart_rules": 35,
    "restart_all_containers": 36,
    "sleep_action": 30,
    "sleep_zero": 33,
    "pod_level_resources": 34,
    "in_place_resize": 33,
    "resizes_init_containers": 36,
    "resizes_pod_level": 36,
    "ready_to_start_condition": 29,
    "ready_to_start_early": 36,
    "start_up_gate_opens": 35,
    "started_inherited": 35,
    "unresolvable_when_larger_than_node": 34,
    "claims_in_scheduling_events": 34,
}
NEVER = {"reduced_decay", "stop_signals", "memory_qos"}
ALWAYS = {"graceful_shutdown", "exec_probe_timeout"}


def of(minor: int, patch: int | None = None) -> Behaviour:
    """The behaviour of 1.<minor>."""
    return behaviour_of(KubernetesVersion(1, minor), patch)


@pytest.mark.parametrize("field", sorted({*TRUE_SINCE, *NEVER, *ALWAYS}))
def test_a_row_changes_at_its_version(field: str) -> None:
    """A rule that holds for the wrong versions makes every prediction for them wrong."""
    since = 99 if field in NEVER else TRUE_SINCE.get(field, 0)

    assert [getattr(of(minor), field) for minor in MINORS] == [m >= since for m in MINORS]


def test_rows_with_more_than_two_values() -> None:
    """The keys of the back-off, the texts of a start and the grace of evictions have steps."""
    assert [of(m).back_off_key for m in (31, 32, 33, 34)] == [
        BackOffKey.CONTAINER,
        BackOffKey.CONTAINER_RESET_BY_RESIZE,
        BackOffKey.CONTAINER_RESET_BY_RESIZE,
        BackOffKey.IMAGE_AND_RESOURCES,
    ]
    assert [of(m).start_events for m in (28, 29, 34, 35)] == [
        StartEvents.PLAIN,
        StartEvents.COLON,
        StartEvents.COLON,
        StartEvents.GENERIC,
    ]
    assert [of(m).hard_eviction_grace_seconds for m in (29, 30)] == [0, 1]
    assert [of(m).names_untolerated_taints for m in (34, 35)] == [True, False]
    assert [of(m).cpu_weight for m in (32, 33)] == [WeightFormula.LINEAR, WeightFormula.QUADRATIC]


def test_every_row_is_told_by_a_test() -> None:
    """A new field without its versions here would be checked by nobody."""
    others = {"version", "asked", "patch", "gates", "regressions", "exec_readiness_frozen"}
    steps = {"back_off_key", "start_events", "hard_eviction_grace_seconds", "cpu_weight"}
    told = {*TRUE_SINCE, *NEVER, *ALWAYS, *others, *steps, "expiry_follows_cap"}
    told.add("names_untolerated_taints")

    assert told == {field.name for field in msgspec.structs.fields(Behaviour)}


def test_expiry_follows_the_cap_before_1_32() -> None:
    """A shortened cap shortens the memory of the back-off only in old versions."""
    assert of(31).back_off_expiry_seconds(60) == 120
    assert of(32).back_off_expiry_seconds(60) == 600
    assert of(31).back_off_expiry_seconds(300) == of(32).back_off_expiry_seconds(300)


def test_other_versions_are_modelled_as_the_nearest_one() -> None:
    """A version that nobody has read is not passed off as known."""
    newer, older, known = (behaviour_of(KubernetesVersion(1, m)) for m in (40, 19, 30))

    assert (newer.version.minor, newer.note) == (36, "Kubernetes 1.40 is modelled as 1.36")
    assert (older.version.minor, older.clamped) == (25, True)
    assert (known.clamped, known.note) == (False, "")


def test_exec_readiness_is_frozen_in_the_right_patches() -> None:
    """1.36.0 to 1.36.2 are healthy, all of 1.35 and 1.36 from the third patch on are not."""
    assert [of(36, patch).exec_readiness_frozen for patch in (0, 2, 3, 9)] == [
        False,
        False,
        True,
        True,
    ]
    assert of(35, 0).exec_readiness_frozen
    assert of(35, 6).exec_readiness_frozen
    assert not of(34, 9).exec_readiness_frozen


def test_an_unknown_patch_is_the_one_that_was_read() -> None:
    """Without a patch, 1.36 is the kubelet of the recordings: v1.36.2."""
    assert of(36).patch == 2
    assert of(36) == of(36, 2)


def test_defects_are_listed_with_their_versions() -> None:
    """Whoever asks for a version is told what is known to be wrong with it."""
    names = {minor: {r.name for r in of(minor).regressions} for minor in MINORS}

    assert all(not names[minor] for minor in range(25, 35))
    assert "sidecar blocks restarts" in {r.name for r in of(35, 5).regressions}
    assert "sidecar blocks restarts" not in names[35]
    assert names[36] == {"started inherited", "context leak", "start-up gate opens"}
    assert all(regression.references and regression.effect for regression in REGRESSIONS)


def test_gates_can_be_set() -> None:
    """A cluster with an alpha gate on is not the default cluster."""
    on = {"ReduceDefaultCrashLoopBackOffDecay": True, "PLEGOnDemandRelist": False}
    behaviour = behaviour_of(KubernetesVersion(1, 36), gates=on)

    assert behaviour.reduced_decay
    assert not behaviour.on_demand_relist


@pytest.mark.parametrize(
    ("minor", "name", "value", "says"),
    [
        (31, "ContainerRestartRules", True, "does not have; it begins with 1.34"),
        (33, "SidecarContainers", False, "locked"),
        (36, "NoSuchGate", True, "does not know"),
    ],
)
def test_impossible_gates_are_refused(minor: int, name: str, value: bool, says: str) -> None:
    """A gate that the version would refuse is not silently left out."""
    with pytest.raises(GateError) as error:
        behaviour_of(KubernetesVersion(1, minor), gates={name: value})

    assert error.value.where == name
    assert says in error.value.found


def test_a_locked_gate_may_be_set_to_what_it_is() -> None:
    """Kubernetes accepts a redundant setting, so does the model."""
    behaviour = behaviour_of(KubernetesVersion(1, 36), gates={"SidecarContainers": True})

    assert behaviour.sidecars


def test_stages_of_a_gate_only_move_forward_in_versions() -> None:
    """The table is readable: stages stand in the order of their versions."""
    assert all(list(stages) == sorted(stages) for stages in GATES.values())
