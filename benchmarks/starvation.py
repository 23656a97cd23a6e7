"""How late a probe is answered by a saturated service: `python -m benchmarks.starvation`.

uvicorn with a handler of 5 ms CPU, wrk on 64 and 128 kept connections (service.md A3, T4). Each
probe is a new connection, as the kubelet makes them; one row for those that the loop answers, one
for the side listener of the same process, asked at the same time, and one for that of a process
without clients: what this machine itself costs.
"""

import time
from statistics import median, quantiles

from tests.real.starvation.load import Probes, busy, idle

_BUDGET_SECONDS = 0.05
_KUBELET_SECONDS = 1.0
_MEASURED_SECONDS = 15.0
_LOOPS = ("uvloop", "asyncio")
_CONNECTIONS = (64, 128)


def main() -> None:
    """Print a table."""
    print("Probes of a saturated service, ms       first   median      p99     most   over 1 s")
    for loop in _LOOPS:
        for connections in _CONNECTIONS:
            on_loop, side, other = _measure(loop, connections)
            _row(f"{loop}, {connections} clients: on the loop", on_loop)
            _row("side listener", side)
            _row("side listener of an idle process", other)
            late = quantiles(side, n=100)[98]
            print(f"    budget p99 50 ms: {'met' if late < _BUDGET_SECONDS else 'NOT MET'}")


def _measure(loop: str, connections: int) -> list[list[float]]:
    with idle(loop) as control, busy(loop, connections) as service:
        probes = (
            Probes(service.port, pause=0.1),
            Probes(service.side_port, pause=0.02),
            Probes(control.side_port, pause=0.02),
        )
        time.sleep(_MEASURED_SECONDS)
        for each in probes:
            each.stop()
    return [[float("inf") if s is None else s for s in each.seconds] for each in probes]


def _row(name: str, seconds: list[float]) -> None:
    late = quantiles(seconds, n=100)[98] if len(seconds) > 1 else seconds[0]
    numbers = (seconds[0], median(seconds), late, max(seconds))
    columns = "".join(f" {number * 1000:8.1f}" for number in numbers)
    over = sum(number > _KUBELET_SECONDS for number in seconds)
    print(f"  {name:35}{columns}   {over} of {len(seconds)}", flush=True)


if __name__ == "__main__":
    main()
