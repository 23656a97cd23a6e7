"""Shares, weights, quotas and limits (kubelet.md 6.3, 6.7, 7.3, 7.4)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kubelet.pods import container, pod, resources

from holdfast.kubelet.behaviour import WeightFormula, behaviour_of
from holdfast.kubelet.cgroups import (
    burstable_shares,
    container_cgroup,
    cpu_quota,
    cpu_shares,
    cpu_weight,
    memory_high,
    node_allocatable,
    pod_cgroup,
)
from holdfast.model.node import KubernetesVersion

LINEAR, QUADRATIC = WeightFormula.LINEAR, WeightFormula.QUADRATIC
MI = 2**20
# docs/specs/kubelet.md 7.3: millicores, shares, old weight, new weight, quota
TABLE = [
    (0, 2, 1, 1, None),
    (10, 10, 1, 4, 1000),
    (50, 51, 2, 11, 5000),
    (100, 102, 4, 17, 10000),
    (250, 256, 10, 35, 25000),
    (500, 512, 20, 59, 50000),
    (1000, 1024, 39, 100, 100000),
    (2000, 2048, 79, 174, 200000),
    (4000, 4096, 157, 303, 400000),
    (8000, 8192, 313, 532, 800000),
]


@pytest.mark.parametrize(("milli", "shares", "old", "new", "quota"), TABLE)
def test_table_of_conversions(milli: int, shares: int, old: int, new: int, quota: int) -> None:
    """The values that docs/specs/kubelet.md 7.3 quotes."""
    assert cpu_shares(milli) == shares
    assert cpu_weight(shares, LINEAR) == old
    assert cpu_weight(shares, QUADRATIC) == new
    assert cpu_quota(milli) == quota


def test_q32_one_core_weighs_another_number_since_1_33() -> None:
    """Pods of old and new nodes do not share CPU alike: 39 became 100."""
    old, new = (behaviour_of(KubernetesVersion(1, minor)).cpu_weight for minor in (32, 33))

    assert (cpu_weight(1024, old), cpu_weight(1024, new)) == (39, 100)


@given(st.integers(min_value=2, max_value=262144), st.integers(min_value=2, max_value=262144))
def test_weights_are_monotone_and_in_the_kernel_s_range(a: int, b: int) -> None:
    """More shares never weigh less, and the kernel accepts every weight."""
    low, high = sorted((a, b))
    for formula in WeightFormula:
        assert 1 <= cpu_weight(low, formula) <= cpu_weight(high, formula) <= 10_000


@given(st.integers(min_value=0, max_value=10**7))
def test_shares_and_quotas_stay_in_bounds(milli: int) -> None:
    """No request leaves the range of cpu.shares, no limit a quota below a millisecond."""
    quota = cpu_quota(milli)

    assert 2 <= cpu_shares(milli) <= 262_144
    assert (quota is None) == (milli == 0)
    assert quota is None or quota >= 1_000


def test_memory_high_of_the_specification() -> None:
    """256 Mi of 512 Mi throttle at 486.4 Mi, cut to a page."""
    assert memory_high(256 * MI, 512 * MI, 0) == 510_025_728
    assert memory_high(512 * MI, 512 * MI, 0) is None
    assert memory_high(0, None, 1024 * MI) == memory_high(0, 1024 * MI, 0)


@given(st.integers(min_value=0, max_value=2**40), st.integers(min_value=1, max_value=2**40))
def test_memory_high_lies_between_request_and_limit(request_: int, more: int) -> None:
    """Throttling begins above the request (a page less by rounding) and below the limit."""
    high = memory_high(request_, request_ + more, 0)

    assert high is not None
    assert high % 4096 == 0
    assert request_ - 4096 < high <= request_ + more


def test_a_container_without_request_weighs_by_its_limit() -> None:
    """cpu.weight of a container comes from the limit where no request is written."""
    one = pod(container(resources=resources(None, {"cpu": "2", "memory": "64Mi"})))
    values = container_cgroup(one, one.spec.containers[0], QUADRATIC)

    assert (values.cpu_shares, values.cpu_weight) == (2048, 174)
    assert (values.quota_microseconds, values.memory_max) == (200_000, 64 * MI)
    assert values.memory_high is None


def test_a_container_inherits_the_pod_s_limit() -> None:
    """Without a limit of its own, the pod-level limit is what kills it."""
    one = pod(
        container(), container("b", resources=resources(None, {"memory": "64Mi"})),
        resources=resources({"memory": "1Gi"}, {"memory": "1Gi", "cpu": "1"}),
    )  # fmt: skip
    plain, own = (container_cgroup(one, spec, QUADRATIC) for spec in one.spec.containers)

    assert (plain.memory_max, plain.quota_microseconds) == (1024 * MI, 100_000)
    assert own.memory_max == 64 * MI


def test_memory_qos_and_exclusive_cpus() -> None:
    """Both are switched on by the node's configuration, not by the pod."""
    one = pod(container(resources=resources({"cpu": "1", "memory": "256Mi"}, {"cpu": "1"})))
    spec = one.spec.containers[0]
    values = container_cgroup(
        one, spec, LINEAR, exclusive_cpus=True, qos_allocatable_bytes=512 * MI
    )

    assert values.quota_microseconds is None
    assert values.memory_high == 510_025_728


def test_a_pod_is_limited_only_when_every_container_is() -> None:
    """One container without a limit takes the limit from the cgroup around all."""
    limited = container(resources=resources({"cpu": "100m"}, {"cpu": "1", "memory": "64Mi"}))
    free = container("free", resources=resources({"cpu": "100m"}, {"cpu": "1"}))

    assert pod_cgroup(pod(limited), QUADRATIC).memory_max == 64 * MI
    both = pod_cgroup(pod(limited, free), QUADRATIC)
    assert (both.memory_max, both.quota_microseconds) == (None, 200_000)
    whole = pod(limited, free, resources=resources(None, {"memory": "1Gi"}))
    assert pod_cgroup(whole, QUADRATIC).memory_max == 1024 * MI


def test_best_effort_pods_have_the_least_weight_and_no_limit() -> None:
    """BestEffort gets what others leave."""
    values = pod_cgroup(pod(), LINEAR)

    assert (values.cpu_shares, values.cpu_weight, values.memory_max) == (2, 1, None)


def test_burstable_pods_share_what_they_request() -> None:
    """kubepods/burstable weighs as its pods in sum; others do not count."""
    small = pod(container(resources=resources({"cpu": "500m"})))

    assert burstable_shares((small, small, pod())) == 1024
    assert burstable_shares(()) == 2


def test_allocatable_is_less_than_what_is_enforced() -> None:
    """The eviction threshold is hidden from the scheduler but pods may use it."""
    capacity = {"cpu": Fraction(4), "memory": Fraction(8 * 1024 * MI), "pods": Fraction(110)}
    result = node_allocatable(
        capacity,
        {"cpu": Fraction(1, 2)},
        {"memory": Fraction(1024 * MI)},
        {"memory": Fraction(100 * MI), "cpu": Fraction(1)},
    )

    assert result.reported == {"cpu": Fraction(7, 2), "memory": 7068 * MI, "pods": 110}
    assert result.pods_memory_max == 7168 * MI
