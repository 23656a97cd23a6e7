"""examples/fastapi-service under `holdfast run`: it loses nothing, each fault does what it says."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from tests.dependencies.peers import LOOPBACK, free_port
from tests.real.examples.load import Load
from tests.real.examples.memory_limit import memory_limit
from tests.real.examples.service import NO_ANSWER, Service, nowhere, started
from tests.real.programs import need_driver
from tests.real.servers.server import Server
from tests.run.container import HOLDFAST

from holdfast.run.processes import descendants

pytestmark = pytest.mark.real

SOURCES = Path(__file__).parents[3] / "examples" / "fastapi-service"
ORDERS = [sys.executable, "-m", "orders"]
SUPERVISED = [*HOLDFAST, "--", *ORDERS]
MIB = 1 << 20
Start = Callable[..., AbstractContextManager[Service]]


@pytest.fixture
def start(database: Server, cache: Server, tmp_path: Path) -> Start:
    """Starts the service under its supervisor, with its dependencies or with what the test says."""
    for driver in ("asyncpg", "fastapi", "redis", "uvicorn"):
        need_driver(driver)

    def run(wrapper: tuple[str, ...] = (), **environment: Any) -> AbstractContextManager[Service]:
        told = {**variables(database, cache), **environment}
        return started(SUPERVISED, tmp_path, wrapper, **told)

    migrate = [*ORDERS, "migrate"]
    subprocess.run(migrate, env=variables(database, cache), check=True, capture_output=True)
    return run


def variables(database: Server, cache: Server) -> dict[str, str]:
    """What a manifest would set."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(SOURCES),
        "PYTHONDONTWRITEBYTECODE": "1",
        "DATABASE_URL": database.login,
        "REDIS_URL": cache.login,
        # The server of the tests has five connections.
        "DATABASE_POOL": "2",
        "REFRESH_SECONDS": "1",
        "HEALTH_ADDRESS": f"{LOOPBACK}:{free_port()}",
        "HOLDFAST_DRAIN_SECONDS": "1",
    }


def test_orders_are_kept(start: Start) -> None:
    """The service does its work: what is created is found, in the cache and without it."""
    with start() as service:
        service.until_ready()
        created = service.create()
        number = json.loads(created.body)["id"]

        assert created.status == 201
        for _ in range(2):
            found = service.get(f"/orders/{number}")
            assert json.loads(found.body) == {"id": number, "item": "rope", "quantity": 2}
        assert service.get("/orders/999999999").status == 404
        assert service.get("/orders/x").status == 422


def test_migrations_may_come_together(start: Start, database: Server, cache: Server) -> None:
    """Replicas that start at once do not collide in their init containers."""
    del start
    migrate = [*ORDERS, "migrate"]
    together = [subprocess.Popen(migrate, env=variables(database, cache)) for _ in range(4)]

    assert [process.wait(30) for process in together] == [0, 0, 0, 0]


@pytest.mark.parametrize("kept", [True, False], ids=["kept connections", "new connections"])
def test_no_request_fails_when_it_stops(start: Start, kept: bool) -> None:
    """SIGTERM under load: every request is answered, and the stop is clean."""
    with start(HOLDFAST_DRAIN_SECONDS="2") as service:
        service.until_ready()
        number = json.loads(service.create().body)["id"]
        load = Load(service.port, f"/orders/{number}", kept=kept)
        time.sleep(0.5)
        service.term()
        load.forget(1.0)
        service.assert_soon(lambda: service.get("/readyz").status == 503, "the drain")
        assert service.get("/healthz").status == 200
        load.join()

        assert service.wait() == 0, service.log
        assert load.failures == []
        assert load.answered > 100


def test_request_in_flight_is_finished(start: Start) -> None:
    """A slow request that came before the listener closed gets its answer."""
    with start(FAULTS="slow-handler=2s", HOLDFAST_DRAIN_SECONDS="0") as service:
        service.until_ready()
        load = Load(service.port, "/orders/999999999", clients=2, kept=False)
        time.sleep(0.5)
        service.term()
        load.forget(0.0)
        load.join()

        assert service.wait() == 0, service.log
        assert set(load.failures) == {"status 404"}


def test_clients_are_released(start: Start) -> None:
    """The stop ends with its phases, and each says what it took."""
    with start() as service:
        service.until_ready()
        service.term()

        assert service.wait() == 0
        for phase in ("postgres", "redis"):
            assert f"stop phase {phase} ended" in service.log


def test_budget_that_cannot_hold_is_refused(start: Start) -> None:
    """A stop longer than the grace period does not start, and the sum is shown."""
    told = {"HOLDFAST_GRACE_SECONDS": "30", "HOLDFAST_DRAIN_SECONDS": "40"}
    with start(**told) as service:
        assert service.wait() == 2
        assert "drain 40 s + evidence 2 s = 42 s" in service.log


def test_dependencies_that_are_away_at_the_start(start: Start) -> None:
    """It starts, is live and not ready, and does not crash."""
    with start(DATABASE_URL=f"postgres://app@{nowhere()}/app") as service:
        service.until_live()

        assert service.get("/readyz").status == 503
        assert service.create().status == 503
        assert service.get("/healthz").status == 200


def test_frozen_database_makes_it_unready(start: Start, database: Server) -> None:
    """A database that accepts and does not answer is seen in time; the process stays live."""
    with start() as service:
        service.until_ready()
        with database.frozen():
            service.assert_soon(lambda: service.get("/readyz").status == 503, "unreadiness")
            assert service.get("/healthz").status == 200
        service.until_ready()


def test_cache_that_is_away_only_degrades(start: Start) -> None:
    """Without Redis it is slower, stays in traffic, and /health says so."""
    with start(REDIS_URL=f"redis://{nowhere()}") as service:
        service.until_ready()
        number = json.loads(service.create().body)["id"]

        assert service.get(f"/orders/{number}").status == 200
        service.assert_soon(lambda: service.get("/health").status == 503, "the degradation")
        assert service.get("/readyz").status == 200


def test_switches_are_private(start: Start) -> None:
    """Faults and stacks answer on the private port and nowhere else."""
    with start() as service:
        service.until_live()

        assert "MainThread" in service.get_private("/debug/stacks").body
        for path in ("/faults", "/debug/stacks"):
            assert service.get(path).status == 404


# The faults.


def test_liveness_503(start: Start) -> None:
    """Well at first, then /healthz fails while the service works."""
    with start(FAULTS="liveness-503=2s") as service:
        service.until_live()
        service.assert_soon(lambda: service.get("/healthz").status == 503, "the fault")
        service.until_ready()


def test_liveness_on_dependency(start: Start) -> None:
    """A restart is asked for because of somebody else's trouble."""
    with start(FAULTS="liveness-on-dependency", REDIS_URL=f"redis://{nowhere()}") as service:
        service.assert_soon(lambda: service.get("/healthz").status == 503, "the fault")


def test_shared_readiness(start: Start) -> None:
    """A cache that is away takes the pod out of traffic."""
    with start(REDIS_URL=f"redis://{nowhere()}") as service:
        service.until_ready()
        service.switch("shared-readiness")
        service.assert_soon(lambda: service.get("/readyz").status == 503, "the fault")

        assert service.get("/healthz").status == 200


def test_slow_start(start: Start) -> None:
    """Nothing listens for a while."""
    with start(FAULTS="slow-start=3s") as service:
        time.sleep(1.5)
        assert service.get("/healthz").status == NO_ANSWER
        service.until_live()


def test_slow_handler(start: Start) -> None:
    """Requests take longer than their client waits; probes do not."""
    with start() as service:
        service.until_ready()
        service.switch("slow-handler", "3s")

        assert service.get("/orders/1", timeout=0.5).status == NO_ANSWER
        assert service.get("/healthz").status == 200


def test_crash_without_dependency(start: Start) -> None:
    """A database that is away ends the process at the start."""
    url = f"postgres://app@{nowhere()}/app"
    with start(FAULTS="crash-without-dependency", DATABASE_URL=url) as service:
        assert service.wait() == 3
        assert "Application startup failed" in service.log


def test_wrong_port(start: Start) -> None:
    """It works, and nobody finds it."""
    with start(FAULTS="wrong-port") as service:
        elsewhere = service.port + 1
        service.assert_soon(
            lambda: service.get_from(elsewhere, "/healthz").status == 200, "the other port"
        )
        assert service.get("/healthz").status == NO_ANSWER


def test_ignore_sigterm(start: Start) -> None:
    """SIGTERM changes nothing; the supervisor ends it within the grace period and says so."""
    told = {"HOLDFAST_GRACE_SECONDS": "4", "HOLDFAST_DRAIN_SECONDS": "0"}
    with start(FAULTS="ignore-sigterm", **told) as service:
        service.until_ready()
        service.term()

        assert service.wait() == 137
        assert "the budget is used up" in service.log


def test_memory_leak_ends_in_a_kill(start: Start) -> None:
    """Memory grows until the kernel kills the service; the supervisor tells of the kill."""
    with (
        memory_limit(160 * MIB) as wrapper,
        start(wrapper, FAULTS="memory-leak=64Mi") as service,
    ):
        assert service.wait() == 137
        assert "was killed" in service.log


def test_child_is_killed_for_memory(start: Start) -> None:
    """The kernel kills the child of child-oom; the service answers on, as if nothing had been."""
    with memory_limit(200 * MIB) as wrapper, start(wrapper, FAULTS="child-oom=1Gi") as service:
        service.assert_soon(lambda: "child ended: -9" in service.log, "the kill of the child")

        assert service.get("/healthz").status == 200


def test_task_leak(start: Start) -> None:
    """Tasks pile up: memory grows although nobody asks for anything."""
    with start() as service:
        service.until_live()
        worker = max(descendants(service.process.pid) or [0])
        before = resident_bytes(worker)
        service.switch("task-leak", "20000")

        service.assert_soon(lambda: resident_bytes(worker) > before + 20 * MIB, "20 MiB of tasks")


def resident_bytes(pid: int) -> int:
    """Memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024


def test_cpu_burn(start: Start) -> None:
    """Requests wait for threads that do nothing useful; the side port answers all the same."""
    with start() as service:
        service.until_live()
        worker = max(descendants(service.process.pid) or [0])
        service.switch("cpu-burn", "2")
        before = cpu_seconds(worker)

        service.assert_soon(lambda: cpu_seconds(worker) > before + 1.0, "a second of CPU")


def cpu_seconds(pid: int) -> float:
    """CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_hang(start: Start) -> None:
    """The event loop answers nobody; the side port and the private one show that it hangs."""
    health = f"{LOOPBACK}:{free_port()}"
    told = {"HOLDFAST_GRACE_SECONDS": "6", "HOLDFAST_DRAIN_SECONDS": "0"}
    with start(HEALTH_ADDRESS=health, **told) as service:
        service.until_ready()
        service.switch("hang")
        service.assert_soon(lambda: service.get("/healthz", 0.5).status == NO_ANSWER, "the hang")

        side = int(health.rpartition(":")[2])
        assert service.get_from(side, "/healthz").status == 200
        assert "_hang" in service.get_private("/debug/stacks").body
        service.term()
        service.wait()
        assert "stop phase postgres is over its budget of 1 s: abandoned" in service.log


def test_panic(start: Start) -> None:
    """An error that nobody handles ends the process, and its traceback is in the log."""
    with start() as service:
        service.until_live()
        service.switch("panic", "300ms")

        assert service.wait() == 1
        assert "KeyError: 'lost'" in service.log


def test_exit_0(start: Start) -> None:
    """It ends as if its work were done; the supervisor says that nobody asked for it."""
    with start() as service:
        service.until_live()
        service.switch("exit-0", "300ms")

        assert service.wait() == 0
        assert "without being asked to" in service.log


def test_every_fault_is_tested_and_described(start: Start) -> None:
    """A switch that nobody tries does not work; one that nobody reads about is not used."""
    page = (SOURCES / "README.md").read_text()
    with start() as service:
        service.until_live()
        faults = json.loads(service.get_private("/faults").body)

    names = {fault["name"] for fault in faults}
    tests = Path(__file__).read_text()
    assert names == set(re.findall(r"^\| `([a-z0-9-]+)`", page, re.MULTILINE))
    assert {name for name in names if name not in tests} == set()
    for fault in faults:
        assert fault["value"] in page


def test_wrong_faults_and_settings_are_refused(start: Start) -> None:
    """Nobody waits for a break that never comes."""
    for told, found in (
        ({"FAULTS": "memory_leak"}, "no fault 'memory_leak'"),
        ({"FAULTS": "hang=1"}, "expected no value"),
        ({"PORT": "http"}, "PORT='http'"),
    ):
        with start(**told) as service:
            assert service.wait() != 0
            assert found in service.log
            assert service.process.returncode != -signal.SIGKILL


def test_pinned_versions_are_the_declared_ones() -> None:
    """What is installed into the image satisfies what the project asks for."""
    import tomllib

    pinned = dict(
        line.lower().split("==")
        for line in (SOURCES / "requirements.txt").read_text().splitlines()
        if "==" in line
    )
    project = tomllib.loads((SOURCES / "pyproject.toml").read_text())["project"]
    wanted = {re.split(r"[\[>=]", text)[0] for text in project["dependencies"]}

    assert wanted <= set(pinned)
