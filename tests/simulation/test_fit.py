"""Who fits where, what is missing for whom, and in which words (kubelet.md 7.5)."""

from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kubelet.pods import container, pod, resources
from tests.recordings.recorded import recording

from holdfast.kubelet.admission import admit
from holdfast.kubelet.behaviour import Behaviour, behaviour_of
from holdfast.kubelet.qos import pod_requests
from holdfast.model.node import KubernetesVersion, Node
from holdfast.model.pod import Pod
from holdfast.simulation.fit import FitError, fit, unset_requests

GI = 2**30
NOT_HELPFUL = "Preemption is not helpful for scheduling"
NO_VICTIMS = "No preemption victims found for incoming pod"
CLAIMS = "no new claims to deallocate, preemption:"


def of(minor: int) -> Behaviour:
    """The behaviour of 1.<minor>."""
    return behaviour_of(KubernetesVersion(1, minor))


NOW = of(36)


def node(name: str = "a", cpu: str = "2", memory: str = "4Gi", **more: Any) -> Node:
    """A node with room for this much, and ten pods."""
    allocatable = {"cpu": cpu, "memory": memory, "pods": "10"}
    metadata = {"name": name, "labels": more.pop("labels", {})}
    return msgspec.convert(
        {"metadata": metadata, "spec": more, "status": {"allocatable": allocatable}}, Node
    )


def asking(cpu: str = "100m", memory: str = "0", *, name: str = "web", **spec: Any) -> Pod:
    """A pod with these requests."""
    asked = resources({"cpu": cpu, "memory": memory})
    one = pod(container(resources=asked, ports=spec.pop("ports", [])), **spec)
    return msgspec.structs.replace(one, metadata=msgspec.structs.replace(one.metadata, name=name))


def message(pods: list[Pod], nodes: list[Node], behaviour: Behaviour = NOW) -> str:
    """What the scheduler says of the last pod."""
    return fit(pods, nodes, behaviour).placements[-1].message


def placed(pods: list[Pod], nodes: list[Node]) -> list[str | None]:
    """The node of each pod, in the order of placement."""
    return [placement.node for placement in fit(pods, nodes, NOW).placements]


def test_the_recorded_scheduler_said_the_same() -> None:
    """A pod that asks for 40 cores of a node with two."""
    recorded = recording("cannot-schedule")
    said = {e["message"] for e in recorded["events"] if e["reason"] == "FailedScheduling"}
    one = admit(msgspec.convert(recorded["manifest"], Pod), NOW)

    assert said == {message([one], [node("lab")])}


def test_the_emptiest_node_wins() -> None:
    """LeastAllocated spreads pods."""
    busy, idle = node("a", cpu="4"), node("b", cpu="4")
    there = asking("2", nodeName="a")

    assert placed([there, asking()], [busy, idle]) == ["b"]
    assert placed([asking()], [busy, idle]) == ["a"]


def test_the_more_important_pod_is_placed_first() -> None:
    """Priority decides who gets the last room, whatever the order of creation."""
    small, large = asking("1500m"), asking("1500m", priority=10)
    result = fit([small, large], [node()], NOW)

    assert [p.pod.spec.priority for p in result.placements] == [10, None]
    assert [p.node for p in result.placements] == ["a", None]
    assert result.unplaced[0].pod is small


def test_each_node_says_what_is_missing() -> None:
    """The answer to "why is it Pending" is an amount, not only a name."""
    there = asking("1500m", "1Gi", nodeName="a")
    placement = fit([there, asking("1", "4Gi")], [node()], NOW).placements[0]

    assert placement.obstacles[0].missing == {"cpu": Fraction(1, 2), "memory": GI}
    assert placement.obstacles[0].reasons == ("Insufficient cpu", "Insufficient memory")


def test_message_counts_nodes_by_reason() -> None:
    """Several nodes with several reasons, as the scheduler sorts them."""
    nodes = [
        node("a", taints=[{"key": "gpu", "value": "yes", "effect": "NoSchedule"}]),
        node("b"),
        node("c"),
    ]
    full = [asking("2", nodeName="b"), asking("2", nodeName="c")]

    assert message([*full, asking("1")], nodes) == (
        "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. "
        f"{CLAIMS} 0/3 nodes are available: 1 {NOT_HELPFUL}, 2 {NO_VICTIMS}."
    )


def test_message_of_older_versions() -> None:
    """Taints were named until 1.35, and a request above any node was not told apart until 1.34."""
    tainted = node("a", taints=[{"key": "gpu", "value": "yes", "effect": "NoSchedule"}])

    assert message([asking()], [tainted], of(34)).startswith(
        "0/1 nodes are available: 1 node(s) had untolerated taint {gpu: yes}. no new claims"
    )
    assert message([asking("40")], [node()], of(33)) == (
        "0/1 nodes are available: 1 Insufficient cpu. "
        f"preemption: 0/1 nodes are available: 1 {NO_VICTIMS}."
    )


def test_preemption_is_told_apart() -> None:
    """A pod that lesser pods would make room for is not called hopeless."""
    lesser = asking("2", nodeName="a")
    result = fit([lesser, asking("1", priority=100)], [node()], NOW)

    assert result.placements[0].node is None
    assert result.placements[0].obstacles[0].preempts
    assert result.placements[0].message == "0/1 nodes are available: 1 Insufficient cpu."


def test_no_nodes() -> None:
    """An empty cluster has its own words."""
    assert message([asking()], []) == "no nodes available to schedule pods"


@pytest.mark.parametrize(
    ("spec", "where", "reason"),
    [
        ({}, {"unschedulable": True}, "node(s) were unschedulable"),
        (
            {"nodeSelector": {"disk": "ssd"}},
            {"labels": {"disk": "hdd"}},
            "node(s) didn't match Pod's node affinity/selector",
        ),
        (
            {},
            {"taints": [{"key": "k", "effect": "NoExecute"}]},
            "node(s) had untolerated taint(s)",
        ),
    ],
)
def test_standing_reasons(spec: dict[str, Any], where: dict[str, Any], reason: str) -> None:
    """What keeps a pod away however empty the node is."""
    assert message([asking(**spec)], [node(**where)]).startswith(
        f"0/1 nodes are available: 1 {reason}. {CLAIMS}"
    )


def test_what_lets_a_pod_in_nevertheless() -> None:
    """Tolerations, labels that match, and taints that only prefer."""
    taint = {"key": "k", "value": "v", "effect": "NoSchedule"}
    soft = {"key": "k", "effect": "PreferNoSchedule"}
    same = {"key": "k", "operator": "Equal", "value": "v", "effect": "NoSchedule"}
    other = {**same, "value": "w"}
    every = {"operator": "Exists"}

    assert placed([asking(tolerations=[same])], [node(taints=[taint])]) == ["a"]
    assert placed([asking(tolerations=[other])], [node(taints=[taint])]) == [None]
    assert placed([asking(tolerations=[every])], [node(taints=[taint], unschedulable=True)]) == [
        "a"
    ]
    assert placed([asking()], [node(taints=[soft])]) == ["a"]
    assert placed([asking(nodeSelector={"d": "s"})], [node(labels={"d": "s"})]) == ["a"]


def test_host_ports_are_taken_once_per_node() -> None:
    """The second pod with the same host port needs another node."""
    port = [{"containerPort": 80, "hostPort": 80}]
    pods = [asking(ports=port), asking(ports=port)]

    assert placed(pods, [node("a"), node("b")]) == ["a", "b"]
    assert "didn't have free ports" in message(pods, [node("a")])


def test_nodes_are_full_by_number_of_pods() -> None:
    """The eleventh pod does not fit however small it is."""
    assert message([asking("0")] * 11, [node()]).startswith(
        "0/1 nodes are available: 1 Too many pods."
    )


def test_unset_requests_fit_everywhere_but_weigh_something() -> None:
    """A pod without requests goes onto a full node, and is still spread."""
    full = asking("2", nodeName="a")
    bare = pod()

    assert unset_requests(bare) == {"cpu": ("app",), "memory": ("app",)}
    assert unset_requests(asking()) == {}
    assert placed([full, bare], [node("a")]) == ["a"]
    assert placed([bare, bare], [node("a"), node("b")]) == ["a", "b"]
    assert placed([asking("0"), asking("0")], [node("a"), node("b")]) == ["a", "a"]


def test_ended_pods_take_no_room() -> None:
    """A Job's completed pods hold nothing."""
    done = asking("2", nodeName="a")
    done = msgspec.structs.replace(
        done, status=msgspec.structs.replace(done.status, phase="Succeeded")
    )

    assert placed([done, asking("2")], [node()]) == ["a"]


def test_loads_tell_requests_limits_and_overcommitment() -> None:
    """Limits above what a node has are how nodes run out of memory."""
    one = pod(container(resources=resources({"memory": "1Gi"}, {"memory": "6Gi"})))
    load = fit([one], [node()], NOW).loads["a"]

    assert load.requested["memory"] == GI
    assert load.limits == {"memory": 6 * GI}
    assert load.overcommit("memory") == Fraction(3, 2)
    assert load.overcommit("example.com/device") is None


@pytest.mark.parametrize("status", [{}, {"allocatable": {"cpu": "two", "memory": "1Gi"}}])
def test_a_node_that_tells_nothing_is_an_error(status: dict[str, Any]) -> None:
    """An unknown node is neither full nor empty."""
    blank = msgspec.convert({"metadata": {"name": "x"}, "status": status}, Node)
    with pytest.raises(FitError) as error:
        fit([asking()], [blank], NOW)

    assert error.value.where == "node x, status.allocatable"


asks = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5), st.integers(0, 2)), max_size=25)


@given(asks, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 6)), max_size=4))
def test_no_node_is_overbooked_and_nobody_waits_without_need(
    pods: list[tuple[int, int, int]], sizes: list[tuple[int, int]]
) -> None:
    """What is placed fits, and what waits fits nowhere, even at the end."""
    wanted = [asking(f"{c}00m", f"{m}Gi", priority=p) for c, m, p in pods]
    nodes = [node(f"n{i}", f"{c}00m", f"{m}Gi") for i, (c, m) in enumerate(sizes)]
    result = fit(wanted, nodes, NOW)

    for load in result.loads.values():
        assert all(load.requested[name] <= load.allocatable[name] for name in load.requested)
    for waiting in result.unplaced:
        request = pod_requests(waiting.pod)
        assert len(waiting.obstacles) == len(nodes)
        for load in result.loads.values():
            asked = {name: amount for name, amount in request.items() if amount > 0} | {"pods": 1}
            assert any(
                load.requested.get(name, 0) + amount > load.allocatable[name]
                for name, amount in asked.items()
            )
    assert fit(wanted, nodes, NOW) == result
