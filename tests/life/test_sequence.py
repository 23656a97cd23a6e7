"""The machine of the stop, in virtual time: service.md 8.1 and 8.3."""

import pytest

from holdfast.life import sequence as steps
from holdfast.life.budget import Budget
from holdfast.life.phases import Phases
from holdfast.life.sequence import StopSequence


def machine(
    drain: float = 5, *, chain: tuple[tuple[str, float], ...] = (), supervised: bool = False
) -> StopSequence:
    """A machine with the seed's budget, that was ready at 0."""
    phases = Phases()
    before = None
    for name, seconds in chain:
        phases.add(name, seconds, before)
        before = name
    made = StopSequence(Budget(drain, 30, 10, phases.seconds()), phases, supervised=supervised)
    made.ready(0)
    return made


def kinds(made: StopSequence) -> list[str]:
    """What it orders now, without details."""
    return [f"{order.kind} {order.name}".strip() for order in made.orders()]


def run_to(made: StopSequence, now: float) -> list[str]:
    """Let time pass, and tell all that it orders."""
    seen = kinds(made)
    for _ in range(100):
        deadline = made.next_deadline()
        if deadline is None or deadline > now:
            break
        made.wake(deadline)
        seen += kinds(made)
    return seen


def test_stop_follows_the_sequence() -> None:
    """Announce, deregister, keep serving, close, wait, release in order, end."""
    made = machine(chain=(("outbox", 8), ("pg", 3)))
    made.traffic(0, 0, 2)

    made.term(10)
    assert kinds(made) == ["announce", "run hooks"]
    made.hooks_ended(10.5)
    assert run_to(made, 14.9) == []
    assert run_to(made, 15) == ["close"]
    made.traffic(16, 0, 0)
    made.stopped(16.1)
    assert kinds(made) == ["run phase outbox"]
    made.phase_ended(17, "outbox")
    assert kinds(made) == ["run phase pg"]
    made.phase_ended(18, "pg")
    assert kinds(made) == ["released"]
    assert made.state == steps.ENDING


def test_without_a_window_it_closes_at_once() -> None:
    """The literal order of the seed is the one with drain 0 (D3)."""
    made = machine(drain=0)

    made.term(10)

    assert kinds(made) == ["announce", "run hooks", "close"]


def test_service_that_was_never_ready_has_no_window() -> None:
    """SIGTERM during the start cancels it: nobody sends requests yet."""
    made = StopSequence(Budget(5, 30, 10, 0), Phases())

    made.term(1)

    assert kinds(made) == ["announce", "cancel startup", "close"]


def test_quiet_window_ends_early_but_not_before_endpoints_know() -> None:
    """Saved rollout time never costs a request: propagation takes up to 5 s."""
    made = machine(drain=15)
    made.term(10)
    kinds(made)
    made.traffic(11, 10.5, 0)
    assert run_to(made, 14.9) == []
    made.traffic(14.9, 14.5, 0)

    assert run_to(made, 17.4) == []
    assert run_to(made, 17.5) == ["close"]


def test_busy_window_lasts_to_its_end() -> None:
    """As long as requests come, the listener stays open."""
    made = machine(drain=15)
    made.term(10)
    kinds(made)
    for now in range(10, 25):
        made.traffic(now, now, 1)
        assert kinds(made) == []

    assert run_to(made, 25) == ["close"]


def test_second_term_ends_the_window() -> None:
    """Somebody is in a hurry: no more new requests, but what was begun is finished."""
    made = machine()
    made.traffic(0, 0, 1)
    made.term(10)
    made.term(11)

    assert kinds(made) == ["announce", "run hooks", "close"]
    assert made.state == steps.IN_FLIGHT


def test_second_term_after_the_window_ends_the_wait() -> None:
    """D7: it is not passed on to the server; requests are cancelled instead."""
    made = machine()
    made.traffic(0, 0, 1)
    made.term(10)
    run_to(made, 15)
    made.term(16)

    assert kinds(made) == ["cancel"]


def test_third_term_forces() -> None:
    """Requests are abandoned; resources are still released."""
    made = machine(chain=(("pg", 3),))
    made.traffic(0, 0, 1)
    made.hooks_ended(10)
    made.term(10)
    made.term(11)
    made.term(12)

    assert kinds(made) == ["announce", "run hooks", "close", "abandon", "run phase pg"]


def test_wait_ends_in_cancel_then_force_then_exit() -> None:
    """A request that never ends is cancelled after 30 s, abandoned 10 s later, and marked."""
    made = machine(drain=5, chain=(("pg", 3),))
    made.traffic(0, 0, 1)
    made.term(0)
    made.hooks_ended(1)
    assert run_to(made, 5)[-1] == "close"
    assert run_to(made, 35) == ["cancel"]
    assert run_to(made, 45) == ["abandon", "run phase pg"]
    made.phase_ended(46, "pg")
    made.wake(46)

    orders = made.orders()
    assert [order.kind for order in orders] == ["released", "exit"]
    assert orders[-1].code == steps.FORCED_EXIT_CODE
    assert "1 requests abandoned" in orders[-1].reason


def test_half_open_clients_do_not_hold_the_release() -> None:
    """With nothing in flight the release begins, though the server still waits for somebody."""
    made = machine(chain=(("pg", 3),))
    made.traffic(0, 0, 0)
    made.term(0)
    made.hooks_ended(0)
    run_to(made, 5)

    assert run_to(made, 6.5) == ["run phase pg"]


def test_server_that_does_not_end_is_ended_with_code_zero() -> None:
    """Nothing was lost, so the exit is clean, however the server behaves."""
    made = machine(drain=0)
    made.traffic(0, 0, 0)
    made.term(0)
    made.hooks_ended(0)
    run_to(made, 1.5)
    made.wake(11.6)

    orders = made.orders()
    assert [(order.kind, order.code) for order in orders] == [("exit", 0)]


def test_phase_over_its_budget_does_not_stop_the_next() -> None:
    """One hook that hangs costs its own time only."""
    made = machine(drain=0, chain=(("outbox", 8), ("pg", 3)))
    made.term(0)
    made.hooks_ended(0)
    made.stopped(1)
    assert "run phase outbox" in kinds(made)

    assert run_to(made, 9) == ["abandon phase outbox", "run phase pg"]
    made.phase_ended(9.5, "outbox")
    assert kinds(made) == []


def test_backstop_dumps_before_the_kubelet_kills() -> None:
    """Whatever hangs, the evidence is written 2 s before the budget ends."""
    made = machine(drain=5)
    made.term(0)
    made.hooks_ended(0)
    made.stopped(6)
    kinds(made)
    assert made.state == steps.ENDING
    assert run_to(made, 44.9) == []

    assert run_to(made, 45) == ["dump", "exit"]
    assert made.state == steps.ENDED


def test_stop_without_a_signal_has_no_backstop() -> None:
    """A test client or a reload ends the application, not the process."""
    made = machine(chain=(("pg", 3),))
    made.stopped(10)
    assert kinds(made) == ["announce", "run hooks", "run phase pg"]
    made.hooks_ended(10)
    made.phase_ended(11, "pg")
    made.ended(11)

    assert made.state == steps.ENDED
    assert made.next_deadline() is None


def test_slow_deregistration_delays_the_end_but_not_the_window() -> None:
    """D4: hooks go on within the budget, and are not cut off by a quick exit."""
    made = machine(drain=5)
    made.term(0)
    assert "close" in run_to(made, 5)
    made.stopped(5.5)
    assert kinds(made) == []
    made.hooks_ended(7)

    assert kinds(made) == ["released"]


def test_hanging_deregistration_is_abandoned() -> None:
    """A registry that does not answer cannot keep the pod alive."""
    made = machine(drain=5)
    made.term(0)
    run_to(made, 5)
    made.stopped(6)

    assert "abandon hooks" in run_to(made, 45)


@pytest.mark.parametrize("supervised", [True, False])
def test_supervisor_ends_the_window(supervised: bool) -> None:
    """Under a supervisor all workers close together, when it says so."""
    made = machine(drain=5, supervised=supervised)
    made.traffic(0, 0, 1)
    made.term(0)
    kinds(made)

    assert run_to(made, 20) == ([] if supervised else ["close"])
    made.close(20)
    assert made.state == steps.IN_FLIGHT
