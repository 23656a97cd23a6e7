"""What somebody measured decides between causes that the status of a pod leaves open."""

from typing import Any

import pytest
from tests.diagnosis.cases import case, event, judge, running, terminated

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
    without = verdict("G02", {"handles_sigterm": False}, **slow_stop())
    handled = verdict("G02", {"handles_sigterm": True}, **slow_stop())

    assert handled.score < guessed.score < without.score
