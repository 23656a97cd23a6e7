"""How memory grows, from a series of measurements: what it starts with, and how fast it leaks.

Rules: a slope is told only where it is clear: robust against single values (Theil and Sen: the
median of the slopes between all pairs), and large beside what the series scatters.
"""

from collections.abc import Sequence
from itertools import combinations
from statistics import median
from typing import NamedTuple

Point = tuple[float, float]
"""Uptime in seconds, bytes."""

# Slopes of all pairs cost the square of the points.
_MOST_POINTS = 150
FEWEST_POINTS = 8
"""Below, nothing is told of growth."""
# A fall or rise that the scatter alone makes would be as often down as up; a leak rises this often.
_RISING_SHARE = 0.8
# Below this, over the whole series, caches and allocators explain a rise.
_LEAST_RISE = 0.08


class Growth(NamedTuple):
    """`rate` in bytes per second from uptime `begin` on; a rate of 0 is no leak."""

    start: float
    rate: float = 0.0
    begin: float = 0.0


def find_growth(points: Sequence[Point]) -> Growth:
    """The growth of one life; at least one point."""
    kept = points[:: max(1, len(points) // _MOST_POINTS)]
    level = min(value for _, value in kept)
    if len(kept) < FEWEST_POINTS:
        return Growth(level)
    begin = _begin(kept)
    later = [point for point in kept if point[0] >= begin]
    if len(later) < FEWEST_POINTS:
        return Growth(median(value for _, value in kept))
    slopes = [(b - a) / (t - s) for (s, a), (t, b) in combinations(later, 2) if t > s]
    rate = median(slopes)
    rise = rate * (later[-1][0] - later[0][0])
    rising = sum(slope > 0 for slope in slopes) / len(slopes)
    if rate <= 0 or rising < _RISING_SHARE or rise < _LEAST_RISE * max(level, 1.0):
        return Growth(median(value for _, value in kept))
    start = median(value - rate * (at - begin) for at, value in later)
    return Growth(max(0.0, start), rate, begin)


def _begin(points: Sequence[Point]) -> float:
    """From where on a straight line fits: the break that leaves the least squares on both sides."""
    best, best_error = points[0][0], _line_error(points)
    for number in range(2, len(points) - FEWEST_POINTS):
        flat = [value for _, value in points[:number]]
        middle = sum(flat) / len(flat)
        error = sum((value - middle) ** 2 for value in flat) + _line_error(points[number:])
        # A break has to earn itself: without one, the series grows from its beginning on.
        if error < 0.5 * best_error:
            best, best_error = points[number][0], error
    return best


def _line_error(points: Sequence[Point]) -> float:
    """The squares that a straight line leaves."""
    count = len(points)
    mean_x = sum(at for at, _ in points) / count
    mean_y = sum(value for _, value in points) / count
    spread = sum((at - mean_x) ** 2 for at, _ in points)
    slope = sum((at - mean_x) * (value - mean_y) for at, value in points) / (spread or 1.0)
    return sum((value - mean_y - slope * (at - mean_x)) ** 2 for at, value in points)
