"""Runs replays of many seeds, in several processes where that pays.

Rules: results come in the order of the seeds whatever process they came from, so that the same
command prints the same bytes.
"""

import os
import signal
from collections.abc import Callable, Sequence
from multiprocessing import Pool

from holdfast.simulation.replay import Replayed, Telling, replay
from holdfast.simulation.scenario import Scenario

# A pod-day costs 10 to 300 ms (python -m benchmarks), starting processes about 100 ms.
_WORTH_POD_DAYS = 4.0
_DAY_SECONDS = 86400.0


def run_replays(
    scenarios: Sequence[Scenario],
    seeds: Sequence[int],
    telling: Telling,
    jobs: int | None,
    advance: Callable[[int, int], None],
) -> list[list[Replayed]]:
    """Every scenario with every seed; the first seed of each is told as `telling` asks."""
    tasks = [
        (scenario, seed, telling if seed == seeds[0] else Telling())
        for scenario in scenarios
        for seed in seeds
    ]
    days = sum(task[0].seconds * task[0].subject.replicas for task in tasks) / _DAY_SECONDS
    workers = jobs if jobs is not None else min(_processors(), len(tasks))
    done: list[Replayed] = []
    if workers == 1 or (jobs is None and days < _WORTH_POD_DAYS):
        for task in tasks:
            done.append(_run(task))
            advance(len(done), len(tasks))
    else:
        # Leaving the block ends the workers at once: after Ctrl-C or a time limit nobody waits.
        with Pool(workers, _ignore_interrupts) as pool:
            for result in pool.imap(_run, tasks):
                done.append(result)
                advance(len(done), len(tasks))
    count = len(seeds)
    return [done[start : start + count] for start in range(0, len(done), count)]


def _run(task: tuple[Scenario, int, Telling]) -> Replayed:
    return replay(*task)


def _ignore_interrupts() -> None:
    """Ctrl-C is for the process that the person started."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
