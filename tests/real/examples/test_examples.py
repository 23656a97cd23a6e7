"""What both examples promise: healthy they lose nothing, and each fault does what it says."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.real.examples.example import Example
from tests.real.examples.load import Load
from tests.real.examples.memory_limit import memory_limit
from tests.real.examples.service import NO_ANSWER, nowhere
from tests.real.servers.server import Server

pytestmark = pytest.mark.real

MIB = 1 << 20


def no_database() -> str:
    """A URL of a PostgreSQL that is not there."""
    return f"postgres://app@{nowhere()}/app"


def no_cache() -> str:
    """A URL of a Redis that is not there."""
    return f"redis://{nowhere()}"


def test_orders_are_kept(example: Example) -> None:
    """The service does its work: what is created is found, in the cache and without it."""
    with example.start() as service:
        service.until_ready()
        created = service.create()
        number = json.loads(created.body)["id"]

        assert created.status == 201
        for _ in range(2):
            found = service.get(f"/orders/{number}")
            assert json.loads(found.body) == {"id": number, "item": "rope", "quantity": 2}
        assert service.get("/orders/999999999").status == 404
        assert service.get("/orders/x").status == example.malformed


def test_migrations_may_come_together(example: Example) -> None:
    """Replicas that start at once do not collide in their init containers."""
    with ThreadPoolExecutor(4) as together:
        codes = [together.submit(example.migrate) for _ in range(4)]

        assert [code.result() for code in codes] == [0, 0, 0, 0]


@pytest.mark.parametrize("kept", [True, False], ids=["kept connections", "new connections"])
def test_no_request_fails_when_it_stops(example: Example, kept: bool) -> None:
    """SIGTERM under load: every request is answered, and the stop is clean."""
    with example.start(drain=2) as service:
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


def test_request_in_flight_is_finished(example: Example) -> None:
    """A slow request that came before the listener closed gets its answer."""
    with example.start(faults="slow-handler=2s", drain=0) as service:
        service.until_ready()
        load = Load(service.port, "/orders/999999999", clients=2, kept=False)
        time.sleep(0.5)
        service.term()
        load.forget(0.0)
        load.join()

        assert service.wait() == 0, service.log
        assert set(load.failures) == {"status 404"}


def test_dependencies_that_are_away_at_the_start(example: Example) -> None:
    """It starts, is live and not ready, and does not crash."""
    with example.start(DATABASE_URL=no_database()) as service:
        service.until_live()

        assert service.get("/readyz").status == 503
        assert service.create().status == 503
        assert service.get("/healthz").status == 200


def test_frozen_database_makes_it_unready(example: Example, database: Server) -> None:
    """A database that accepts and does not answer is seen in time; the process stays live."""
    with example.start() as service:
        service.until_ready()
        with database.frozen():
            service.assert_soon(lambda: service.get("/readyz").status == 503, "unreadiness")
            assert service.get("/healthz").status == 200
        service.until_ready()


def test_cache_that_is_away_only_degrades(example: Example) -> None:
    """Without Redis it is slower, stays in traffic, and says so where people look."""
    with example.start(REDIS_URL=no_cache()) as service:
        service.until_ready()
        number = json.loads(service.create().body)["id"]

        assert service.get(f"/orders/{number}").status == 200
        service.assert_soon(lambda: example.detail(service).status == 503, "the degradation")
        assert service.get("/readyz").status == 200


def test_switches_are_private(example: Example) -> None:
    """Faults and profiles answer on the private port and nowhere else."""
    with example.start() as service:
        service.until_live()

        assert service.get_private("/faults").status == 200
        for path in ("/faults", "/debug/pprof/", "/debug/stacks"):
            assert service.get(path).status == 404


def test_failing_liveness(example: Example) -> None:
    """liveness-500, liveness-503: well at first, then /healthz fails while the service works."""
    with example.start(faults=f"liveness-{example.failing}=2s") as service:
        service.until_live()
        service.assert_soon(lambda: service.get("/healthz").status == example.failing, "the fault")
        service.until_ready()


def test_liveness_on_dependency(example: Example) -> None:
    """A restart is asked for because of somebody else's trouble."""
    with example.start(faults="liveness-on-dependency", REDIS_URL=no_cache()) as service:
        service.assert_soon(lambda: service.get("/healthz").status == example.failing, "the fault")


def test_shared_readiness(example: Example) -> None:
    """A cache that is away takes the pod out of traffic."""
    with example.start(REDIS_URL=no_cache()) as service:
        service.until_ready()
        service.switch("shared-readiness")
        service.assert_soon(lambda: service.get("/readyz").status == 503, "the fault")

        assert service.get("/healthz").status == 200


def test_slow_start(example: Example) -> None:
    """Nothing listens for a while."""
    with example.start(faults="slow-start=3s") as service:
        time.sleep(1.5)
        assert service.get("/healthz").status == NO_ANSWER
        service.until_live()


def test_slow_handler(example: Example) -> None:
    """Requests take longer than their client waits; probes do not."""
    with example.start() as service:
        service.until_ready()
        service.switch("slow-handler", "3s")

        assert service.get("/orders/1", timeout=0.5).status == NO_ANSWER
        assert service.get("/healthz").status == 200


def test_crash_without_dependency(example: Example) -> None:
    """A database that is away ends the process at the start."""
    faults = "crash-without-dependency"
    with example.start(faults=faults, DATABASE_URL=no_database()) as service:
        assert service.wait() == example.crash


def test_wrong_port(example: Example) -> None:
    """It works, and nobody finds it."""
    with example.start(faults="wrong-port") as service:
        elsewhere = service.port + 1
        service.assert_soon(
            lambda: service.get_from(elsewhere, "/healthz").status == 200, "the other port"
        )
        assert service.get("/healthz").status == NO_ANSWER


def test_memory_leak_ends_in_a_kill(example: Example) -> None:
    """Memory grows until the kernel kills the process at its limit."""
    with (
        memory_limit(160 * MIB) as wrapper,
        example.start(wrapper, faults="memory-leak=64Mi") as service,
    ):
        assert service.wait() == example.killed


def test_child_is_killed_for_memory(example: Example) -> None:
    """The kernel kills the child of child-oom; the service answers on, as if nothing had been."""
    with (
        memory_limit(200 * MIB) as wrapper,
        example.start(wrapper, faults="child-oom=1Gi") as service,
    ):
        service.assert_soon(lambda: example.child_killed in service.log, "the kill of the child")

        assert service.get("/healthz").status == 200
        assert service.process.poll() is None


def test_cpu_burn(example: Example) -> None:
    """It uses CPU although nobody asks it for anything."""
    with example.start() as service:
        service.until_live()
        service.switch("cpu-burn", "2")
        before = service.cpu_seconds()

        service.assert_soon(lambda: service.cpu_seconds() > before + 1.0, "a second of CPU")


def test_hang(example: Example) -> None:
    """It runs, listens, and answers nobody."""
    with example.start() as service:
        service.until_ready()
        service.switch("hang")
        service.assert_soon(lambda: service.get("/healthz", 0.5).status == NO_ANSWER, "the hang")

        assert service.process.poll() is None


def test_panic(example: Example) -> None:
    """An error that nobody handles ends the process, and its last words are in the log."""
    with example.start() as service:
        service.until_live()
        service.switch("panic", "300ms")

        assert service.wait() == example.panic
        assert example.last_words in service.log


def test_exit_0(example: Example) -> None:
    """It ends as if its work were done."""
    with example.start() as service:
        service.until_live()
        service.switch("exit-0", "300ms")

        assert service.wait() == 0


def test_every_fault_is_tested_and_described(example: Example) -> None:
    """A switch that nobody tries does not work; one that nobody reads about is not used."""
    page = (example.sources / "README.md").read_text()
    with example.start() as service:
        service.until_live()
        faults = json.loads(service.get_private("/faults").body)

    names = {fault["name"] for fault in faults}
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    assert names == set(re.findall(r"^\| `([a-z0-9-]+)`", page, re.MULTILINE))
    assert {name for name in names if name not in tests} == set()
    for fault in faults:
        assert fault["value"] in page
