"""Settings that cannot work are refused where they are written, in four parts."""

from collections.abc import Callable

import pytest
from tests.health.checked import check

from holdfast.health import Health, HealthError


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda: Health(refresh="soon"), "'soon'"),
        (lambda: Health(refresh=0), "expected above 0"),
        (lambda: Health(refresh=20), "stale after 15 s, but refreshed every 20 s"),
        (lambda: Health(lag_warn=40), "warns at 40 s, past the failure at 30 s"),
        (lambda: Health(lag_fail=20), "20 s; 3 probe periods of 10 s = 30 s"),
        (lambda: Health(token=""), "an empty token"),
        (lambda: Health(listen="8086"), "no port from 0 to 65535"),
        (lambda: Health(listen=":http"), "no port from 0 to 65535"),
        (lambda: Health(listen=":70000"), "no port from 0 to 65535"),
        (lambda: Health().mount(live="healthz"), "no leading slash"),
        (lambda: Health().mount(live="/x", ready="/x"), "taken by another endpoint"),
        (lambda: Health().add(check(), on_fail="explode"), "unready, degrade, report"),
        (lambda: Health().add(check(), probe="alive"), "ready, live, startup"),
        (lambda: Health().add(check(), after=0), "after=0; expected a number of samples"),
        (lambda: Health().add(check(), recover=True), "recover=True"),
        (lambda: Health().add(check(), after_seconds=-1), "-1"),
        (lambda: Health().add(check(), timeout="1 second"), "'1 second'"),
        (lambda: Health().add(check(), every=0), "expected above 0"),
        (lambda: Health().add(check("")), "a name that cannot be shown"),
        (lambda: Health().add(check("a\nb")), "a name that cannot be shown"),
        (lambda: Health().add(check(), fail_open=True), "fail_open=True"),
        (lambda: Health().add(check(), probe="live"), "a restart does not mend it"),
        (lambda: Health().add(check(), probe="live", force="other"), "a restart does not mend it"),
        (lambda: Health().drop("db"), "unknown; known checks: none"),
    ],
)
def test_contradictions_are_refused(make: Callable[[], object], found: str) -> None:
    """The start stops, and says what to write instead."""
    with pytest.raises(HealthError) as refused:
        make()

    assert found in refused.value.found
    assert refused.value.next_step
    assert str(refused.value).startswith("setting up health endpoints: ")


def test_names_are_unique() -> None:
    """Two checks of one name would hide each other."""
    health = Health()
    health.add(check("db"))

    with pytest.raises(HealthError, match="a check of this name exists"):
        health.add(check("db"))


def test_liveness_can_be_forced_by_name() -> None:
    """Who is sure says so twice (A14)."""
    health = Health()
    health.add(check("db"), probe="live", force="db")
    health.check(probe="live", own=True)(lambda: True)

    assert list(health.board.entries) == ["db", "<lambda>"]
