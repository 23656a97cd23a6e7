"""Numbers of replays as people read them, the same in every format."""

from holdfast.model.duration import Duration
from holdfast.model.simulated import Better, Measure, Simulated, Spread, Unit
from holdfast.reports.words import plural


def replay_line(simulated: Simulated) -> str:
    """What was replayed: version, length, seeds."""
    last = simulated.seed + simulated.seeds - 1
    seeds = f"seed {simulated.seed}"
    if simulated.seeds > 1:
        seeds = f"seeds {simulated.seed} to {last}"
    return (
        f"{simulated.subject}, {plural(simulated.pods, 'pod')}, on Kubernetes "
        f"{simulated.kubernetes}: {Duration(simulated.seconds)} replayed with {seeds}"
    )


def verdict_line(simulated: Simulated) -> str:
    """The one sentence: restarts per day, before and after."""
    measure = simulated.measures[0]
    said = f"{spread_text(measure.before, measure.unit)} restarts per day"
    if measure.after is None:
        return said
    return f"{said} before, {spread_text(measure.after, measure.unit)} after"


def spread_text(spread: Spread | None, unit: Unit) -> str:
    """ "5.2 (4 to 7)", "99.9 %", "never"."""
    if spread is None:
        return ""
    low, middle, high = (number_text(n, unit) for n in (spread.low, spread.median, spread.high))
    if low == high:
        return middle
    return f"{middle} ({low} to {high})"


def number_text(value: float | None, unit: Unit) -> str:
    """One number with its unit."""
    if value is None:
        return "never"
    if unit is Unit.SECONDS:
        return str(Duration(value))
    if unit is Unit.SHARE:
        return _percent(value)
    return f"{value:.0f}" if value >= 10 or value == int(value) else f"{value:.2g}"


def change_text(measure: Measure) -> str:
    """Whether the change helped: "better", "worse" or ""; only where intervals do not touch."""
    before, after = measure.before, measure.after
    if after is None:
        return ""
    first, second = _interval(before), _interval(after)
    if second[1] < first[0]:
        return "better" if measure.better is Better.LESS else "worse"
    if second[0] > first[1]:
        return "better" if measure.better is Better.MORE else "worse"
    return ""


def _interval(spread: Spread) -> tuple[float, float]:
    never = float("inf")
    low = never if spread.low is None else spread.low
    return low, never if spread.high is None else spread.high


def _percent(share: float) -> str:
    """As many digits as tell it from everything and nothing."""
    value = share * 100
    if value in (0.0, 100.0):
        return f"{value:.0f} %"
    for digits in (0, 1, 2, 3):
        text = f"{value:.{digits}f}"
        if 0.0 < float(text) < 100.0 and (digits or 10 <= value <= 90):
            return f"{text} %"
    return "> 99.999 %" if value > 50 else "< 0.001 %"
