"""Files that pods write, and the evictions they lead to (kubelet.md 6.4)."""

from typing import Any

import pytest
from tests.simulation.scenarios import manifest, scenario

from holdfast.simulation.replay import Replayed, Telling, replay
from holdfast.simulation.scenario import Scenario, ScenarioError, check_scenario

MI = 2**20


def told(given: Scenario, seed: int = 1) -> Replayed:
    """A replay with its whole story."""
    return replay(given, seed, Telling(5000, given.seconds))


def evictions(replayed: Replayed) -> list[tuple[float, str]]:
    """When pods were evicted, and what was said."""
    lines = [line for line in replayed.story if " Evicted: " in line]
    return [(float(line.split()[0]), line.partition("Evicted: ")[2].strip()) for line in lines]


def pod(limit: str = "", volumes: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """A pod with a limit of its own for ephemeral storage, and with volumes."""
    resources = {"limits": {"ephemeral-storage": limit}} if limit else {}
    value = manifest("Pod", resources=resources)
    value["spec"]["volumes"] = list(volumes)
    return value


@pytest.mark.parametrize("seed", range(8))
def test_layer_above_the_limit_evicts(seed: int) -> None:
    """A step at 100 s is measured within ten seconds and found by a pass within ten more."""
    disk = {"layer": {"growth": {"shape": "stepped", "step": "60Mi", "every": "100s"}}}
    replayed = told(scenario(pod("50Mi"), {"disk": disk}), seed)
    started = next(float(line.split()[0]) for line in replayed.story if "start     app" in line)
    ((at, message),) = evictions(replayed)

    assert 0 <= at - started - 100 <= 21
    assert message.startswith("Pod ephemeral local storage usage exceeds the total limit of ")
    assert "phase: Failed Evicted" in "".join(replayed.story)
    assert replayed.measured.restarts == 0


def test_container_limit_is_told_where_the_pod_has_room() -> None:
    """Of two containers with limits, the one that is above its own is named."""
    value = pod("50Mi")
    beside = {
        "name": "beside",
        "image": "x:1",
        "resources": value["spec"]["containers"][0]["resources"],
    }
    value["spec"]["containers"].append(beside)
    replayed = told(scenario(value, {"disk": {"layer": {"start": "70Mi"}}}))

    ((_, message),) = evictions(replayed)
    assert message == 'Container app exceeded its local ephemeral storage limit "50Mi".'


def test_layer_below_the_limit_stays() -> None:
    """What is bounded by itself, such as rotated logs, never evicts."""
    disk = {"layer": {"growth": {"rate": "10Mi/s"}, "most": "49Mi"}}

    assert evictions(told(scenario(pod("50Mi"), {"disk": disk}))) == []


def test_layer_goes_with_its_container() -> None:
    """30 MiB in each life of 20 s are never 50 MiB."""
    app = {"disk": {"layer": {"start": "30Mi"}}, "exits": [{"after": "20s"}]}

    assert evictions(told(scenario(pod("50Mi"), app))) == []


@pytest.mark.parametrize("seed", range(5))
def test_empty_dir_stays_over_restarts(seed: int) -> None:
    """Each life adds to the volume, until a walk through it finds more than its sizeLimit."""
    volume = {"name": "cache", "emptyDir": {"sizeLimit": "50Mi"}}
    app = {
        "disk": {"emptyDirs": {"cache": {"growth": {"rate": "1Mi/s"}}}},
        "exits": [{"after": "20s"}],
    }
    replayed = told(scenario(pod(volumes=(volume,)), app), seed)
    starts = [float(line.split()[0]) for line in replayed.story if "start     app" in line]
    ((at, message),) = evictions(replayed)

    assert message == 'Usage of EmptyDir volume "cache" exceeds the limit "50Mi".'
    # The third life passes 50 MiB ten seconds after its start.
    assert 0 <= at - starts[2] - 10 <= 120 + 10 + 1
    assert replayed.measured.restarts >= 2


def test_empty_dir_in_memory_is_not_on_the_disk() -> None:
    """It counts for its own limit, not for the pod's ephemeral storage."""
    volume = {"name": "shm", "emptyDir": {"medium": "Memory"}}
    app = {"disk": {"emptyDirs": {"shm": {"start": "70Mi"}}}}

    assert evictions(told(scenario(pod("50Mi", (volume,)), app))) == []


def test_volume_that_the_pod_has_not_is_refused() -> None:
    """A name that matches nothing would make a harmless result out of a typing error."""
    app = {"disk": {"emptyDirs": {"cach": {"start": "70Mi"}}}}
    volume = {"name": "cache", "emptyDir": {}}

    with pytest.raises(ScenarioError, match="known names: cache") as caught:
        check_scenario(scenario(pod(volumes=(volume,)), app))
    assert caught.value.where == "containers[app].disk.emptyDirs[cach]"


def test_full_disk_of_a_node_evicts_in_order() -> None:
    """The pod that wrote most above its request goes first, with the node's threshold told."""
    grows = {"disk": {"layer": {"growth": {"rate": "4Mi/s"}}}}
    value = manifest(replicas=1)
    node = "cpu=4,memory=8Gi,ephemeral-storage=2Gi"
    beside = {"calm": (manifest(replicas=1), {"disk": {"layer": {"start": "200Mi"}}})}
    replayed = told(scenario(value, grows, nodes=(node,), beside=beside, seconds=1200))
    found = evictions(replayed)

    # 2048 MiB less 15 % less 200 MiB, at 4 MiB/s, and a pass every ten seconds.
    assert 385 <= found[0][0] <= 385 + 30
    assert found[0][1].startswith(
        "The node was low on resource: ephemeral-storage. Threshold quantity: "
    )
    assert "Container app was using " in found[0][1]
    assert "Attempting to reclaim ephemeral-storage" in "".join(replayed.story)
    assert all(" calm" not in line for line in replayed.story if "Evicted: " in line)
    # A replacement stays out while the node says DiskPressure: five minutes at least.
    later = [line for line in replayed.story if "FailedScheduling" in line]
    assert any("untolerated taint" in line for line in later)


@pytest.mark.parametrize("seed", range(5))
def test_size_limit_is_found_by_the_walk_after_it(seed: int) -> None:
    """An emptyDir is measured every one to two minutes only: that late it may be found."""
    volume = {"name": "cache", "emptyDir": {"sizeLimit": "500Mi"}}
    app = {"disk": {"emptyDirs": {"cache": {"growth": {"rate": "1Mi/s"}}}}}
    given = scenario(pod(volumes=(volume,)), app, seconds=1200)

    assert 500 <= evictions(told(given, seed))[0][0] <= 500 + 120 + 10 + 4
