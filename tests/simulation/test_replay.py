"""Owners, rollouts, nodes and clients in whole replays."""

from typing import Any

import msgspec
import pytest
from tests.simulation.scenarios import manifest, scenario, subject

from holdfast.simulation.replay import Replayed, Telling, replay
from holdfast.simulation.scenario import Scenario, ScenarioError, check_scenario
from holdfast.simulation.subject import Replacement, SubjectError

LIVE = {"httpGet": {"path": "/health", "port": 8080}, "periodSeconds": 5}


def told(given: Scenario, seed: int = 1, lines: int = 5000) -> Replayed:
    """A replay with its whole story."""
    return replay(given, seed, Telling(lines, given.seconds))


def moments(replayed: Replayed, text: str) -> list[tuple[float, str]]:
    """When something was said, and of whom."""
    found = []
    for line in replayed.story:
        if text in line:
            at, who, *_ = line.split(maxsplit=2)
            found.append((float(at), who))
    return found


def test_same_seed_same_replay() -> None:
    """A result can be repeated: statuses, numbers and story."""
    given = scenario(manifest(), {"exits": [{"after": {"min": "5s", "max": "90s"}}]}, requests=10)

    assert told(given, 7) == told(given, 7)
    assert told(given, 7).story != told(given, 8).story


def test_tally_counts_what_the_story_tells() -> None:
    """The numbers are those of the statuses, and nothing is counted twice."""
    replayed = told(scenario(manifest(replicas=2), {"exits": [{"after": "20s", "code": 3}]}))
    starts = len(moments(replayed, "start     app"))
    measured = replayed.measured

    assert measured.ends == {"app 3": len(moments(replayed, "exit      app 3"))}
    assert starts - 2 - 2 <= measured.restarts <= starts - 2
    assert measured.first_restart == pytest.approx(
        moments(replayed, "start     app #1")[0][0], abs=2
    )
    assert 0 < measured.ready_share < 1
    assert measured.back_off_seconds > 0


def test_ready_share_and_time_to_ready() -> None:
    """A pod that needs 100 of 600 seconds to start is ready for five sixths of the time."""
    measured = replay(scenario(manifest("Pod"), {"start": {"wall": "95s"}}), 1).measured

    assert measured.time_to_ready == pytest.approx(99, abs=5)
    assert measured.ready_share == pytest.approx(501 / 600, abs=0.01)


def test_end_before_the_runtime_reports_the_start_is_heard_of() -> None:
    """A process that takes more than its limit from the beginning restarts, and does not run on."""
    limited = manifest("Pod", resources={"limits": {"memory": "64Mi"}})
    measured = replay(scenario(limited, {"memory": {"start": "80Mi"}}), 1).measured

    assert measured.restarts > 3
    assert measured.ends == {"app 137 OOMKilled": measured.restarts + 1}


def test_back_off_counts_against_the_pods_that_there_were() -> None:
    """A rollout that is stuck has one pod more than is wanted: its back-off is no more than all."""
    given = scenario(manifest(replicas=2), {"exits": [{"after": "1s"}]}, rollouts=(300.0,))
    measured = replay(given, 1).measured

    assert 2 * 600 < measured.pod_seconds < 3 * 600
    assert 0.5 < measured.back_off_seconds / measured.pod_seconds < 1


def test_rolling_update_keeps_its_promises() -> None:
    """Three replicas, 25 %: one more at most, none less, new ones ready before old ones go."""
    replayed = told(scenario(manifest(), {"start": {"wall": "10s"}}, rollouts=(120.0,)))
    deletes = moments(replayed, "  delete")
    ready = [at for at, _ in moments(replayed, "ready: True")]

    assert [who for _, who in deletes] == ["api-0", "api-1", "api-2"]
    assert all(any(begin - 5 < at <= begin for at in ready) for begin, _ in deletes)
    assert replayed.rollouts[0] == pytest.approx(3 * 14, abs=15)
    assert all(state.startswith(("api-3", "api-4", "api-5")) for state in replayed.states)
    assert replayed.measured.served_share > 0.97


def test_max_unavailable_lets_old_pods_go_first() -> None:
    """maxSurge 0 and maxUnavailable 1: a pod is deleted before its successor is made."""
    value = manifest()
    value["spec"]["strategy"] = {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}
    replayed = told(scenario(value, rollouts=(120.0,)))
    first_delete = moments(replayed, "  delete")[0][0]
    created = moments(replayed, "api-3  status    phase: Pending")[0][0]

    assert first_delete < created


def test_rollout_that_never_gets_ready_stops() -> None:
    """A revision that does not become ready leaves the old pods alone, and is never complete."""
    app = {"answers": {"/ready": [{"clock": "world", "from": "90s", "code": 503}]}}
    value = manifest(
        readinessProbe={"httpGet": {"path": "/ready", "port": 8080}, "failureThreshold": 90}
    )
    replayed = told(scenario(value, app, rollouts=(120.0,)))

    assert replayed.rollouts == (None,)
    assert moments(replayed, "  delete") == []


def test_recreate_leaves_a_gap() -> None:
    """Recreate ends all pods before it makes new ones."""
    value = manifest()
    value["spec"]["strategy"] = {"type": "Recreate"}
    replayed = told(scenario(value, {"onTerm": {"after": "5s"}}, rollouts=(120.0,)))
    finished = max(at for at, _ in moments(replayed, "finished"))
    created = min(at for at, who in moments(replayed, "phase: Pending") if who == "api-3")

    assert len(moments(replayed, "  delete")) == 3
    assert created >= finished


def test_stateful_set_goes_from_the_last_to_the_first() -> None:
    """Ordinals start one after the other and are replaced in reverse, under the same names."""
    replayed = told(scenario(manifest("StatefulSet"), {"start": {"wall": "8s"}}, rollouts=(200.0,)))
    created = [who for at, who in moments(replayed, "phase: Pending") if at < 200]

    assert created == ["api-0", "api-1", "api-2"]
    assert [who for _, who in moments(replayed, "  delete")] == ["api-2", "api-1", "api-0"]
    assert replayed.rollouts[0] is not None


def test_job_is_not_replaced() -> None:
    """A pod that did its work stays, and nobody starts it again."""
    job: dict[str, Any] = manifest("Job")
    job["spec"]["template"]["spec"]["restartPolicy"] = "Never"
    del job["spec"]["replicas"]
    replayed = told(scenario(job, {"exits": [{"after": "30s", "code": 0}]}))

    assert replayed.measured.ends == {"app 0": 1}
    assert replayed.states == ("api-0: Succeeded; app Completed (0 restarts)",)


def test_shared_outage_hits_all_pods_at_once() -> None:
    """Liveness that asks the database restarts everything within one period."""
    outage = {"db": {"outages": [{"from": "2m", "for": "3m"}]}}
    value = manifest(
        livenessProbe={"httpGet": {"path": "/health", "port": 8080}, "periodSeconds": 5}
    )
    app = {"needs": {"db": {"whileRunning": "fail", "paths": ["/health"]}}}
    replayed = told(scenario(value, app, dependencies=outage))
    first: dict[str, float] = {}
    for at, who in moments(replayed, "Killing"):
        first.setdefault(who, at)

    assert set(first) == {"api-0", "api-1", "api-2"}
    assert max(first.values()) - min(first.values()) < 6


def test_requests_are_lost_when_the_listener_closes_first() -> None:
    """Scenario SC19: lost without a sleep, none with one that outlasts the proxies."""
    plain = replay(scenario(manifest(), requests=100, rollouts=(120.0,)), 3).loss
    sleep = {"preStop": {"sleep": {"seconds": 5}}}
    calm = replay(scenario(manifest(lifecycle=sleep), requests=100, rollouts=(120.0,)), 3).loss

    assert plain is not None
    assert calm is not None
    # Three pods, each known to the proxies for 0.1 to 2 s more, a third of 100 requests a second.
    assert 3 * 0.1 * 25 <= plain.lost <= 3 * 2.0 * 34 + 3 * 2
    assert calm.lost == 0


def test_requests_in_work_are_cut_by_a_hard_end() -> None:
    """What takes longer than the rest of a life is lost, although it was accepted."""
    given = scenario(manifest(replicas=1), {"exits": [{"after": "100s"}]}, requests=50)
    loss = replay(given, 1).loss

    assert loss is not None
    assert loss.cut == pytest.approx(50 * 0.05 * replay(given, 1).measured.ends["app 1"], rel=0.05)
    assert loss.refused > 0


def test_node_pressure_evicts_in_order() -> None:
    """Memory runs short on the node: the pod above its request by most goes, and is replaced."""
    app = {"memory": {"start": "100Mi", "growth": {"rate": {"min": "1Mi/s", "max": "2Mi/s"}}}}
    value = manifest(resources={"requests": {"memory": "200Mi"}})
    replayed = told(scenario(value, app, nodes=("cpu=4,memory=2Gi",)))
    evicted = moments(replayed, "Evicted: ")

    failed = moments(replayed, "phase: Failed Evicted")
    assert replayed.measured.evictions == len(evicted) == len(failed) > 0
    assert "The node was low on resource: memory. Threshold quantity: 100Mi" in "".join(
        replayed.story
    )
    assert "phase: Failed Evicted" in "".join(replayed.story)
    assert len([s for s in replayed.states if "Running" in s]) >= 2
    assert all(at % 1 == pytest.approx(evicted[0][0] % 1, abs=0.02) for at, _ in evicted)


def test_kernel_kills_when_memory_is_gone_between_two_looks() -> None:
    """Growth faster than the kubelet looks: the kernel chooses, the container restarts."""
    app = {"memory": {"start": "100Mi", "growth": {"rate": "150Mi/s", "from": "20s"}}}
    replayed = told(scenario(manifest(replicas=2), app, nodes=("cpu=4,memory=4Gi",), seconds=120))

    assert moments(replayed, "SystemOOM")
    assert replayed.measured.ends.get("app 137 OOMKilled", 0) > 0


def test_eviction_order_among_neighbours() -> None:
    """Above its request goes first, whatever the QoS class; a higher priority goes later (6.4)."""
    grows = {"memory": {"start": "100Mi", "growth": {"rate": "2Mi/s"}}}
    steady = {"memory": {"start": "600Mi"}}
    inside = manifest("Pod", resources={"requests": {"memory": "1500Mi"}})
    above = manifest("Pod", resources={"requests": {"memory": "500Mi"}})
    precious = manifest("Pod", resources={"requests": {"memory": "100Mi"}})
    precious["spec"]["priority"] = 1000
    around = {"above": (above, steady), "precious": (precious, steady)}
    node = "cpu=4,memory=3Gi"
    replayed = told(scenario(inside, grows, nodes=(node,), beside=around, seconds=1200))
    evicted = moments(replayed, "Evicted: ")

    assert [who for _, who in evicted] == ["above", "api"]
    # By then it has grown beyond its request, too.
    assert evicted[1][0] > 700
    assert replayed.measured.evictions == 1


def test_neighbours_are_not_measured() -> None:
    """A crash loop next door is told, but does not count."""
    crash = (manifest("Deployment", 2), {"exits": [{"after": "5s"}]})
    replayed = told(scenario(manifest("Pod"), beside={"other": crash}))

    assert replayed.measured.restarts == 0
    assert replayed.measured.ends == {}
    assert len(moments(replayed, "exit      app 1")) > 4
    assert [state.partition(":")[0] for state in replayed.states] == ["api", "other-0", "other-1"]


def test_child_killed_alone_is_told_and_nobody_restarts() -> None:
    """cgroup v1: the child dies, the container goes on, and only the story tells (Q28)."""
    value = manifest("Pod", resources={"limits": {"memory": "64Mi"}})
    given = scenario(value, {"child": {"growth": {"rate": "20Mi/s", "from": "3s"}}})
    alone = told(msgspec.structs.replace(given, cgroup_v1=True))
    whole = told(given)

    assert alone.measured.ends == {"a child of app": 1}
    assert alone.measured.restarts == 0
    assert len(moments(alone, "killed    a child of app (oom)")) == 1
    assert whole.measured.restarts > 0


def test_guaranteed_pod_outlives_the_others_in_the_kernel() -> None:
    """oom_score_adj: who has requested what it uses is killed last (kubelet.md 6.2)."""
    value = manifest("Pod", resources={"limits": {"memory": "3Gi", "cpu": "1"}})
    app = {"memory": {"start": "2500Mi"}}
    calm = replay(scenario(value, app, nodes=("cpu=2,memory=4Gi",), seconds=300), 1)

    assert calm.measured.evictions == 0
    assert calm.measured.ends == {}


def test_pods_without_room_wait_for_it() -> None:
    """Requests decide who fits; a pod that finds no node stays Pending and says why."""
    value = manifest(replicas=3, resources={"requests": {"cpu": "900m"}})
    replayed = told(scenario(value, nodes=("cpu=2,memory=4Gi",)))

    assert replayed.pending == 1
    assert any(
        "Pending, 0/1 nodes are available: 1 Insufficient cpu." in s for s in replayed.states
    )
    assert replay(scenario(value, nodes=("cpu=2,memory=4Gi,count=2",)), 1).pending == 0


def test_processors_are_shared_by_request() -> None:
    """Busy pods on a small node are late with their answers, on a large one they are not."""

    thread = {"cores": 4, "from": "30s"}
    busy = {"cpu": {"perAnswer": "150ms", "slice": "10ms", "demand": [thread]}}
    value = manifest(
        replicas=4,
        resources={"requests": {"cpu": "10m"}},
        livenessProbe={**LIVE, "periodSeconds": 3},
    )

    def failures(node: str) -> int:
        given = scenario(value, busy, nodes=(node,), seconds=200)
        return replay(given, 1).measured.probe_failures

    assert failures("cpu=1,memory=8Gi") > failures("cpu=64,memory=8Gi") == 0


def test_workload_for_a_container_that_is_not_there() -> None:
    """A misspelt container would silently just run."""
    given = scenario(manifest())
    other = subject({"kind": "Pod", "metadata": {"name": "x"},
                     "spec": {"containers": [{"name": "web", "image": "i"}]}})  # fmt: skip
    with pytest.raises(
        ScenarioError, match="no container of pod/x has that name; known names: web, x/web"
    ):
        check_scenario(msgspec.structs.replace(given, subject=other))


STRATEGIES: tuple[tuple[dict[str, Any], int, int, int], ...] = (
    ({}, 3, 1, 0),
    ({}, 10, 3, 2),
    ({}, 1, 1, 0),
    ({"maxSurge": 0, "maxUnavailable": 0}, 3, 0, 1),
    ({"maxSurge": "50%", "maxUnavailable": "50%"}, 3, 2, 1),
    ({"maxSurge": 2}, 3, 2, 0),
)


@pytest.mark.parametrize(("rolling", "replicas", "surge", "unavailable"), STRATEGIES)
def test_steps_of_a_rollout_are_rounded_as_the_controller_rounds(
    rolling: dict[str, Any], replicas: int, surge: int, unavailable: int
) -> None:
    """maxSurge up, maxUnavailable down, never both nothing."""
    value = manifest(replicas=replicas)
    value["spec"]["strategy"] = {"rollingUpdate": rolling}
    found = subject(value)

    assert (found.max_surge, found.max_unavailable) == (surge, unavailable)
    assert found.replacement is Replacement.ROLLING


def test_impossible_numbers_are_refused() -> None:
    """A negative number of replicas is no manifest."""
    with pytest.raises(SubjectError, match="-1; expected a whole number"):
        subject(manifest(replicas=-1))
