"""The machine under arbitrary signals, hooks and requests, in virtual time (service.md A7, T7).

Safety: phases in order, orders once each, states only forward. Liveness: from any state, without
any further input, it has ordered its exit when the budget ends.
"""

from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.life import sequence as steps
from holdfast.life.budget import Budget
from holdfast.life.phases import Phases
from holdfast.life.sequence import Order, StopSequence

ORDER_OF_STATES = [
    steps.STARTING, steps.SERVING, steps.WINDOW, steps.IN_FLIGHT, steps.CANCELLING,
    steps.RELEASING, steps.ENDING, steps.ENDED,
]  # fmt: skip
SECONDS = st.floats(0, 20)
INPUTS = st.sampled_from(
    ["ready", "term", "drain", "close", "cancel", "force", "stopped", "ended", "hooks", "busy",
     "idle", "phase", "wrong phase", "wake"]
)  # fmt: skip


@st.composite
def graphs(draw: st.DrawFn) -> Phases:
    """Phases that wait for any of the earlier ones."""
    phases = Phases()
    names: list[str] = []
    for number in range(draw(st.integers(0, 5))):
        after = tuple(draw(st.sets(st.sampled_from(names)))) if names else ()
        name = f"phase {number}"
        phases.add(name, draw(st.floats(0.1, 10)), after)
        names.append(name)
    return phases


class Run:
    """One machine, and everything it ever ordered."""

    def __init__(self, phases: Phases, drain: float, waits: tuple[float, float], sup: bool) -> None:
        self.phases = phases
        self.budget = Budget(drain, *waits, phases.seconds())
        self.machine = StopSequence(self.budget, phases, supervised=sup)
        self.seen: list[tuple[float, Order]] = []
        self.running: list[str] = []
        self.ended: set[str] = set()
        self.asked_to_end_at = float("inf")

    def step(self, what: str, now: float) -> None:
        """One input, and the checks that hold after each."""
        if what == "term":
            self.asked_to_end_at = min(now, self.asked_to_end_at)
        before = ORDER_OF_STATES.index(self.machine.state)
        self.feed(what, now)
        self.collect(now)
        assert ORDER_OF_STATES.index(self.machine.state) >= before

    def feed(self, what: str, now: float) -> None:
        """Translate."""
        made = self.machine
        plain = {
            "ready": made.ready, "term": made.term, "drain": made.drain, "close": made.close,
            "cancel": made.cancel, "force": made.force, "stopped": made.stopped,
            "ended": made.ended, "hooks": made.hooks_ended, "wake": made.wake,
        }  # fmt: skip
        if what in plain:
            plain[what](now)
        elif what in ("busy", "idle"):
            made.traffic(now, now, int(what == "busy"))
        elif what == "phase" and self.running:
            self.ended.add(self.running[0])
            made.phase_ended(now, self.running.pop(0))
        elif what == "wrong phase":
            made.phase_ended(now, "nobody")

    def collect(self, now: float) -> None:
        """Take the orders as a driver does."""
        for order in self.machine.orders():
            self.seen.append((now, order))
            if order.kind == steps.RUN_PHASE:
                assert self.ended.issuperset(self.phases[order.name].after)
                self.running.append(order.name)
            elif order.kind == steps.ABANDON_PHASE:
                self.running.remove(order.name)
                self.ended.add(order.name)

    def let_time_pass(self, until: float) -> None:
        """No more inputs but time; the driver wakes when asked."""
        for _ in range(200):
            deadline = self.machine.next_deadline()
            if deadline is None or deadline > until:
                return
            self.step("wake", deadline)
        raise AssertionError("it asks to be woken again and again without going on")


@settings(max_examples=400, deadline=None)
@given(
    phases=graphs(),
    drain=st.floats(0, 20),
    waits=st.tuples(st.floats(0, 30), st.floats(0, 10)),
    supervised=st.booleans(),
    script=st.lists(st.tuples(SECONDS, INPUTS), max_size=25),
)
def test_it_always_ends_within_the_budget(
    phases: Phases,
    drain: float,
    waits: tuple[float, float],
    supervised: bool,
    script: list[tuple[float, str]],
) -> None:
    """Signals at any point, hooks that hang: never a deadlock, always an exit in time."""
    run = Run(phases, drain, waits, supervised)
    now = 0.0
    for pause, what in script:
        run.let_time_pass(now + pause)
        now += pause
        run.step(what, now)
    run.step("term", now)
    run.let_time_pass(float("inf"))

    assert run.machine.state == steps.ENDED
    assert_orders_once(run)
    for when, order in run.seen:
        if order.kind == steps.EXIT:
            assert when <= run.asked_to_end_at + run.budget.total + 1e-6
        if order.kind == steps.DUMP:
            latest = max(0.0, run.budget.total - run.budget.evidence)
            assert when <= run.asked_to_end_at + latest + 1e-6


def assert_orders_once(run: Run) -> None:
    """Nothing is announced, closed, run or ended twice."""
    keys = [(order.kind, order.name) for _, order in run.seen]
    assert len(keys) == len(set(keys))


@given(phases=graphs(), waits=st.tuples(st.floats(0, 30), st.floats(0, 10)))
def test_every_phase_is_given_its_turn(phases: Phases, waits: tuple[float, float]) -> None:
    """Even when all of them hang, each is started, and after those it waits for."""
    run = Run(phases, 1.0, waits, sup=False)
    run.step("ready", 0.0)
    run.step("term", 1.0)
    run.step("hooks", 1.0)
    run.let_time_pass(float("inf"))

    started = {order.name for _, order in run.seen if order.kind == steps.RUN_PHASE}
    assert started == {phase.name for phase in phases}
