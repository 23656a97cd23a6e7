"""The machine of the stop in virtual time: whatever comes, it ends in time, with the right code."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.life.sequence import EARLIEST_SECONDS, QUIET_SECONDS
from holdfast.run import supervision as steps
from holdfast.run.flags import Options
from holdfast.run.plan import Plan, make_plan
from holdfast.run.signals import SIGKILL, SIGTERM
from holdfast.run.supervision import Supervision

MINUTE = {"HOLDFAST_GRACE_SECONDS": "60"}


def plan(environment: dict[str, str] | None = None, **given: float) -> Plan:
    """A plan of these wishes, in a pod with a minute of grace unless told otherwise."""
    options = Options()
    for name, value in given.items():
        setattr(options, name, value)
    return make_plan(options, MINUTE if environment is None else environment)


def kinds(machine: Supervision) -> list[str]:
    """The orders that wait to be taken."""
    return [order.kind for order in machine.orders()]


def stopping(machine: Supervision, now: float = 0.0, *, informed: bool = True) -> None:
    """A stop signal to a command that serves."""
    machine.stop(now, serving=True, informed=informed)


def test_sequence_of_a_stop() -> None:
    """The window first, then one signal, then the waits of the plan, each at its time."""
    machine = Supervision(plan(), SIGTERM)
    stopping(machine, 100.0)
    assert kinds(machine) == [steps.ANNOUNCE]
    assert machine.end == 160.0

    times = []
    while (deadline := machine.next_deadline()) is not None and not machine.killed:
        machine.wake(deadline)
        times += [(deadline, kind) for kind in kinds(machine)]

    assert times == [
        (105.0, steps.CLOSE),
        (135.0, steps.CANCEL),
        (145.0, steps.FORCE),
        (158.0, steps.EVIDENCE),
        (159.5, steps.KILL),
    ]


@pytest.mark.parametrize(
    ("status", "code"), [(0, 0), (-15, 0), (143, 0), (3, 3), (-9, 137), (-11, 139), (137, 137)]
)
def test_exit_codes_of_an_asked_stop(status: int, code: int) -> None:
    """A stop that obeyed the signal is clean; every other end is told as it is."""
    machine = Supervision(plan(drain=0), SIGTERM)
    stopping(machine)
    machine.exited(1.0, status)
    machine.alone(1.0)

    assert [order.code for order in machine.orders() if order.kind == steps.EXIT] == [code]


@pytest.mark.parametrize(("status", "code"), [(0, 0), (-15, 143), (143, 143), (1, 1), (-9, 137)])
def test_exit_codes_of_an_end_without_a_stop(status: int, code: int) -> None:
    """Nothing is made clean that nobody asked for (service.md D8)."""
    machine = Supervision(plan(), SIGTERM)
    machine.exited(1.0, status)
    machine.alone(1.0)

    assert [order.code for order in machine.orders() if order.kind == steps.EXIT] == [code]


def test_end_in_the_window_is_no_answer_to_a_signal() -> None:
    """In the window the signal has not been passed on: SIGTERM came from somewhere else."""
    machine = Supervision(plan(), SIGTERM)
    stopping(machine)
    machine.exited(1.0, -15)
    machine.alone(1.0)

    assert machine.orders()[-1].code == 143


def test_never_ready_means_no_window() -> None:
    """A command that nothing can reach is stopped at once."""
    machine = Supervision(plan(), SIGTERM)
    machine.stop(0.0, serving=False, informed=True)

    assert kinds(machine) == [steps.ANNOUNCE, steps.CLOSE]


def test_further_signals_with_a_library() -> None:
    """The second ends the window, the next cancel, force and kill; the command gets one signal."""
    machine = Supervision(plan(), SIGTERM)
    seen = []
    for now in (0.0, 1.0, 2.0, 3.0, 4.0, 5.0):
        stopping(machine, now)
        seen += kinds(machine)

    assert seen == [steps.ANNOUNCE, steps.CLOSE, steps.CANCEL, steps.FORCE, steps.KILL]


def test_further_signals_without_a_library() -> None:
    """Nobody in the command could be told to force its stop, so it is killed instead."""
    machine = Supervision(plan(), SIGTERM)
    seen = []
    for now in (0.0, 1.0, 2.0, 3.0):
        stopping(machine, now, informed=False)
        seen += kinds(machine)

    assert seen == [steps.ANNOUNCE, steps.CLOSE, steps.CANCEL, steps.KILL]


def test_storm_is_one_wish() -> None:
    """A thousand signals in a row neither shorten the window nor kill."""
    machine = Supervision(plan(), SIGTERM)
    for number in range(1000):
        stopping(machine, number * 0.001)

    assert kinds(machine) == [steps.ANNOUNCE]


def test_window_that_nobody_uses_ends_early() -> None:
    """A long window ends when no request came for a while, but not before endpoints know."""
    machine = Supervision(plan(drain=15), SIGTERM)
    stopping(machine)
    machine.traffic(0.0)
    assert machine.next_deadline() == EARLIEST_SECONDS
    machine.traffic(4.0)
    machine.wake(EARLIEST_SECONDS)
    assert machine.next_deadline() == 4.0 + QUIET_SECONDS
    machine.wake(4.0 + QUIET_SECONDS)

    assert kinds(machine) == [steps.ANNOUNCE, steps.CLOSE]


def test_silent_command_keeps_its_window() -> None:
    """Without a library nobody knows whether requests come."""
    machine = Supervision(plan(drain=15), SIGTERM)
    stopping(machine)

    assert machine.next_deadline() == 15.0


def test_left_behind_is_swept_then_killed() -> None:
    """Daemons of a command that has ended get the time of a forced stop, and no more."""
    machine = Supervision(plan(), SIGTERM)
    machine.exited(10.0, 0)
    machine.left_behind(10.0)
    machine.left_behind(10.1)
    assert kinds(machine) == [steps.SWEEP]
    assert machine.next_deadline() == 20.0
    machine.wake(20.0)
    assert kinds(machine) == [steps.KILL]
    machine.alone(20.1)

    assert [(o.kind, o.code) for o in machine.orders()] == [(steps.EXIT, 0)]


def test_unkillable_is_left_to_the_kernel() -> None:
    """A process in an uninterruptible wait does not keep PID 1 beyond the grace period."""
    machine = Supervision(plan(), SIGTERM)
    stopping(machine)
    machine.wake(59.5)
    assert kinds(machine)[-1] == steps.KILL
    machine.wake(60.5)

    assert [(o.kind, o.code) for o in machine.orders()] == [(steps.EXIT, 128 + SIGKILL)]
    assert machine.next_deadline() is None


INPUTS = st.lists(
    st.tuples(
        st.floats(0, 20),
        st.sampled_from(("stop", "wake", "traffic", "exited", "left_behind", "alone")),
    ),
    max_size=12,
)


@settings(max_examples=300)
@given(INPUTS, st.floats(0, 20), st.booleans(), st.booleans())
def test_every_stop_ends_in_time(
    inputs: list[tuple[float, str]], drain: float, serving: bool, informed: bool
) -> None:
    """Whatever comes and whenever: one exit, no order twice, and never later than the budget."""
    whole = plan(drain=drain)
    machine = Supervision(whole, SIGTERM)
    now, began, ended, given_orders = 0.0, None, None, []

    def advance(until: float) -> None:
        nonlocal now, ended
        while ended is None and (due := machine.next_deadline()) is not None and due <= until:
            now = max(now, due)
            machine.wake(now)
            ended = now if machine.state == steps.ENDED else None
        now = max(now, until)

    for pause, kind in [*inputs, (1.0, "stop")]:
        advance(now + pause)
        if ended is not None:
            break
        if kind == "stop":
            began = now if began is None and machine.state == steps.RUNNING else began
            machine.stop(now, serving=serving, informed=informed)
        elif kind == "wake":
            machine.wake(now)
        elif kind == "traffic":
            machine.traffic(now)
        elif kind == "exited":
            machine.exited(now, 0)
        else:
            getattr(machine, kind)(now)
        given_orders += kinds(machine)
        ended = now if machine.state == steps.ENDED else None
    if machine.state == steps.SWEEPING:
        machine.left_behind(now)
    advance(now + 1000.0)
    given_orders += kinds(machine)

    assert given_orders.count(steps.EXIT) == 1
    assert len(given_orders) == len(set(given_orders))
    if began is not None and ended is not None:
        assert ended <= began + whole.total + 1.0
