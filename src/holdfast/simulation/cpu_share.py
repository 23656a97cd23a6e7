"""How long work takes when a CPU limit, other threads and the node's cores stand in its way.

The limit is a quota per period of 100 ms (kubelet.md 7.3): work runs at full speed until the quota
of the period is used up, and then stands still until the next one. Threads of one container share
what is left fairly, and a thread that wakes up waits for its turn behind the busy ones.

Rules: more limit never makes anything slower (a property test says so).
"""

from math import ceil, inf

# kubelet.md 7.3: period 100 ms, quota at least 1000 µs.
PERIOD_SECONDS = 0.1
LEAST_QUOTA_SECONDS = 0.001
# An answer on a new connection (the kubelet keeps none alive, kubelet.md 1.8) wakes the process
# twice: to accept, then to read and answer.
TURNS = 2


def work_seconds(work: float, cores: float, threads: float = 1.0) -> float:
    """How long `work` CPU-seconds take on at most `threads` cores at once, of which the container
    may use `cores` on average; infinite `cores` means no limit."""
    if work <= 0:
        return 0.0
    if cores >= threads:
        return work / threads
    quota = max(cores * PERIOD_SECONDS, LEAST_QUOTA_SECONDS)
    full = max(ceil(work / quota - 1e-12) - 1, 0)
    return full * PERIOD_SECONDS + (work - full * quota) / threads


def left_for(thread: float, cores: float, demand: float) -> float:
    """The cores that `thread` threads get beside a demand: what is left, or their fair share."""
    if cores == inf or demand <= 0:
        return cores
    return max(cores - demand, cores * thread / (demand + thread))


def turn_seconds(cores: float, demand: float, slice_seconds: float) -> float:
    """How long one round of the busy threads takes: the longest wait for a turn.

    Nothing while the demand is met: then a core is free for whoever wakes up.
    """
    if demand <= 0 or cores > demand:
        return 0.0
    return demand * slice_seconds / cores


def fair_share(cores: float, weight: float, others: list[tuple[float, float]]) -> float:
    """The cores that one more gets who wants everything beside `others`, as (weight, demand).

    Those who want less than their part leave the rest to all.
    """
    wanting = sorted(others, key=lambda other: other[1] / other[0])
    left, weights = cores, weight + sum(other[0] for other in wanting)
    for other_weight, demand in wanting:
        part = left * other_weight / weights
        if demand >= part:
            break
        left -= demand
        weights -= other_weight
    return left * (weight / weights)
