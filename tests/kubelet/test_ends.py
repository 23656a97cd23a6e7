"""Deletion, shutdown, out-of-memory kills and what resets a back-off (kubelet.md 3.2, 5.1, 6)."""

import msgspec
from tests.kubelet.pods import container, pod, resources

from holdfast.kubelet.back_off_key import back_off_key
from holdfast.kubelet.behaviour import Behaviour, behaviour_of
from holdfast.kubelet.deletion import Deletion, delete
from holdfast.kubelet.memory_kill import end_reason, ends_container
from holdfast.kubelet.shutdown import ShutdownStep, shutdown_step
from holdfast.model.node import KubernetesVersion
from holdfast.model.pod import Pod


def of(minor: int) -> Behaviour:
    """The behaviour of 1.<minor>."""
    return behaviour_of(KubernetesVersion(1, minor))


def key(minor: int, image: str = "web:1", memory: str = "64Mi") -> str:
    """The back-off key of a container with this image and memory limit."""
    one = pod(container(image=image, resources=resources(None, {"memory": memory})))
    return back_off_key(one, one.spec.containers[0], of(minor))


def test_q26_another_image_or_another_size_begins_a_new_back_off() -> None:
    """Whoever corrects the image or the limit of a crash loop does not wait five minutes."""
    assert key(36) == key(36)
    assert key(36) != key(36, image="web:2")
    assert key(36) != key(36, memory="128Mi")
    assert key(25) != key(25, image="web:2")
    assert key(32) != key(32, memory="128Mi")
    assert key(31) == key(31, memory="128Mi")


def test_back_off_keys_tell_pods_and_containers_apart() -> None:
    """A new pod of the same name begins without back-off."""
    one = pod(container("a", image="web:1"), container("b", image="web:1"))
    other = msgspec.structs.replace(one, metadata=msgspec.structs.replace(one.metadata, uid="u-2"))
    keys = [
        back_off_key(owner, spec, of(36)) for owner in (one, other) for spec in one.spec.containers
    ]

    assert len(set(keys)) == 4


def test_q27_the_label_belongs_to_the_cgroup() -> None:
    """OOMKilled goes with exit 0 or 1 when a child died, and 137 alone proves nothing."""
    assert end_reason(0, oom_seen=True) == "OOMKilled"
    assert end_reason(1, oom_seen=True) == "OOMKilled"
    assert end_reason(137, oom_seen=False) == "Error"
    assert end_reason(0, oom_seen=False) == "Completed"


def test_q28_cgroup_v2_kills_the_whole_container_since_1_28() -> None:
    """A child that grows too large takes everything with it, or nothing, by node and version."""
    assert ends_container(of(28), victim_is_first=False, cgroup_v1=False)
    assert not ends_container(of(27), victim_is_first=False, cgroup_v1=False)
    assert not ends_container(of(34), victim_is_first=False, cgroup_v1=True)
    assert ends_container(of(25), victim_is_first=True, cgroup_v1=True)


def test_single_process_oom_kill_exists_since_1_32() -> None:
    """The setting does nothing in versions that do not have it."""
    kill = {"victim_is_first": False, "cgroup_v1": False, "single_process": True}

    assert not ends_container(of(32), **kill)
    assert ends_container(of(31), **kill)


def test_q36_graceful_shutdown_is_off_until_configured() -> None:
    """A node that is rebooted kills its pods like a power cut, unless somebody set the period."""
    assert shutdown_step(pod(), of(36)) is None
    assert shutdown_step(pod(), of(36), 60, 20) == ShutdownStep(0, 30)


def test_shutdown_has_two_phases() -> None:
    """Critical pods stay until the others had their time."""
    quick = pod(terminationGracePeriodSeconds=5)
    critical = pod(priority=2_000_000_000)

    assert shutdown_step(quick, of(36), 60, 20) == ShutdownStep(0, 5)
    assert shutdown_step(critical, of(36), 60, 20) == ShutdownStep(40, 20)


def scheduled(phase: str = "Running", grace: int = 30) -> Pod:
    """A pod on a node."""
    one = pod(nodeName="lab", terminationGracePeriodSeconds=grace)
    return msgspec.structs.replace(one, status=msgspec.structs.replace(one.status, phase=phase))


def test_q38_the_deletion_timestamp_lies_in_the_future() -> None:
    """It is the request and the grace: not the moment of the request."""
    assert delete(scheduled(), 100.0) == Deletion(130.0, 30)
    assert delete(scheduled(), 100.0, grace_seconds=5) == Deletion(105.0, 5)


def test_a_later_delete_only_shortens() -> None:
    """kubectl delete with a longer grace changes nothing."""
    first = delete(scheduled(), 100.0)

    assert delete(scheduled(), 110.0, 60, first) is first
    assert delete(scheduled(), 110.0, 0, first) == Deletion(110.0, 0)


def test_graces_that_mean_something_else() -> None:
    """Pods that do not run are removed at once; a negative grace is one second."""
    assert delete(pod(), 100.0) == Deletion(100.0, 0)
    assert delete(scheduled("Succeeded"), 100.0) == Deletion(100.0, 0)
    assert delete(scheduled(grace=-7), 100.0) == Deletion(101.0, 1)
