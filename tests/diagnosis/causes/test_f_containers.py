"""Containers meant to end or restart (F03, F07-F09, F11-F13, F15), and their lookalikes."""

from typing import Any

import pytest
from tests.diagnosis.cases import best, case, event, judge, object_event, running, terminated

from holdfast.model.verdict import Role

JOB = [{"kind": "Job", "name": "load", "uid": "j", "controller": True}]
RULES = [{"action": "Restart", "exitCodes": {"operator": "In", "values": [42]}}]
LONG = {"started": "2026-11-23T06:20:00Z", "finished": "2026-11-23T08:20:00Z"}
SIDECAR = {"restartPolicy": "Always"}
DONE = {"name": "work", "state": terminated(0), "ready": False}


def helper(**status: Any) -> dict[str, Any]:
    """The statuses of a Job's pod whose container "work" is done, beside container app."""
    app = {"name": "app", "state": running(), "ready": True, "restartCount": 0}
    return {"phase": "Running", "containerStatuses": [DONE, app], **status}


CAUSES: dict[str, dict[str, Any]] = {
    "F03": {
        "last": terminated(0),
        "log": "config file /etc/app/app.yaml changed, restarting to apply it",
    },
    "F03 file observer": {
        "last": terminated(0),
        "log": "Restart triggered because of file /etc/tls/tls.crt was modified\n"
        "leaderelection lost",
    },
    "F03 certificate": {"last": terminated(1), "log": "serving certificate rotated; exiting"},
    "F08": {"container": SIDECAR, "init": True, "last": terminated(0)},
    "F09": {"init": True, "last": terminated(1)},
    "F09 runs again": {"init": True, "state": running(), "last": terminated(1)},
    "F11": {
        "last": terminated(137),
        "events": (event("Killing", "Pod was terminated by chaoskube to introduce chaos."),),
    },
    "F11 experiment": {
        "last": terminated(137),
        "events": (
            object_event("PodChaos", "kill", "Applied", "Successfully apply chaos for default/api"),
        ),
    },
    "F13": {
        "container": {"restartPolicy": "Never", "restartPolicyRules": RULES},
        "last": terminated(42),
    },
    "F13 all containers": {"last": terminated(137, "RestartingAllContainers")},
    "F15": {"last": terminated(1, **LONG), "log": "vault: token has expired, permission denied"},
    "F15 api server at a constant distance": {
        "state": terminated(255, started="2026-11-23T08:20:10Z", finished="2026-11-23T10:20:12Z"),
        "last": terminated(255, **LONG),
        "log": "error: the server has asked for the client to provide credentials",
    },
}

REJECTED: dict[str, dict[str, Any]] = {
    "F03 reloads in place": {
        "last": terminated(1),
        "log": "config file app.yaml changed, reloading without restart",
    },
    "F03 ordinary change": {"last": terminated(1), "log": "exchange rates changed; stopping at 5"},
    "F07 main container crashes": {
        "last": terminated(1),
        "metadata": {"ownerReferences": JOB},
    },
    "F07 no Job": {"state": running(), "restarts": 0, "status": helper()},
    "F08 plain container": {"last": terminated(0)},
    "F09 main container": {"last": terminated(1)},
    "F09 sidecar": {"init": True, "container": SIDECAR, "last": terminated(1)},
    "F09 succeeded": {"init": True, "state": terminated(0), "restarts": 0},
    "F11 another pod": {
        "last": terminated(137),
        "events": (
            object_event(
                "PodChaos", "kill", "Applied", "Successfully apply chaos for default/api2"
            ),
        ),
    },
    "F12 out of memory": {"last": terminated(137, "OOMKilled")},
    "F12 probe": {
        "last": terminated(137),
        "events": (event("Killing", "Container app failed liveness probe, will be restarted"),),
    },
    "F12 evicted": {"state": terminated(137), "restarts": 0, "status": {"phase": "Failed"}},
    "F12 crash": {"last": terminated(1)},
    "F13 policy restarts anyway": {
        "container": {"restartPolicyRules": RULES},
        "last": terminated(42),
    },
    "F13 other code": {
        "container": {"restartPolicy": "Never", "restartPolicyRules": RULES},
        "last": terminated(1),
    },
    "F15 cache entry": {"last": terminated(1, **LONG), "log": "cache entry expired"},
}


@pytest.mark.parametrize("name", CAUSES)
def test_intended_end_is_named(name: str) -> None:
    """The text or rule that brought the end about wins over the exit code."""
    built = case(**CAUSES[name])
    verdict = judge(name[:3], built)

    assert verdict is not None
    assert verdict.role is Role.CAUSE
    assert best(built) == name[:3]


@pytest.mark.parametrize("name", REJECTED)
def test_lookalike_is_rejected(name: str) -> None:
    """Ordinary chatter, other kinds of containers and other ends are not claimed."""
    assert judge(name[:3], case(**REJECTED[name])) is None


def test_helper_that_outlives_its_job() -> None:
    """A container that keeps a Job's pod alive is a hazard: nothing has ended."""
    built = case(
        state=running(),
        restarts=0,
        metadata={"ownerReferences": JOB},
        spec={"containers": [{"name": "work"}, {"name": "app"}]},
        status=helper(),
    )
    verdict = judge("F07", built)

    assert verdict is not None
    assert verdict.role is Role.HAZARD


def test_sidecar_stopped_after_success() -> None:
    """143 of a sidecar in a Succeeded pod is explained as the end of the work."""
    built = case(
        container=SIDECAR,
        init=True,
        state=terminated(143),
        restarts=0,
        metadata={"ownerReferences": JOB},
        status={"phase": "Succeeded"},
    )
    verdict = judge("F07", built)

    assert verdict is not None
    assert verdict.role is Role.CONTRIBUTING
    assert "no failure" in verdict.summary


def test_init_container_with_a_reason_in_its_log() -> None:
    """What the log explains leads, and the loop of the init container stands beside it."""
    built = case(
        init=True,
        last=terminated(1),
        log='Traceback (most recent call last):\nKeyError: "region"',
    )
    verdict = judge("F09", built)

    assert verdict is not None
    assert verdict.role is Role.CONTRIBUTING
    assert "A01" in verdict.leads_to


def test_init_container_that_waits() -> None:
    """A wait of many minutes is a hazard; a few seconds are none."""
    late = judge("F09", case(init=True, state=running("2026-11-23T08:00:00Z"), restarts=0))

    assert late is not None
    assert late.role is Role.HAZARD
    assert judge("F09", case(init=True, state=running("2026-11-23T08:29:30Z"), restarts=0)) is None


def test_failing_sidecar_is_contributing() -> None:
    """Why a sidecar crashes has its own cause; that it is a sidecar stands beside it."""
    verdict = judge("F08", case(container=SIDECAR, init=True, last=terminated(1)))

    assert verdict is not None
    assert verdict.role is Role.CONTRIBUTING


@pytest.mark.parametrize("code", [130, 137, 143])
def test_signal_by_hand_stays_a_hint(code: int) -> None:
    """An unexplained signal is never decided, and what would decide is named."""
    verdict = judge("F12", case(last=terminated(code)))

    assert verdict is not None
    assert verdict.score <= 6, "it must not beat 'something nobody thought of' (rank.py)"
    assert any("audit" in fact for fact in verdict.would_decide)


def test_refused_at_once_is_no_rotation() -> None:
    """An expired token within seconds of the start was never renewed: other causes lead."""
    log = "token has expired"
    early = judge("F15", case(last=terminated(1), log=log))
    late = judge("F15", case(last=terminated(1, **LONG), log=log))

    assert early is not None
    assert late is not None
    assert early.score <= 6 < late.score
