"""The same toy workload in SimPy, a general simulator: probes that ask, a container that ends.

It knows nothing else of a kubelet: no events, no statuses, no relists. What it costs is the price
of general processes.
"""

import importlib
from collections.abc import Iterator
from typing import Any

_PERIOD = 10.0
_ANSWER = 0.003
_PROBES = 2
_DETECTION = 0.5
_START = 0.3


def ends_in(seconds: float, life: float) -> int:
    """How often the container ended."""
    simpy: Any = importlib.import_module("simpy")
    world = simpy.Environment()
    state = {"running": False, "ends": 0, "answers": 0}

    def container() -> Iterator[Any]:
        while True:
            # Lives of an hour outlast the back-off, so that every restart is immediate.
            yield world.timeout(_DETECTION + _START)
            state["running"] = True
            yield world.timeout(life)
            state["running"] = False
            state["ends"] += 1

    def probe() -> Iterator[Any]:
        while True:
            yield world.timeout(_PERIOD)
            if state["running"]:
                yield world.timeout(_ANSWER)
                state["answers"] += 1

    world.process(container())
    for _ in range(_PROBES):
        world.process(probe())
    world.run(until=seconds)
    return state["ends"]
