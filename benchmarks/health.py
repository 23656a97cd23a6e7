"""`holdfast.health` beside other health endpoints: `python -m benchmarks.health`.

CPU for each request over HTTP, as the kernel counts it for the server's processes, and for one call
in process; what the imports cost. All rows of a table are measured in turns in one run, on the same
servers. `raw ASGI` answers a constant: what the server itself costs.
"""

import asyncio
import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from time import process_time
from typing import Any, NamedTuple

from tests.dependencies.peers import LOOPBACK, free_port

from benchmarks import endpoints
from benchmarks.measure import interleaved
from holdfast.run.processes import descendants

# docs/specs/service.md 13.3 and A13.
_BUDGET_HTTP, _BUDGET_CALL, _BUDGET_CHECKS = 1.2, 0.19, 0.39
_BUDGET_IMPORT_SECONDS, _BUDGET_IMPORT_MB = 0.015, 3
_ROUNDS, _ROUND_SECONDS, _CONNECTIONS = 5, 2, 32
_CALLS, _BATCHES, _STARTS = 2000, 7, 15
_BEGIN_SECONDS = 60.0
_SERVERS = {
    "uvicorn": "-m uvicorn --factory --no-access-log --log-level error --port {port} {app}",
    "granian": "-m granian --interface asgi --factory --no-log --port {port} {app}",
}


class Row(NamedTuple):
    """One endpoint: its name here, the function of endpoints.py, the package that it needs."""

    name: str
    function: str
    package: str = "holdfast"


RAW, STARLETTE = Row("raw ASGI, a constant", "raw"), Row("Starlette", "starlette", "starlette")
HELD, LIVED = Row("holdfast.health", "holdfast"), Row("the same with Life", "holdfast_with_life")
ON_DEMAND = Row("holdfast.health, on demand", "holdfast_on_demand")
RIVAL = Row("fast-healthchecks", "fast_healthchecks", "fast_healthchecks")
ROWS = (
    RAW,
    STARLETTE,
    Row("FastAPI", "fastapi", "fastapi"),
    HELD,
    LIVED,
    ON_DEMAND,
    Row("holdfast.health, detail", "holdfast_detail"),
    Row("fastapi-health", "fastapi_health", "fastapi_health"),
    Row("fastapi-healthchecks", "fastapi_healthchecks", "fastapi_healthchecks"),
    RIVAL,
    Row("Django", "django_view", "django"),
    Row("holdfast.health in Django", "holdfast_in_django", "django"),
    Row("django-health-check", "django_health_check", "health_check"),
)


def main() -> None:
    """Print all tables."""
    rows = [row for row in ROWS if find_spec(row.package) is not None]
    for row in ROWS:
        if row not in rows:
            print(f"not measured, not installed: {row.name}")
    _print_imports()
    _print_calls(rows)
    if which("wrk") is None:
        print("over HTTP: not measured, wrk is not installed")
        return
    for server, words in _SERVERS.items():
        if find_spec(server) is not None:
            _print_http(server, words, rows)


def _print_imports() -> None:
    print("Imports on top of asyncio")
    modules = ("holdfast.health", "holdfast.life.life", "starlette.applications", "fastapi")
    programs = {module: f"import asyncio, {module}" for module in modules}
    commands = {name: [sys.executable, "-c", program] for name, program in programs.items()}
    commands[""] = [sys.executable, "-c", "import asyncio"]
    costs = interleaved(commands, _STARTS)
    for module in modules:
        seconds = costs[module].cpu_seconds - costs[""].cpu_seconds
        megabytes = costs[module].peak_mb - costs[""].peak_mb
        print(f"  {module:32} {seconds * 1000:8.1f} ms  {megabytes:6.1f} MB")
        if module.startswith("holdfast"):
            _verdict(seconds <= _BUDGET_IMPORT_SECONDS, "15 ms CPU")
            _verdict(megabytes <= _BUDGET_IMPORT_MB, "3 MB")


def _print_calls(rows: list[Row]) -> None:
    print("\nOne call in process, four checks (least of some batches)")
    costs = {row: min(_called(row) for _ in range(2)) for row in rows}
    for row, cost in costs.items():
        print(f"  {row.name:32} {cost:8.2f} us   x{cost / costs[STARLETTE]:6.2f} Starlette")
    share = costs[HELD] / costs[STARLETTE]
    _verdict(share <= _BUDGET_CALL, f"x {_BUDGET_CALL} Starlette for a sampled answer")
    if RIVAL in costs:
        share = costs[ON_DEMAND] / costs[RIVAL]
        budget = f"x {_BUDGET_CHECKS} {RIVAL.name} for four checks run ({share:.2f})"
        _verdict(share <= _BUDGET_CHECKS, budget)


def _called(row: Row) -> float:
    """Microseconds, measured in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.health", row.function]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


async def call(function: str) -> float:
    """Microseconds of CPU for one request of this endpoint, without a server."""
    app = getattr(endpoints, function)()
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "path": endpoints.PATH, "raw_path": endpoints.PATH.encode(), "query_string": b"",
        "root_path": "", "scheme": "http", "client": (LOOPBACK, 5), "server": (LOOPBACK, 80),
        "headers": [(b"host", b"localhost"), (b"accept", b"text/plain")],
    }  # fmt: skip
    statuses: list[int | None] = []
    asked: list[bool] = []

    async def receive() -> dict[str, Any]:
        if asked:
            await asyncio.Event().wait()
        asked.append(True)
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        statuses.append(message.get("status"))

    await app(dict(scope), receive, send)
    # The first samples.
    await asyncio.sleep(0.2)
    least = float("inf")
    for _ in range(_BATCHES):
        statuses.clear()
        began = process_time()
        for _ in range(_CALLS):
            asked.clear()
            await app(dict(scope), receive, send)
        least = min(least, (process_time() - began) / _CALLS)
    if {200, None} != set(statuses):
        raise RuntimeError(f"{function} answers {set(statuses)}")
    return least * 1e6


def _print_http(server: str, words: str, rows: list[Row]) -> None:
    print(f"\nOver HTTP, {server} on one core, {_CONNECTIONS} kept connections on another")
    costs: dict[Row, float] = dict.fromkeys(rows, float("inf"))
    rates: dict[Row, float] = dict.fromkeys(rows, 0.0)
    with ExitStack() as stack:
        running = {row: stack.enter_context(_serving(words, row)) for row in rows}
        for _ in range(_ROUNDS):
            for row, (pid, port) in running.items():
                microseconds, rate = _load(pid, port)
                costs[row] = min(costs[row], microseconds)
                rates[row] = max(rates[row], rate)
    for row in rows:
        ratio = costs[row] / costs[RAW]
        print(f"  {row.name:32} {costs[row]:8.1f} us  x{ratio:5.2f}   {rates[row]:8.0f} requests/s")
        if row in (HELD, LIVED):
            _verdict(ratio <= _BUDGET_HTTP, f"x {_BUDGET_HTTP} raw ASGI")


@contextmanager
def _serving(words: str, row: Row) -> Iterator[tuple[int, int]]:
    """A server with this endpoint on the first core: its process and port."""
    port = free_port()
    app = f"benchmarks.endpoints:{row.function}"
    command = [sys.executable, *words.format(port=port, app=app).split()]
    with subprocess.Popen(["taskset", "-c", "0", *command], stderr=subprocess.DEVNULL) as process:
        try:
            _until_served(port, row)
            yield process.pid, port
        finally:
            process.terminate()


def _until_served(port: int, row: Row) -> None:
    deadline = time.monotonic() + _BEGIN_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError):
            connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
            connection.request("GET", endpoints.PATH, headers={"Accept": "text/plain"})
            if connection.getresponse().status == 200:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{row.name} does not answer 200 on {endpoints.PATH}")


def _load(pid: int, port: int) -> tuple[float, float]:
    """Microseconds of CPU for each request, and requests each second."""
    url = f"http://{LOOPBACK}:{port}{endpoints.PATH}"
    last = str((os.cpu_count() or 1) - 1)
    command = ["taskset", "-c", last, "wrk", "-t1", f"-c{_CONNECTIONS}", f"-d{_ROUND_SECONDS}s"]
    before = _cpu_seconds(pid)
    result = subprocess.run(
        [*command, "-H", "Accept: text/plain", url], check=True, capture_output=True, text=True
    )
    used = _cpu_seconds(pid) - before
    if "Non-2xx" in result.stdout or "Socket errors" in result.stdout:
        raise RuntimeError(result.stdout)
    count = int(re.findall(r"(\d+) requests in", result.stdout)[0])
    rate = float(re.findall(r"Requests/sec:\s+([\d.]+)", result.stdout)[0])
    return used / count * 1e6, rate


def _cpu_seconds(pid: int) -> float:
    """proc(5): nanoseconds on a CPU, of all threads of all its processes."""
    total = 0
    for process in (pid, *(descendants(pid) or ())):
        for file in Path(f"/proc/{process}/task").glob("*/schedstat"):
            with suppress(OSError):
                total += int(file.read_text().split()[0])
    return total / 1e9


def _verdict(met: bool, budget: str) -> None:
    print(f"    budget {budget}: {'met' if met else 'NOT MET'}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(asyncio.run(call(sys.argv[1])))
    else:
        main()
