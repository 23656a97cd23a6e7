"""What samples mean for each probe: the policies of service.md 6.1 and 6.2 (decision D1)."""

import pytest
from tests.health.checked import FAILS, PASSES, WARNS, Service, add, board

from holdfast.dependencies.verdict import Verdict

NOW = 101.0


@pytest.mark.parametrize(
    ("on_fail", "verdict", "ready", "healthy", "status"),
    [
        ("unready", PASSES, True, True, "pass"),
        ("unready", FAILS, False, False, "fail"),
        ("degrade", FAILS, True, False, "warn"),
        ("report", FAILS, True, True, "fail"),
        ("unready", WARNS, True, True, "warn"),
        ("degrade", WARNS, True, True, "warn"),
    ],
)
def test_policies(on_fail: str, verdict: Verdict, ready: bool, healthy: bool, status: str) -> None:
    """unready ends traffic, degrade warns, report is listed."""
    made = board()
    add(made, verdict=verdict, on_fail=on_fail)

    assert (made.ready(NOW) == "") is ready
    assert made.healthy(NOW) is healthy
    assert made.status(made.entries["db"], NOW) == status
    assert made.overall(NOW) == ("fail" if not healthy else "warn" if status != "pass" else "pass")


def test_degraded_can_be_served_as_200() -> None:
    """The draft and ASP.NET Core do so; a setting follows them."""
    made = board(warn_is_healthy=True)
    add(made, verdict=FAILS, on_fail="degrade")

    assert made.healthy(NOW)
    assert made.overall(NOW) == "warn"


def test_stale_sample_counts_as_failed() -> None:
    """A check that is not asked any more says nothing about now."""
    made = board()
    add(made, on_fail="unready")

    assert made.ready(115.0) == ""
    assert made.ready(115.1) == "stale"
    assert not made.healthy(115.1)


def test_slow_pace_is_not_stale() -> None:
    """A check asked each 30 s grows stale after as many periods as one asked each 5 s."""
    made = board()
    add(made, on_fail="unready", every=30)

    assert made.ready(189.0) == ""
    assert made.ready(190.1) == "stale"


def test_pod_is_not_ready_before_it_knows() -> None:
    """An unready check that was not asked yet is no reason to send traffic."""
    made = board()
    add(made, verdict=None, on_fail="unready")
    assert made.ready(NOW) == "starting"

    made.sample("db", PASSES, NOW, 0)
    assert made.ready(NOW) == ""


def test_startup_is_a_latch() -> None:
    """Once passed, a failing startup check changes nothing (service.md 6.8)."""
    service = Service()
    service.ready = False
    made = board(service)
    add(made, "model", FAILS, probe="startup")
    assert not made.started_up()
    made.sample("model", PASSES, NOW, 0)
    assert not made.started_up()
    service.ready = True
    assert made.started_up()

    made.sample("model", FAILS, NOW, 0)
    service.ready = False
    assert made.started_up()
    assert made.ready(NOW) == ""


def test_drain_ends_readiness_but_never_liveness() -> None:
    """The kubelet goes on with readiness during termination, and liveness must not restart."""
    service = Service()
    made = board(service)
    add(made, on_fail="unready")
    service.draining = True

    assert made.ready(NOW) == "draining"
    assert not made.healthy(NOW)
    assert made.live(NOW)


def test_readiness_can_stay_during_a_drain() -> None:
    """An option: 503s during each rollout pollute events (terminus 112)."""
    service = Service()
    made = board(service, ready_while_draining=True)
    service.draining = True

    assert made.ready(NOW) == ""
    assert made.healthy(NOW)


def test_shared_failure_can_stay_ready() -> None:
    """fail_open: what worked since the start fails for the other replicas too."""
    made = board()
    add(made, verdict=PASSES, on_fail="unready", after=1, fail_open=True)
    made.sample("db", FAILS, NOW, 0)
    assert made.ready(NOW) == ""
    assert not made.healthy(NOW)
    assert made.status(made.entries["db"], NOW) == "warn"

    fresh = board()
    add(fresh, verdict=FAILS, on_fail="unready", after=1, fail_open=True)
    assert fresh.ready(NOW) == "not ready"


def test_liveness_fails_only_beyond_its_budget() -> None:
    """A late loop is restarted after 30 s, not after one missed second."""
    made = board()
    made.heartbeat._beat_at = 100.0

    assert made.live(129.0)
    assert not made.live(131.0)
    assert made.live(131.0, on_loop=True)


def test_dependency_never_touches_liveness() -> None:
    """Neither failing nor stale: a restart mends no database."""
    made = board()
    add(made, verdict=FAILS, on_fail="unready")

    assert made.live(1000.0)


def test_own_check_can_fail_liveness() -> None:
    """A process that cannot recover by itself is restarted."""
    made = board()
    add(made, "pool recovery", FAILS, probe="live", kind="own")

    assert not made.live(NOW)


def test_checks_come_and_go() -> None:
    """A dropped check has no say, and a late sample of it does nothing."""
    made = board()
    add(made, verdict=FAILS, on_fail="unready")
    made.drop("db")

    assert made.ready(NOW) == ""
    assert not made.sample("db", FAILS, NOW, 0)
