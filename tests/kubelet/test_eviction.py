"""Order, grace, texts and admission under node pressure (kubelet.md 6.4)."""

from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kubelet.pods import container, pod, resources
from tests.recordings.recorded import recording

from holdfast.kubelet.behaviour import behaviour_of
from holdfast.kubelet.eviction import (
    HARD_DEFAULTS,
    Pressure,
    Usage,
    hard_grace_seconds,
    hard_thresholds,
    is_met,
    message,
    rank,
    refused_under_pressure,
    soft_grace_seconds,
    storage_excess,
    victim,
)
from holdfast.kubelet.qos import QosClass, pod_requests, qos_class
from holdfast.model.node import KubernetesVersion
from holdfast.model.pod import Pod

MI = 2**20
MEMORY, DISK, PIDS = Pressure
GUARANTEED = resources({"cpu": "1", "memory": "100Mi"}, {"cpu": "1", "memory": "100Mi"})
NEW, OLD = (behaviour_of(KubernetesVersion(1, minor)) for minor in (36, 29))


def using(
    mebibytes: int | None, request: str = "", priority: int = 0, processes: int | None = None
) -> Usage:
    """A pod with this memory request and working set."""
    asked = resources({"memory": request}) if request else None
    one = pod(container(resources=asked), priority=priority)
    return Usage(one, None if mebibytes is None else mebibytes * MI, processes=processes)


def test_memory_order() -> None:
    """Above the request first, then priority, then excess: in that order of weight."""
    within = using(900, "1Gi")
    above = using(300, "200Mi")
    far_above = using(700, "200Mi")
    important = using(2000, "200Mi", priority=1000)

    assert rank(MEMORY, [within, above, important, far_above]) == (
        far_above,
        above,
        important,
        within,
    )


def test_within_the_request_the_smaller_reserve_goes_first() -> None:
    """Among modest pods, the one with less left of its request is taken."""
    near, far = using(190, "200Mi"), using(10, "200Mi")

    assert rank(MEMORY, [far, near]) == (near, far)


def test_unmeasured_pods_go_first() -> None:
    """What cannot be measured is not trusted."""
    known, unknown = using(5000), using(None, priority=10)

    assert rank(MEMORY, [known, unknown])[0] is unknown


def test_q35_the_class_is_no_key() -> None:
    """A Guaranteed pod above its request goes before a BestEffort pod of higher priority."""
    guaranteed = Usage(pod(container(resources=GUARANTEED)), 150 * MI)
    best_effort = using(150, priority=1)

    assert qos_class(guaranteed.pod) is QosClass.GUARANTEED
    assert victim(MEMORY, [best_effort, guaranteed]) is guaranteed


def test_disk_order_counts_ephemeral_storage() -> None:
    """Disk pressure looks at storage, not at memory."""
    asks = pod(container(resources=resources({"ephemeral-storage": "1Gi"})))
    modest = Usage(asks, 9000 * MI, disk_bytes=1000 * MI)
    greedy = Usage(pod(), 1, disk_bytes=2 * MI)

    assert rank(DISK, [modest, greedy])[0] is greedy


def test_pid_order_is_priority_then_processes() -> None:
    """Requests play no part: processes have none."""
    few, many = using(1, "", 0, processes=10), using(1, "", 0, processes=999)
    important = using(1, "", 5, processes=9999)

    assert rank(PIDS, [few, important, many]) == (many, few, important)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 400), st.integers(0, 3)), max_size=6))
def test_a_pod_within_its_request_never_goes_before_one_above(
    parts: list[tuple[int, int, int]],
) -> None:
    """Whoever keeps to the request is safe while anybody does not."""
    usages = [using(used, f"{100 * ask}Mi", priority) for ask, used, priority in parts]
    above = [
        (one.memory_bytes or 0) > pod_requests(one.pod)["memory"] for one in rank(MEMORY, usages)
    ]

    assert above == sorted(above, reverse=True)


def test_critical_pods_are_never_evicted() -> None:
    """Nothing is evicted when only critical pods are left."""
    critical = using(5000, priority=2_000_000_000)

    assert victim(MEMORY, [critical, using(1)]) is not critical
    assert victim(MEMORY, [critical]) is None


def test_q34_one_threshold_of_one_s_own_drops_the_defaults() -> None:
    """A node that sets memory.available no longer looks at its disks."""
    own = {"memory.available": "500Mi"}

    assert hard_thresholds(None) == HARD_DEFAULTS
    assert hard_thresholds(own) == own
    assert hard_thresholds(own, merges_defaults=True) == {**HARD_DEFAULTS, **own}


def test_thresholds_are_amounts_or_shares() -> None:
    """Met means less than the threshold is left."""
    assert is_met("100Mi", Fraction(99 * MI), Fraction(1024 * MI))
    assert not is_met("100Mi", Fraction(100 * MI), Fraction(1024 * MI))
    assert is_met("10%", Fraction(9), Fraction(100))
    assert not is_met("10%", Fraction(10), Fraction(100))


def test_hard_grace_is_a_second() -> None:
    """0 before 1.30, which the pod worker turns into 1: never the pod's own grace."""
    assert (hard_grace_seconds(OLD), hard_grace_seconds(NEW)) == (1, 1)
    assert (OLD.hard_eviction_grace_seconds, NEW.hard_eviction_grace_seconds) == (0, 1)


def test_q33_soft_eviction_without_a_maximum_gives_a_second() -> None:
    """evictionMaxPodGracePeriod unset is 0, and 0 is not "the pod's own"."""
    patient = pod(terminationGracePeriodSeconds=60)

    assert soft_grace_seconds(patient, 0, NEW) == 1
    assert soft_grace_seconds(patient, 30, NEW) == 30


def test_soft_grace_is_capped_by_the_pod_since_1_32() -> None:
    """Before, the node's maximum was used even for pods that wanted less."""
    quick = pod(terminationGracePeriodSeconds=5)

    assert soft_grace_seconds(quick, 60, NEW) == 5
    assert soft_grace_seconds(quick, 60, OLD) == 60


def test_message_names_those_above_their_request() -> None:
    """The pod's status keeps why it had to go."""
    two = pod(
        container(resources=resources({"memory": "256Mi"})),
        container("idle", resources=resources({"memory": "1Gi"})),
    )
    usage = Usage(two, 750 * MI, containers={"app": 700 * MI, "idle": 50 * MI})

    assert message(MEMORY, usage, "100Mi", Fraction(92532 * 1024)) == (
        "The node was low on resource: memory. Threshold quantity: 100Mi, available: 92532Ki. "
        "Container app was using 700Mi, request is 256Mi, has larger consumption of memory. "
    )


def test_messages_about_pids_name_no_container() -> None:
    """Processes are requested by nobody."""
    usage = Usage(pod(), processes=999, containers={"app": 999})

    assert message(PIDS, usage, "10%", Fraction(3)) == (
        "The node was low on resource: pids. Threshold quantity: 10%, available: 3. "
    )


def test_storage_limits_evict_one_pod_alone() -> None:
    """emptyDir, then the pod, then its containers are looked at."""
    limits = resources(None, {"ephemeral-storage": "20Mi"})
    volume = {"name": "tmp", "emptyDir": {"sizeLimit": "10Mi"}}
    one = pod(
        container(resources=limits),
        container("b", resources=limits),
        volumes=[{"name": "x"}, volume],
    )

    assert storage_excess(one, {"app": 1 * MI}, {"tmp": 11 * MI}) == (
        'Usage of EmptyDir volume "tmp" exceeds the limit "10Mi". '
    )
    assert storage_excess(one, {"app": 39 * MI}, {"tmp": 2 * MI}) == (
        "Pod ephemeral local storage usage exceeds the total limit of containers 40Mi. "
    )
    assert storage_excess(one, {"app": 30 * MI}, {}) == (
        'Container app exceeded its local ephemeral storage limit "20Mi". '
    )
    assert storage_excess(one, {"app": 20 * MI, "b": 20 * MI}, {}) is None


def test_the_recorded_eviction_is_explained() -> None:
    """The recorded pod wrote past the sum of its limits."""
    recorded = recording("ephemeral-evicted")
    one = msgspec.convert(recorded["manifest"], Pod)
    said = next(event["message"] for event in recorded["events"] if event["reason"] == "Evicted")

    assert storage_excess(one, {one.spec.containers[0].name: 21 * MI}, {}) == said


@pytest.mark.parametrize(
    ("pressures", "kind", "refused"),
    [
        ([], "BestEffort", False),
        ([MEMORY], "BestEffort", True),
        ([MEMORY], "Burstable", False),
        ([MEMORY], "tolerating", False),
        ([DISK], "Burstable", True),
        ([MEMORY, PIDS], "Burstable", True),
        ([DISK], "critical", False),
    ],
)
def test_who_is_admitted_under_pressure(
    pressures: list[Pressure], kind: str, refused: bool
) -> None:
    """Memory pressure alone lets pods in that request something."""
    taint = {"key": "node.kubernetes.io/memory-pressure", "operator": "Exists"}
    one = {
        "BestEffort": pod(),
        "Burstable": pod(container(resources=resources({"cpu": "1"}))),
        "tolerating": pod(tolerations=[taint]),
        "critical": pod(priority=2_000_000_000),
    }[kind]

    assert (refused_under_pressure(one, pressures) is not None) is refused


def test_refusals_list_the_conditions() -> None:
    """The pod's message says what the node suffers from."""
    assert refused_under_pressure(pod(), [MEMORY, DISK]) == (
        "Pod was rejected: The node had condition: [MemoryPressure DiskPressure]. "
    )
