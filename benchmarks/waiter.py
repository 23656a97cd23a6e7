"""`holdfast wait` beside other waiters: `python -m benchmarks.waiter`.

CPU and peak memory until a port that is open was seen, how late readiness is seen, and six real
services asked by greetings or by drivers. Every table comes from one run, its rows interleaved.
"""

import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from shutil import which
from statistics import median
from typing import NamedTuple

from tests.dependencies.peers import black_hole

from benchmarks.measure import Usage, interleaved, least
from holdfast.dependencies.ask_blocking import ask_blocking
from holdfast.dependencies.target import parse_target

_REPEATS = 15
_DELAYS = 6
_REST_SECONDS = 0.2
_BARE = "python -I -S -c pass"
_SHELL_LOOP = "until nc -z 127.0.0.1 {port}; do sleep 1; done"
# design budgets; docs/specs/service.md A9 and A2.
_BUDGET_CPU_MS, _BUDGET_MB, _BUDGET_DELAY_MS, _BUDGET_LATE_MS = 15, 10, 250, 50
_SERVERS = ("postgres", "mariadb", "redis", "rabbitmq", "nats", "kafka")
_DRIVERS = """
import asyncio, sys
import aio_pika, aiokafka, asyncpg, nats, pymysql, redis
from urllib.parse import urlsplit
pg, my, rd, mq, nt, kf = map(urlsplit, sys.argv[1:])

async def main():
    await (await asyncpg.connect(pg.geturl())).close()
    pymysql.connect(host=my.hostname, port=my.port, user=my.username, password=my.password).close()
    redis.Redis(host=rd.hostname, port=rd.port, password=rd.password).ping()
    await (await aio_pika.connect(mq.geturl())).close()
    await (await nats.connect(nt.geturl())).close()
    producer = aiokafka.AIOKafkaProducer(bootstrap_servers=kf.netloc)
    await producer.start()
    await producer.stop()

asyncio.run(main())
"""


class Waiter(NamedTuple):
    """A command that ends when a port is open; `{port}` stands for it."""

    name: str
    command: tuple[str, ...]

    def at(self, port: int) -> list[str]:
        """The command for a port, its program as a path."""
        words = [word.format(port=port) for word in self.command]
        return [which(words[0]) or words[0], *words[1:]]


def main() -> None:
    """Print all tables."""
    with tempfile.TemporaryDirectory() as directory:
        single = Path(directory) / "holdfast-wait.py"
        subprocess.run(
            [sys.executable, "-m", "holdfast.wait.write_single_file", single], check=True
        )
        waiters = list(_waiters(single))
        _print_cost(waiters)
        _print_first_attempt(single)
        _print_delay(waiters)
        _print_deadlines()
        _print_six(single)


def _waiters(single: Path) -> Iterator[Waiter]:
    """Those that are installed here; the others are named."""
    url, place = "tcp://127.0.0.1:{port}", "127.0.0.1:{port}"
    python = sys.executable
    beside = Path(python).parent
    everyone = (
        Waiter("nc -z", ("nc", "-z", "127.0.0.1", "{port}")),
        Waiter("sh loop of nc -z, sleep 1", ("sh", "-c", _SHELL_LOOP)),
        Waiter("wait-for-it.sh (Debian)", ("/usr/bin/wait-for-it", "-q", "-t", "0", place)),
        Waiter("wait-for-it (PyPI)", (f"{beside}/wait-for-it", "-q", "-t", "0", "-s", place)),
        Waiter("wait-for-dep (PyPI)", (f"{beside}/wait-for-dep", url)),
        Waiter("holdfast wait", (f"{beside}/holdfast", "wait", "-q", "-t", "0", url)),
        Waiter("python -m holdfast.wait", (python, "-m", "holdfast.wait", "-q", "-t", "0", url)),
        Waiter("single file, -I -S", (python, "-I", "-S", str(single), "-q", "-t", "0", url)),
    )
    for waiter in everyone:
        if which(waiter.command[0]):
            yield waiter
        else:
            print(f"not measured, not installed: {waiter.name}")


def _print_cost(waiters: list[Waiter]) -> None:
    print("Waiters: cost until an open port was seen")
    print("(memory below that of a bare Python shows as one, see launch.py)")
    bare = Waiter(_BARE, (sys.executable, "-I", "-S", "-c", "pass"))
    with _listener() as server:
        port = server.getsockname()[1]
        commands = {w.name: w.at(port) for w in (bare, *waiters)}
        costs = interleaved(commands, _REPEATS)
    for name, usage in costs.items():
        _row(name, usage, costs[_BARE])


def _print_first_attempt(single: Path) -> None:
    print("\nholdfast wait: cost when the first attempt has been made, as the kernel counts it")
    url = "redis://127.0.0.1:{port}"
    command = str(Path(sys.executable).with_name("holdfast"))
    forms = {
        "holdfast wait": ([sys.executable], [command, "wait", "-q", url]),
        "python -m holdfast.wait": ([sys.executable], [sys.executable, "-m", "holdfast.wait", url]),
        "single file, -I -S": (
            [sys.executable, "-I", "-S"],
            [sys.executable, "-I", "-S", str(single), "-q", url],
        ),
    }
    for name, (interpreter, words) in forms.items():
        bare = least(_at_rest([*interpreter, "-c", "import sys; sys.stdin.read()"]))
        ours = least(_at_first_attempt(words))
        _row(name, ours, bare)
        above = (ours.cpu_seconds - bare.cpu_seconds) * 1000
        _verdict(
            above <= _BUDGET_CPU_MS, f"{_BUDGET_CPU_MS} ms above the interpreter ({above:.1f})"
        )
        peak = ours.peak_bytes / 1e6
        _verdict(peak <= _BUDGET_MB, f"{_BUDGET_MB} MB ({peak:.1f}, bare {bare.peak_mb:.1f})")


def _at_first_attempt(words: list[str]) -> Iterator[Usage]:
    """What a waiter has used when its first connection arrives; it then waits for an answer."""
    with _listener() as server:
        command = [word.format(port=server.getsockname()[1]) for word in words]
        for _ in range(_REPEATS):
            with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
                client, _ = server.accept()
                client.recv(100)
                yield _used(process.pid)
                client.sendall(b"+PONG\r\n")
                client.close()


def _at_rest(command: list[str]) -> Iterator[Usage]:
    """What an interpreter has used when it has nothing left to do."""
    for _ in range(_REPEATS):
        with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
            time.sleep(_REST_SECONDS)
            yield _used(process.pid)


def _used(pid: int) -> Usage:
    """proc(5): nanoseconds on a CPU, and the high-water mark of resident memory."""
    nanoseconds = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    peak = next(line for line in status if line.startswith("VmHWM"))
    return Usage(nanoseconds / 1e9, int(peak.split()[1]) * 1024)


def _print_delay(waiters: list[Waiter]) -> None:
    print("\nWaiters: how long after the port opened the wait ended (median, most), ms")
    rng = random.Random(1)  # noqa: S311 - the same moments in each run
    moments = [rng.uniform(0.3, 3.0) for _ in range(_DELAYS)]
    for waiter in waiters:
        if waiter.name == "nc -z":
            continue
        delays = [_delay(waiter, moment) * 1000 for moment in moments]
        print(f"  {waiter.name:32} {median(delays):8.0f} {max(delays):8.0f}")
        if waiter.name == "holdfast wait":
            _verdict(max(delays) <= _BUDGET_DELAY_MS, f"{_BUDGET_DELAY_MS} ms")


def _delay(waiter: Waiter, moment: float) -> float:
    """Seconds from the opening of a port, `moment` seconds from now, to the end of the waiter."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        opened: list[float] = []

        def listen() -> None:
            server.listen()
            opened.append(time.monotonic())

        timer = threading.Timer(moment, listen)
        timer.start()
        subprocess.run(
            waiter.at(server.getsockname()[1]), check=True, capture_output=True, timeout=60
        )
        ended = time.monotonic()
        timer.join()
    return ended - opened[0]


def _print_deadlines() -> None:
    print("\nholdfast.dependencies: how long after its deadline of 500 ms a question ended, ms")
    with _listener() as silent, black_hole() as hole:
        for state, port in (("frozen", silent.getsockname()[1]), ("black-holed", hole)):
            late = [
                (ask_blocking(parse_target(f"{scheme}://127.0.0.1:{port}"), 0.5).seconds - 0.5)
                * 1000
                for scheme in ("postgres", "mysql", "redis", "kafka", "amqp", "nats")
            ]
            print(f"  {state:32} {median(late):8.1f} {max(late):8.1f}")
            _verdict(max(late) <= _BUDGET_LATE_MS, f"{_BUDGET_LATE_MS} ms")


def _print_six(single: Path) -> None:
    print("\nSix real services, all ready: greetings beside drivers")
    try:
        with ExitStack() as stack:
            servers = [
                stack.enter_context(import_module(f"tests.real.servers.{name}").server())
                for name in _SERVERS
            ]
            greeted = [server.url for server in servers]
            # The Kafka driver of the script speaks to the listener without a password.
            logins = [server.login for server in servers[:-1]] + greeted[-1:]
            costs = interleaved(
                {
                    "drivers": [sys.executable, "-c", _DRIVERS, *logins],
                    "python -m holdfast.wait": [sys.executable, "-m", "holdfast.wait", *greeted],
                    "single file, -I -S": [sys.executable, "-I", "-S", str(single), *greeted],
                },
                repeats=5,
            )
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        print(f"  not measured: {error}")
        return
    for name, usage in costs.items():
        _row(name, usage, costs["drivers"])


@contextmanager
def _listener() -> Iterator[socket.socket]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(4096)
        yield server


def _row(name: str, usage: Usage, beside: Usage) -> None:
    print(
        f"  {name:32} {usage.cpu_seconds * 1000:8.1f} ms  {usage.peak_mb:6.1f} MB"
        f"   x{usage.cpu_seconds / beside.cpu_seconds:6.3f} CPU"
        f"  x{usage.peak_bytes / beside.peak_bytes:5.2f} memory"
    )


def _verdict(met: bool, budget: str) -> None:
    print(f"  budget {budget}: {'met' if met else 'NOT MET'}")


if __name__ == "__main__":
    main()
