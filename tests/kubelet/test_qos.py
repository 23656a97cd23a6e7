"""QoS classes, totals and the out-of-memory order (kubelet.md 6.2, 7.1, 7.5)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kubelet.pods import container, pod, resources

from holdfast.kubelet.qos import (
    QosClass,
    container_requests,
    is_critical,
    oom_score_adj,
    pod_limits,
    pod_requests,
    qos_class,
)

GI = 2**30
FULL = resources({"cpu": "1", "memory": "1Gi"}, {"cpu": "1", "memory": "1Gi"})
sizes = st.integers(min_value=0, max_value=64 * 1024)


def score(request: str, capacity_bytes: int) -> int:
    """oom_score_adj of a Burstable pod with this memory request."""
    one = pod(container(resources=resources({"memory": request})))
    return oom_score_adj(one, one.spec.containers[0], capacity_bytes)


def test_the_three_classes() -> None:
    """The class decides who is admitted under pressure and who is killed first."""
    assert qos_class(pod()) is QosClass.BEST_EFFORT
    assert qos_class(pod(container(resources=FULL))) is QosClass.GUARANTEED
    assert qos_class(pod(container(resources=resources({"cpu": "1m"})))) is QosClass.BURSTABLE


def test_zero_and_other_resources_make_no_class() -> None:
    """Only cpu and memory above zero count."""
    nothing = resources({"cpu": "0", "ephemeral-storage": "1Gi"}, {"memory": "0"})

    assert qos_class(pod(container(resources=nothing))) is QosClass.BEST_EFFORT


def test_q31_one_init_container_without_limits_removes_guaranteed() -> None:
    """A forgotten init container costs the whole pod its class."""
    bare = pod(container(resources=FULL), init=(container("setup"),))
    full = pod(container(resources=FULL), init=(container("setup", resources=FULL),))

    assert qos_class(bare) is QosClass.BURSTABLE
    assert qos_class(full) is QosClass.GUARANTEED


def test_every_container_needs_both_limits() -> None:
    """Sums that happen to be equal do not make a pod Guaranteed."""
    cpu = resources({"cpu": "1"}, {"cpu": "1"})
    memory = resources({"memory": "1Gi"}, {"memory": "1Gi"})

    assert qos_class(pod(container(resources=cpu), container("b", resources=memory))) is (
        QosClass.BURSTABLE
    )


def test_pod_level_resources_alone_make_the_class() -> None:
    """With spec.resources, what containers say no longer matters."""
    assert qos_class(pod(container(), resources=FULL)) is QosClass.GUARANTEED
    assert qos_class(
        pod(container(resources=FULL), resources=resources({"cpu": "2"}, {"cpu": "3"}))
    ) is (QosClass.BURSTABLE)


@pytest.mark.parametrize(
    ("request_", "capacity", "expected"),
    [
        ("256Mi", 16 * GI, 985),
        ("512Mi", 16 * GI, 969),
        ("1Gi", 16 * GI, 938),
        ("4Gi", 16 * GI, 750),
        ("512Mi", 4 * GI, 875),
        ("4Gi", 4 * GI, 3),
    ],
)
def test_check_values_of_oom_score_adj(request_: str, capacity: int, expected: int) -> None:
    """The values that docs/specs/kubelet.md 6.2 quotes."""
    assert score(request_, capacity) == expected


def test_oom_scores_of_the_other_classes() -> None:
    """The kernel kills BestEffort first and Guaranteed last, whatever they request."""
    full = pod(container(resources=FULL))
    critical = pod(container(), priority=2_000_001_000)
    no_request = pod(container(resources=resources({"cpu": "100m"})))

    assert oom_score_adj(full, full.spec.containers[0], 16 * GI) == -997
    assert oom_score_adj(critical, critical.spec.containers[0], 16 * GI) == -997
    assert oom_score_adj(pod(), pod().spec.containers[0], 16 * GI) == 1000
    assert oom_score_adj(no_request, no_request.spec.containers[0], 16 * GI) == 999


def test_a_sidecar_does_not_die_before_its_app() -> None:
    """A small sidecar gets the score of the smallest app container."""
    both = pod(
        container(resources=resources({"memory": "1Gi"})),
        init=(container("proxy", restartPolicy="Always", resources=resources({"memory": "8Mi"})),),
    )
    assert both.spec.init_containers is not None

    assert oom_score_adj(both, both.spec.init_containers[0], 16 * GI) == 938


def test_unassigned_pod_memory_is_shared() -> None:
    """A pod-level request protects each container by an equal part."""
    shared = pod(container(), container("b"), resources=resources({"memory": "2Gi"}))

    assert oom_score_adj(shared, shared.spec.containers[0], 16 * GI) == 938


@given(sizes, sizes, st.integers(min_value=1, max_value=64 * 1024))
def test_more_request_never_makes_a_pod_die_earlier(a: int, b: int, capacity: int) -> None:
    """The score falls with the request and stays between Guaranteed and BestEffort."""
    low, high = sorted((a, b))
    scores = score(f"{low}Mi", capacity * 2**20), score(f"{high}Mi", capacity * 2**20)

    assert scores[1] <= scores[0]
    assert all(3 <= value <= 999 for value in scores if low > 0)


def test_totals_take_the_larger_of_running_and_starting() -> None:
    """An init container runs beside the sidecars before it, not beside the app."""
    one = pod(
        container(resources=resources({"cpu": "500m"})),
        init=(
            container("first", resources=resources({"cpu": "800m"})),
            container("proxy", restartPolicy="Always", resources=resources({"cpu": "200m"})),
            container("last", resources=resources({"cpu": "900m"})),
        ),
    )

    assert pod_requests(one) == {"cpu": Fraction(11, 10)}


def test_pod_level_values_replace_sums_and_overhead_comes_on_top() -> None:
    """What the scheduler counts for a sandboxed pod."""
    one = pod(
        container(resources=resources({"cpu": "1", "memory": "1Gi"}, {"cpu": "2"})),
        resources=resources({"cpu": "3"}),
        overhead={"cpu": "250m", "memory": "64Mi"},
    )

    assert pod_requests(one) == {"cpu": Fraction(13, 4), "memory": GI + 64 * 2**20}
    assert pod_limits(one) == {"cpu": Fraction(9, 4)}
    assert container_requests(one) == {"cpu": 1, "memory": GI}


@given(st.lists(sizes, min_size=1, max_size=4), st.lists(sizes, max_size=3))
def test_a_total_is_between_the_largest_part_and_the_sum(apps: list[int], inits: list[int]) -> None:
    """No order of containers asks for more than all at once or less than one."""
    one = pod(
        *(
            container(f"a{i}", resources=resources({"memory": f"{n}Mi"}))
            for i, n in enumerate(apps)
        ),
        init=tuple(
            container(f"i{i}", resources=resources({"memory": f"{n}Mi"}))
            for i, n in enumerate(inits)
        ),
    )
    total = pod_requests(one)["memory"] / 2**20

    assert total == max(sum(apps), *inits, 0)


def test_critical_pods_are_told_by_priority() -> None:
    """The system classes begin at two thousand million."""
    assert is_critical(pod(priority=2_000_000_000))
    assert not is_critical(pod(priority=1_999_999_999))
    assert not is_critical(pod())
