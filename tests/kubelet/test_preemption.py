"""Pods that do not fit their node (kubelet.md 6.6)."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from tests.kubelet.pods import container, pod, resources

from holdfast.kubelet.preemption import Rejection, missing, preempted_for, rejection
from holdfast.model.pod import Pod

CRITICAL = 2_000_000_000
GI = 2**30
NODE = {"cpu": Fraction(2), "memory": Fraction(4 * GI), "pods": Fraction(4)}


def asking(cpu: str, memory: str = "0", *, guaranteed: bool = False, priority: int = 0) -> Pod:
    """A pod with these requests."""
    amounts = {"cpu": cpu, "memory": memory}
    asked = resources(amounts, amounts if guaranteed else None)
    return pod(container(resources=asked), priority=priority)


def test_a_pod_that_fits_is_not_refused() -> None:
    """Exactly full is not too full."""
    assert rejection(asking("1", "2Gi"), [asking("1", "2Gi")], NODE) is None


def test_refusals_name_resource_and_amounts() -> None:
    """The phase is Failed with OutOfcpu, and the numbers say by how much."""
    assert rejection(asking("1500m"), [asking("1")], NODE) == Rejection(
        "OutOfcpu",
        "Pod was rejected: Node didn't have enough resource: cpu, requested: 1500, used: 1000, "
        "capacity: 2000",
    )
    refused = rejection(asking("0", "4Gi"), [asking("0", "1Gi")], NODE)
    assert refused is not None
    assert refused.reason == "OutOfmemory"


def test_too_many_pods_come_first() -> None:
    """The number of pods is a resource, too."""
    refused = rejection(asking("9"), [asking("0")] * 4, NODE)

    assert refused is not None
    assert refused.reason == "OutOfpods"


def test_requests_of_zero_need_nothing() -> None:
    """A pod without requests fits a node that is overcommitted."""
    assert missing(pod(), [asking("5")], NODE) == {}


def test_only_critical_pods_make_others_leave() -> None:
    """Everybody else is refused."""
    running = [asking("2")]

    assert preempted_for(asking("1"), running, NODE) is None
    assert preempted_for(asking("1", priority=CRITICAL), running, NODE) == (running[0],)


def test_guaranteed_pods_are_spared_first() -> None:
    """BestEffort and Burstable pods leave before a Guaranteed one does."""
    guaranteed = asking("1", "1Gi", guaranteed=True)
    burstable = asking("1")

    assert preempted_for(
        asking("1", priority=CRITICAL), [guaranteed, burstable], NODE
    ) == (burstable,)  # fmt: skip


def test_best_effort_pods_free_places() -> None:
    """Where only the number of pods is short, a pod without requests is enough."""
    idle = pod()
    running = [idle, asking("100m"), asking("100m"), asking("100m")]

    assert preempted_for(asking("100m", priority=CRITICAL), running, NODE) == (idle,)


def test_critical_pods_stay_when_they_are_as_important() -> None:
    """Nobody leaves where it does not help."""
    same = asking("2", priority=CRITICAL)

    assert preempted_for(asking("1", priority=CRITICAL), [same], NODE) is None


@given(st.lists(st.integers(min_value=0, max_value=20), max_size=6), st.integers(1, 20))
def test_what_leaves_is_enough(parts: list[int], wanted: int) -> None:
    """After preemption the critical pod fits, and none left in vain where one more was enough."""
    running = [asking(f"{n}00m", guaranteed=n % 2 == 0) for n in parts]
    critical = asking(f"{wanted}00m", priority=CRITICAL)
    gone = preempted_for(critical, running, NODE)
    if gone is not None:
        left = [one for one in running if not any(one is other for other in gone)]
        assert gone
        assert missing(critical, left, NODE) == {}
