"""Chance inside a process: any number of draws from one, none of which depends on another.

Rules: what happens at one moment must not depend on how often somebody asked before, so that a
driver may skip probes that cannot change anything. Hence no stream of random numbers, but a hash of
key, purpose and index.
"""

# Vigna, SplitMix64 (prng.di.unimi.it/splitmix64.c): the constants of its finalizer.
_GOLDEN = 0x9E3779B97F4A7C15
_FIRST = 0xBF58476D1CE4E5B9
_SECOND = 0x94D049BB133111EB
_MASK = (1 << 64) - 1
_SCALE = 2.0**-53


def share(key: int, purpose: int, index: int) -> float:
    """A number in [0, 1) for the `index`-th draw of a purpose."""
    state = (key + purpose * _FIRST + (index + 1) * _GOLDEN) & _MASK
    state = ((state ^ (state >> 30)) * _FIRST) & _MASK
    state = ((state ^ (state >> 27)) * _SECOND) & _MASK
    return ((state ^ (state >> 31)) >> 11) * _SCALE


def key_of(drawn: float) -> int:
    """The key of a process, from one number in [0, 1) that its driver drew."""
    return int(drawn * (1 << 53)) * _GOLDEN & _MASK
