"""Stops that go wrong (G01-G08): told only beside a stop that something shows, and never as causes.

137 without a stop says nothing, and each kind of slow stop has its own evidence.
"""

from typing import Any

import pytest
from tests.diagnosis.cases import case, event, judge, running, terminated, waiting

from holdfast.model.verdict import Role

PROBED = event(
    "Killing",
    "Container app failed liveness probe, will be restarted",
    lastTimestamp="2026-11-23T08:20:30Z",
)
STOPPED = event("Killing", "Stopping container app", lastTimestamp="2026-11-23T08:20:30Z")
LEAVING = {"deletionTimestamp": "2026-11-23T08:21:00Z", "deletionGracePeriodSeconds": 30}
LIVENESS = {"httpGet": {"port": 8080, "path": "/health"}}
SCRIPT = {"command": ["/bin/sh", "-c", "prepare; /app/server"]}
PYTHON = {"command": ["python", "server.py"]}


def ended(code: int, second: int = 0, minute: int = 21, reason: str = "") -> dict[str, Any]:
    """A life that ended this long after 08:20:30, when the stop was asked for."""
    return terminated(code, reason, finished=f"2026-11-23T08:{minute}:{second:02}Z")


def probed(last: dict[str, Any], **container: Any) -> dict[str, Any]:
    """A container that its liveness probe killed."""
    return {
        "container": {"livenessProbe": LIVENESS, **container},
        "last": last,
        "events": (PROBED,),
    }


def deleted(end: dict[str, Any], *events: dict[str, Any], **container: Any) -> dict[str, Any]:
    """A container of a pod that was deleted at 08:20:30 with a grace of 30 s."""
    return {
        "container": container,
        "state": end,
        "restarts": 0,
        "metadata": LEAVING,
        "events": (STOPPED, *events),
    }


def hook(seconds: int) -> dict[str, Any]:
    """A sleeping preStop hook."""
    return {"lifecycle": {"preStop": {"sleep": {"seconds": seconds}}}}


SHOWN: dict[str, dict[str, Any]] = {
    "G01": probed(ended(137), **SCRIPT),
    "G01 deleted": deleted(ended(137), **SCRIPT),
    "G01 deleted, events expired": {**deleted(ended(137), **SCRIPT), "events": ()},
    "G02": probed(ended(137), **PYTHON),
    "G02 unknown program": deleted(ended(137)),
    "G03": deleted(ended(137, 2), event("FailedPreStopHook", "PreStopHook failed"), **hook(100)),
    "G03 sleeps through the grace": probed(ended(137, 2), **hook(30)),
    "G04": {**probed(ended(137)), "log": "received SIGTERM, draining 14 connections"},
    "G05": deleted(ended(143, 31, 20)),
    "G05 interrupted": deleted(ended(130, 31, 20)),
    "G05 npm": {"last": terminated(1), "log": "npm ERR! signal SIGTERM"},
    "G06": {**deleted(ended(137)), "log": "LOG:  received smart shutdown request"},
    "G06 setting": deleted(ended(137), lifecycle={"stopSignal": "SIGUSR1"}),
    "G07": deleted(ended(137, 30)),
    "G07 gave up": deleted(running(), event("ExceededGracePeriod", "Container runtime did not")),
    "G07 kill failed": deleted(
        running(),
        event("FailedKillPod", "error killing pod: rpc error: context deadline exceeded"),
    ),
    "G07 overdue": {**deleted(running()), "events": ()},
}

HAZARDS: dict[str, dict[str, Any]] = {
    "G06": {
        **deleted(ended(0, 31, 20)),
        "log": "2026/11/23 08:20:30 [notice] 1#1: signal 15 (SIGTERM) received from 7, exiting",
    },
    "G08": {**deleted(ended(0, 33, 20)), "log": '10.0.0.1 - - "GET /cart HTTP/1.1" 502 157'},
}

OUT_OF_MEMORY = ended(137, reason="OOMKilled")
EVICTED = {"status": {"phase": "Failed", "reason": "Evicted", "message": "low on resource"}}

REJECTED: dict[str, dict[str, Any]] = {
    "G01 killed for memory": probed(OUT_OF_MEMORY, **SCRIPT),
    "G01 no stop at all": {"container": SCRIPT, "last": terminated(137)},
    "G01 hands over": probed(ended(137), command=["sh", "-c", "prepare; exec /app/server"]),
    "G01 killed long before the grace": deleted(ended(137, 33, 20), **SCRIPT),
    "G01 evicted": {**deleted(ended(137), **SCRIPT), **EVICTED},
    "G02 shell": probed(ended(137), **SCRIPT),
    "G02 no stop at all": {"container": PYTHON, "last": terminated(137)},
    "G02 ends in time": deleted(ended(143, 31, 20), **PYTHON),
    "G02 lost container": probed(ended(137, reason="ContainerStatusUnknown"), **PYTHON),
    "G03 short hook": deleted(ended(137), **hook(5)),
    "G03 no hook": deleted(ended(137)),
    "G03 long hook that never ran": {"container": hook(60), "last": terminated(1)},
    "G04 ends in time": {**deleted(ended(0, 40, 20)), "log": "received SIGTERM, draining"},
    "G04 no stop at all": {"last": terminated(137), "log": "draining queue"},
    "G05 no stop": {"last": terminated(143)},
    "G05 crash": {"last": terminated(139), "events": (STOPPED,)},
    "G06 fast enough": {**deleted(ended(0, 31, 20)), "log": "received smart shutdown request"},
    "G06 no stop": {"last": terminated(1), "log": "signal 15 (SIGTERM) received from 7, exiting"},
    "G07 within the grace": deleted(ended(137)),
    "G07 other failure": deleted(
        running("2026-11-23T08:29:00Z"), event("FailedKillPod", "error killing pod: no such pod")
    )
    | {"metadata": {**LEAVING, "deletionTimestamp": "2026-11-23T08:30:10Z"}},
    "G08 clean stop": {**deleted(ended(0, 33, 20)), "log": '"GET / HTTP/1.1" 200 12'},
    "G08 errors without a stop": {"last": terminated(1), "log": '"GET / HTTP/1.1" 503 12'},
    "G08 probe kill": {**probed(ended(0, 31, 20)), "log": '"GET / HTTP/1.1" 503 12'},
}


@pytest.mark.parametrize("name", SHOWN)
def test_slow_stop_stands_beside_the_cause(name: str) -> None:
    """How a stop went is told with evidence, and never competes with why it was asked for."""
    verdict = judge(name[:3], case(**SHOWN[name]))

    assert verdict is not None
    assert verdict.role is Role.CONTRIBUTING
    assert verdict.score > 0


@pytest.mark.parametrize("name", HAZARDS)
def test_clean_stop_with_harm_is_a_hazard(name: str) -> None:
    """A stop that ended well but hurt callers is no restart trouble."""
    verdict = judge(name[:3], case(**HAZARDS[name]))

    assert verdict is not None
    assert verdict.role is Role.HAZARD


@pytest.mark.parametrize("name", REJECTED)
def test_lookalike_is_rejected(name: str) -> None:
    """No stop, another end or another kind of stop: nothing is claimed."""
    assert judge(name[:3], case(**REJECTED[name])) is None


def test_log_of_a_drain_speaks_against_a_missing_handler() -> None:
    """A program that writes about its shutdown did hear the signal."""
    silent = judge("G02", case(**probed(ended(137), **PYTHON)))
    drains = judge("G02", case(**probed(ended(137), **PYTHON), log="received SIGTERM, draining"))

    assert silent is not None
    assert drains is not None
    assert drains.score < silent.score


def test_times_weigh_more_than_a_code() -> None:
    """With the stop time known, the claim is an inference; without, only a suggestion."""
    timed = judge("G01", case(**probed(ended(137), **SCRIPT)))
    untimed = {**PROBED, "lastTimestamp": None}
    blind = case(**{**probed(ended(137), **SCRIPT), "events": (untimed,)})
    coarse = judge("G01", blind)

    assert timed is not None
    assert coarse is not None
    assert coarse.score < timed.score


def test_running_container_has_no_slow_stop() -> None:
    """Nothing of group G is told of a container that waits or runs in peace."""
    built = [
        case(state=waiting("ContainerCreating"), restarts=0),
        case(state=running(), restarts=0, ready=True),
    ]

    told = [(n, c) for n in range(1, 9) for c in built if judge(f"G0{n}", c) is not None]
    assert told == []
