"""Distributions, chance, spells, memory and processors against slow but obvious arithmetic."""

from collections.abc import Callable
from math import inf, isfinite

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from holdfast.model.duration import Duration
from holdfast.model.quantity import Quantity
from holdfast.simulation.chance import key_of, share
from holdfast.simulation.consumption import Garbage, Growth, Memory, Shape
from holdfast.simulation.cpu_share import left_for, turn_seconds, work_seconds
from holdfast.simulation.distribution import (
    Distribution,
    constant,
    empirical,
    log_normal,
    uniform,
)
from holdfast.simulation.memory_curve import MemoryCurve, together_reach
from holdfast.simulation.spell import Lives, Spell

SHARES = st.floats(0, 1, exclude_max=True)
SECONDS = st.floats(0.001, 1e5)


@st.composite
def laws(draw: st.DrawFn) -> Distribution:
    """Any distribution."""
    low = draw(SECONDS)
    kind = draw(st.sampled_from(("constant", "uniform", "log-normal", "empirical")))
    if kind == "constant":
        return constant(low)
    if kind == "empirical":
        return empirical(tuple(draw(st.lists(SECONDS, min_size=1, max_size=6))))
    factor = draw(st.floats(1.0, 50.0))
    return uniform(low, low * factor) if kind == "uniform" else log_normal(low, low * factor)


@given(laws(), SHARES, SHARES)
def test_draws_stay_in_order_and_in_bounds(law: Distribution, first: float, second: float) -> None:
    """What is sure about answers rests on the bounds; a larger share is never a smaller value."""
    least, most = sorted((first, second))

    assert law.low * (1 - 1e-9) <= law.at(least) <= law.at(most) <= law.high * (1 + 1e-9)


@given(SECONDS, st.floats(1.01, 100.0))
def test_log_normal_has_its_median_and_its_tail(median: float, factor: float) -> None:
    """The two numbers that people know of their latencies are met."""
    law = log_normal(median, median * factor)

    assert abs(law.at(0.5) - median) < 1e-6 * median
    assert abs(law.at(0.99) - median * factor) < 1e-6 * median * factor


def test_chance_is_even_and_independent_of_what_was_asked_before() -> None:
    """One draw feeds a whole life: its numbers fill the unit interval, in any order of asking."""
    key = key_of(0.123456789)
    numbers = [share(key, 1, index) for index in range(20_000)]

    assert [share(key, 1, index) for index in (7, 3)] == [numbers[7], numbers[3]]
    assert all(1800 < sum(i / 10 <= n < (i + 1) / 10 for n in numbers) < 2200 for i in range(10))
    other = [share(key, 2, index) for index in range(20_000)]
    product = sum((a - 0.5) * (b - 0.5) for a, b in zip(numbers, other, strict=True)) / 20_000
    assert abs(product) < 0.003


@st.composite
def spells(draw: st.DrawFn) -> Spell:
    """Any spell that the reader accepts, in tenths of seconds."""
    tenths = st.integers(1, 400)
    begin = draw(st.integers(0, 200))
    length = draw(st.none() | tenths)
    every = draw(st.none() | tenths) if length is not None else None
    assume(every is None or (length is not None and every > length))
    end = draw(st.none() | tenths) if length is None or every is not None else None
    return Spell(
        begin=Duration(begin / 10),
        end=None if end is None else Duration((begin + end) / 10),
        length=None if length is None else Duration(length / 10),
        every=None if every is None else Duration(every / 10),
        lives=draw(st.sampled_from(Lives)),
    )


@settings(max_examples=60, deadline=None)
@given(spells(), st.integers(0, 1500), st.integers(0, 1))
def test_nothing_changes_before_the_next_change(spell: Spell, tenth: int, life: int) -> None:
    """A driver skips to the next change: a spell that began in between would be overlooked."""
    at = tenth / 10 + 0.05
    change = spell.next_change(at)

    assert change > at
    for step in range(1, 300):
        later = at + step / 10
        if later >= change:
            break
        assert spell.holds(later, life) == spell.holds(at, life)


@settings(max_examples=60, deadline=None)
@given(spells(), st.integers(0, 600), st.integers(0, 1))
def test_next_begin_is_the_first_time(spell: Spell, tenth: int, life: int) -> None:
    """An exit at the beginning of a spell comes neither late nor early."""
    at = tenth / 10
    begin = spell.next_begin(at, life)
    times = [at + step / 10 + 1e-7 for step in range(4_000)]
    first = next((time for time in times if spell.holds(time + 1e-6, life)), inf)

    assert (begin == inf) == (first == inf) or begin > times[-1]
    if isfinite(first) and isfinite(begin):
        assert abs(first - begin) < 0.11


BYTES = st.integers(0, 2**31)


@st.composite
def curves(draw: st.DrawFn, *, plain: bool = False) -> MemoryCurve:
    """Memory over time, as the language can describe it."""
    shape = draw(st.none() | st.sampled_from(Shape))
    growth = None
    if shape is not None:
        growth = Growth(
            shape=shape,
            begin=Duration(draw(st.floats(0, 500))),
            doubles=Duration(draw(st.floats(5, 500))) if shape is Shape.ACCELERATING else None,
            step=_bytes(draw(st.integers(2**16, 2**28))) if shape is Shape.STEPPED else None,
            every=Duration(draw(st.floats(1, 300))) if shape is Shape.STEPPED else None,
        )
    garbage = None
    if not plain and draw(st.booleans()):
        every = Duration(draw(st.floats(0.5, 100)))
        garbage = Garbage(amount=_bytes(draw(st.integers(1, 2**28))), every=every)
    start = draw(st.integers(0, 2**28))
    ceiling = None
    if not plain:
        ceiling = draw(st.none() | st.integers(start, 2**31).map(_bytes))
    memory = Memory(start=_bytes(start), growth=growth, garbage=garbage, ceiling=ceiling)
    return MemoryCurve(memory, draw(st.floats(2**10, 2**24)))


def _bytes(count: int) -> Quantity:
    return Quantity.parse(count)


@settings(max_examples=80, deadline=None)
@given(curves(), st.integers(2**20, 2**31))
def test_limit_is_reached_when_a_step_by_step_integration_reaches_it(
    curve: MemoryCurve, limit: int
) -> None:
    """The time of an out-of-memory kill is exact: never sooner, and not later."""
    found = curve.reaches(float(limit))

    assert_first(curve.at, found, float(limit))


@settings(max_examples=40, deadline=None)
@given(curves(), curves(plain=True), st.integers(2**20, 2**31))
def test_process_and_child_fill_a_limit_together(
    own: MemoryCurve, child: MemoryCurve, limit: int
) -> None:
    """The limit belongs to the container, not to one process."""
    found = together_reach(own, child, float(limit))

    assert_first(lambda t: own.at(t) + child.at(t), found, float(limit))


def assert_first(used: Callable[[float], float], found: float, limit: float) -> None:
    """Nothing before the found time reaches the limit, and something at once after it does."""
    margin = 1e-5
    for step in range(800):
        time = step * 1.3
        if time < found - margin:
            assert used(time) < limit * (1 + 1e-9)
    if isfinite(found) and found < 1e6:
        near = max(used(found + offset) for offset in (0.0, 1e-6, -1e-6, 1e-5))
        assert near >= limit * (1 - 1e-4) - 4096


@given(st.floats(0, 30), st.floats(0.01, 8), st.floats(1.0, 8.0), st.floats(1, 4))
def test_more_limit_is_never_slower(
    work: float, cores: float, factor: float, threads: float
) -> None:
    """Raising a CPU limit must not make a start slower."""
    slow, fast = work_seconds(work, cores, threads), work_seconds(work, cores * factor, threads)

    assert fast <= slow * (1 + 1e-9) + 1e-9


@given(st.floats(0.0001, 2), st.floats(0, 8), st.floats(0.01, 8), st.floats(1.0, 8.0))
def test_more_limit_never_delays_an_answer(
    work: float, demand: float, cores: float, factor: float
) -> None:
    """Beside busy threads as well: share and waiting together."""

    def answer(limit: float) -> float:
        own = work_seconds(work, left_for(1.0, limit, demand))
        return own + 2 * turn_seconds(limit, demand, 0.003)

    assert answer(cores * factor) <= answer(cores) * (1 + 1e-9) + 1e-9


def test_quota_is_what_the_kernel_gives() -> None:
    """50 ms of work at 100m: five periods of 10 ms, the last one not waited out."""
    assert abs(work_seconds(0.05, 0.1) - 0.41) < 1e-9
    assert work_seconds(0.05, inf) == 0.05
    assert abs(work_seconds(4.0, 0.5) - 7.95) < 1e-9
