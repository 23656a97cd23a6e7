"""When to ask again.

Rules (docs/specs/service.md 11.1 and A9): every 100 ms at first, and not slower than 200 ms in the
first 10 seconds, so that readiness is seen within 250 ms; then exponential with full jitter up to
2 s, so that a thousand pods do not ask at once.
"""

from posix import urandom

_FAST_SECONDS, _FAST_UNTIL = 0.1, 2.0
_STEADY_SECONDS, _STEADY_UNTIL = 0.2, 10.0
_FIRST_CAP_SECONDS, _LARGEST_CAP_SECONDS = 0.25, 2.0
_DOUBLINGS = 3
# Full jitter may draw nothing at all, which would be a busy loop against a refusing host.
_SHORTEST_SECONDS = 0.1


def pause(elapsed: float, slow_attempts: int, interval: float | None) -> float:
    """Seconds until the next attempt.

    `elapsed` is the time since the start, `slow_attempts` counts attempts after the first 10
    seconds, `interval` is the fixed pause that the user asked for, if any.
    """
    if interval is not None:
        return interval
    if elapsed < _FAST_UNTIL:
        return _FAST_SECONDS
    if elapsed < _STEADY_UNTIL:
        return _STEADY_SECONDS
    cap = min(_LARGEST_CAP_SECONDS, _FIRST_CAP_SECONDS * (1 << min(slow_attempts, _DOUBLINGS)))
    return max(_SHORTEST_SECONDS, cap * _draw())


def is_slow(elapsed: float) -> bool:
    """Whether an attempt at this time counts for the exponential part."""
    return elapsed >= _STEADY_UNTIL


def _draw() -> float:
    """Uniform in [0, 1): `random` would cost more than the whole start."""
    return int.from_bytes(urandom(2), "big") / 65536
