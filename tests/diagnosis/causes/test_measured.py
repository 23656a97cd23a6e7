"""What somebody measured decides between causes that the status of a pod leaves open."""

from typing import Any

import pytest
from tests.diagnosis.cases import best, case, event, judge, running, terminated

from holdfast.model.measurement import Disposition
from holdfast.model.verdict import Verdict

GROWING = {"growth_bytes_per_second": 2.5e6}
STEADY = {"growth_bytes_per_second": 0.0}
LATE = (
    'Liveness probe failed: Get "http://10.0.0.1:8080/live": context deadline exceeded '
    "(Client.Timeout exceeded while awaiting headers)"
)
KILLED = event("Killing", "Container app failed liveness probe, will be restarted", type="Normal")


def verdict(cause: str, measured: dict[str, Any] | None, **told: Any) -> Verdict:
    """What the cause says of a container with these measurements."""
    found = judge(cause, case(measured=measured, **told))
    assert found is not None
    return found


def memory_kill() -> dict[str, Any]:
    """A container that the kernel killed at its limit 30 s after its start."""
    limits = {"resources": {"limits": {"memory": "64Mi"}}}
    return {"last": terminated(137, "OOMKilled"), "container": limits}


def late(limit: str) -> dict[str, Any]:
    """A container with a CPU limit whose liveness probe timed out."""
    probe = {"httpGet": {"path": "/live", "port": 8080}, "periodSeconds": 5}
    limits = {"resources": {"limits": {"cpu": limit}}}
    events = (event("Unhealthy", LATE, count=9), KILLED)
    return {
        "last": terminated(0),
        "container": {"livenessProbe": probe, **limits},
        "events": events,
    }


def refusing(output: str) -> dict[str, Any]:
    """A container whose liveness probe was never accepted, and killed it for that."""
    probe = {"httpGet": {"path": "/live", "port": 8080}, "periodSeconds": 5}
    at = "2026-11-23T08:20:13Z"
    killing = "Container app failed liveness probe, will be restarted"
    events = (
        event("Unhealthy", f"Liveness probe failed: {output}", count=9, lastTimestamp=at),
        event("Killing", killing, type="Normal", count=3, lastTimestamp=at),
    )
    last = terminated(0, finished="2026-11-23T08:20:14Z")
    return {"last": last, "container": {"livenessProbe": probe}, "events": events}


def slow_stop() -> dict[str, Any]:
    """A Python program that its liveness probe killed, and that SIGKILL ended."""
    probe = {"httpGet": {"path": "/live", "port": 8080}}
    container = {"livenessProbe": probe, "command": ["python", "server.py"]}
    killed = event("Killing", "Container app failed liveness probe, will be restarted",
                   lastTimestamp="2026-11-23T08:20:30Z")  # fmt: skip
    last = terminated(137, finished="2026-11-23T08:21:00Z")
    return {"last": last, "container": container, "events": (killed,)}


def test_growth_tells_a_leak() -> None:
    """Memory that was seen to grow is a leak; one that did not is something else."""
    unknown = verdict("D02", None, **memory_kill())
    grows = verdict("D02", GROWING, **memory_kill())
    steady = verdict("D02", STEADY, **memory_kill())

    assert steady.score < unknown.score < grows.score
    assert "grows until it reaches" in grows.summary
    assert "probably grows" in unknown.summary
    assert any("143.1Mi per minute (measured)" in fact.text for fact in grows.evidence_for)
    assert [fact.origin.source for fact in steady.evidence_against if fact.origin] == [
        "a rehearsal"
    ]


@pytest.mark.parametrize("cause", ["D01", "D02"])
def test_what_was_measured_is_not_asked_for(cause: str) -> None:
    """The series of its memory is wanted only where nobody has it."""
    asked = verdict(cause, None, **memory_kill()).would_decide
    told = verdict(cause, GROWING, **memory_kill()).would_decide

    assert any("container_memory_working_set_bytes" in fact for fact in asked)
    assert not any("container_memory_working_set_bytes" in fact for fact in told)


def test_throttling_tells_a_starved_probe() -> None:
    """Held back in most periods: starved. In none: another cause."""
    unknown = verdict("C05", None, **late("100m"))
    starved = verdict("C05", {"throttled_share": 0.7}, **late("100m"))
    free = verdict("C05", {"throttled_share": 0.0}, **late("100m"))

    assert free.score < unknown.score < starved.score
    assert any("cpu_cfs_throttled" in fact for fact in unknown.would_decide)
    assert not any("cpu_cfs_throttled" in fact for fact in starved.would_decide)


def test_throttling_speaks_where_the_limit_alone_would_not() -> None:
    """A limit of a core looks like enough for a probe, until it is measured."""
    assert judge("C05", case(**late("1"))) is None
    assert judge("C05", case(measured={"throttled_share": 0.1}, **late("1"))) is None
    assert judge("C05", case(measured={"throttled_share": 0.6}, **late("1"))) is not None


def test_counter_of_the_kernel_tells_of_a_child() -> None:
    """No log and no status says that a child was killed; the control group counts it."""
    alive: dict[str, Any] = {"state": running(), "restarts": 0, "ready": True}

    assert judge("D05", case(measured={"memory_kills": 0}, **alive)) is None
    assert judge("D05", case(**alive)) is None
    killed = verdict("D05", {"memory_kills": 2}, **alive)
    assert any("has killed 2 of its processes" in fact.text for fact in killed.evidence_for)
    assert killed.would_decide == ()


def test_mask_of_handlers_is_no_guess() -> None:
    """Whether PID 1 handles SIGTERM is seen, whatever its runtime usually does."""
    guessed = verdict("G02", None, **slow_stop())
    without, ignored, handled = (
        verdict("G02", {"on_sigterm": disposition}, **slow_stop())
        for disposition in (Disposition.DEFAULT, Disposition.IGNORED, Disposition.HANDLED)
    )

    assert handled.score < guessed.score < without.score == ignored.score


def test_port_that_was_seen_is_the_right_one() -> None:
    """A probe is refused where nothing listens: the port that does is measured, and proposed."""
    refused = "dial tcp 10.0.0.1:8080: connect: connection refused"
    told = refusing(f'Get "http://10.0.0.1:8080/live": {refused}')

    elsewhere = verdict("C01", {"listens_on": (8081,)}, **told)

    assert elsewhere.parameters["listens_on"] == 8081
    assert best(case(measured={"listens_on": (8081,)}, **told)) == "C01"
    assert best(case(measured={"listens_on": (8080, 9090)}, **told)) != "C01"


def test_private_port_inside_is_not_that_of_the_probe() -> None:
    """A server with profiles on 127.0.0.1 listens elsewhere too, whatever its log says of them."""
    told = refusing('Get "http://10.0.0.1:8080/live": dial tcp: connect: connection refused')

    assert judge("C10", case(log="listening on 127.0.0.1:6060", **told)) is None
    assert judge("C10", case(log="listening on 127.0.0.1:8080", **told)) is not None


def test_probe_that_never_answered_did_not_turn_bad() -> None:
    """A busy machine stretches lives, so that it seems to have answered for a while."""
    told = refusing('Get "http://10.0.0.1:8080/live": dial tcp: connect: connection refused')
    longer = {**told, "last": terminated(0, started="2026-11-23T08:19:45Z",
                                         finished="2026-11-23T08:20:14Z")}  # fmt: skip

    assert judge("C07", case(**longer)) is not None
    assert judge("C07", case(measured={"answered_probes": ("liveness",)}, **longer)) is not None
    assert judge("C07", case(measured={"answered_probes": ("readiness",)}, **longer)) is None


def test_answers_of_the_next_life_are_its_own() -> None:
    """A start that is refused for a moment does not say how the life before it ended."""
    probe = {"httpGet": {"path": "/live", "port": 8080}, "periodSeconds": 5}
    failed = "Liveness probe failed: HTTP probe failed with statuscode: 503"
    refused = (
        'Liveness probe failed: Get "http://10.0.0.1:8080/live": '
        "dial tcp 10.0.0.1:8080: connect: connection refused"
    )
    events = (
        event("Unhealthy", failed, count=6, lastTimestamp="2026-11-23T08:20:29Z"),
        event("Unhealthy", refused, count=3, lastTimestamp="2026-11-23T08:20:34Z"),
        event("Killing", KILLED["message"], type="Normal", count=2,
              lastTimestamp="2026-11-23T08:20:30Z"),
    )  # fmt: skip
    told: dict[str, Any] = {
        "last": terminated(0), "container": {"livenessProbe": probe}, "events": events,
    }  # fmt: skip

    assert best(case(state=running("2026-11-23T08:20:32Z"), **told)) == "C06"


def test_error_is_an_answer_of_somebody_who_listens() -> None:
    """A start that is refused for a moment, and errors for a dependency after it, are no C13."""
    told = refusing("HTTP probe failed with statuscode: 503")
    refused = (
        'Liveness probe failed: Get "http://10.0.0.1:8080/live": '
        "dial tcp 10.0.0.1:8080: connect: connection refused"
    )
    first = event("Unhealthy", refused, count=2, lastTimestamp="2026-11-23T08:20:02Z")
    failed, killing = told.pop("events")
    events = (first, failed, killing)
    log = (
        "connecting to redis at 10.0.0.9:6379: dial tcp 10.0.0.9:6379: connect: connection refused"
    )

    only_refused, also_answered = (
        judge("C13", case(events=given, log=log, **told)) for given in ((first, killing), events)
    )

    assert only_refused is not None
    assert also_answered is not None
    assert also_answered.score < only_refused.score
