"""The example services rehearsed: well they run on, and each fault is told and mended, for real.

A few rehearsals run side by side. Where a fault has no patch that can be applied, `why` says so.
"""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.real.examples.rehearsed import (
    Broken,
    Pod,
    Program,
    fastapi_service,
    gin_service,
    migrate,
    own_arguments,
)
from tests.real.programs import need_driver
from tests.real.servers import postgres, redis
from tests.real.servers.server import Server
from tests.rehearsal.play import need_root
from tests.rehearsal.reported import (
    HAZARD,
    HEALTHY,
    NOT_READY,
    PROVEN,
    RESTARTS,
    STOPPED,
    Finding,
    Rehearsed,
    Told,
    kills_one,
    mend,
    rehearse,
    told,
)

pytestmark = pytest.mark.real

# More at once make each other late on two processors.
_SIDE_BY_SIDE = 3
_SESSIONS = 30
_PATIENCE_SECONDS = 60.0
_HEARD_SECONDS = 6.0
_LOAD = ("--load", "http://localhost:{port}/orders/1,5")
_SMALL = (("memory", "160Mi"),)

_IN_PROGRAM = "the program has to change, and no field of the manifest stands for that"
_NOT_OFFERED = "an endpoint for liveness alone has to be written first"

COMMON = (
    Broken("liveness-on-dependency", Told(RESTARTS, "C06", "sketch"), away="cache", guarded=False,
           why=_NOT_OFFERED),
    Broken("shared-readiness", Told(NOT_READY, "S02"), length="15s", away="cache",
           why="nothing restarts, and the cache that is away is not in the manifest"),
    Broken("slow-start=15s", Told(RESTARTS, "C03", "safe"), length="35s", guarded=False),
    Broken("slow-handler=2s", Told(HEALTHY, "NONE"), length="16s", flags=_LOAD, words=" slow, ",
           why="probes ask other paths: only requests are slow, and they are counted"),
    Broken("crash-without-dependency", Told(RESTARTS, "A05"), away="database",
           why="the database that is away is not in the manifest"),
    Broken("memory-leak=8Mi", Told(RESTARTS, "D02"), length="40s", limits=_SMALL,
           why=_IN_PROGRAM),
    Broken("child-oom=1Gi", Told(HAZARD, "D05"), length="15s", limits=(("memory", "200Mi"),),
           why="nobody knows how much the child would need"),
    Broken("exit-0=4s", Told(RESTARTS, "A09", "sketch"),
           why="it becomes a Job only if it is one: a service has to be mended"),
)  # fmt: skip
GIN = (
    Broken("liveness-500=5s", Told(RESTARTS, "C06", "sketch"), why=_NOT_OFFERED),
    Broken("wrong-port", Told(RESTARTS, "C01", "review", PROVEN), length="35s", guarded=False),
    Broken("ignore-sigterm", Told(STOPPED, "G02"), length="10s", flags=("--rollout",),
           why=_IN_PROGRAM),
    Broken("goroutine-leak=4000", Told(RESTARTS, "D02"), length="40s", limits=_SMALL,
           why="memory tells that something grows; a profile tells that it is goroutines"),
    Broken("cpu-burn=8", Told(RESTARTS, "C05", "review"), length="50s",
           limits=(("cpu", "20m"),), timeout=1),
    Broken("hang", Told(RESTARTS, "C07"), length="50s", timeout=2, while_running=True,
           why="the restart is the cure, and the lock has to be mended"),
    Broken("panic=4s", Told(RESTARTS, "A11"), why=_IN_PROGRAM),
)  # fmt: skip
FASTAPI = (
    Broken("liveness-503=5s", Told(RESTARTS, "C06", "sketch"), why=_NOT_OFFERED),
    Broken("wrong-port", Told(HEALTHY, "NONE"), length="16s", flags=_LOAD, words=" refused",
           why="its probes ask the side port, which is right: only requests find nobody"),
    Broken("ignore-sigterm", Told(STOPPED, "G02"), length="10s", flags=("--rollout",),
           why=_IN_PROGRAM),
    Broken("task-leak=4000", Told(RESTARTS, "D02"), length="40s", limits=_SMALL,
           why="memory tells that something grows; a profile tells that it is tasks"),
    Broken("cpu-burn=8", Told(RESTARTS, "C05", "review"), length="60s",
           limits=(("cpu", "100m"),), timeout=1),
    Broken("hang", Told(RESTARTS, "C06", "sketch"), length="70s",
           why="its side port says 503 for a loop that hangs, which from outside looks like a "
           "dependency: the restart is the cure, and the lock has to be mended"),
    Broken("panic=4s", Told(RESTARTS, "A01"), why=_IN_PROGRAM),
)  # fmt: skip
# With version 2 of control groups the kernel ends the container, not only its child.
_GROUP_KILL = Told(RESTARTS, "D02")


class Outcome(NamedTuple):
    """A fault, what was found, and what was found with the patch; None where there is none."""

    broken: Broken
    before: Rehearsed
    after: Finding | None


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Server, Server]]:
    """A real PostgreSQL with room for several pods, and a real Redis."""
    need_root()
    with postgres.server(_SESSIONS) as database, redis.server() as cache:
        yield database, cache


@pytest.fixture
def gin_pod(gin_program: str) -> Program:
    """The Go service."""
    return gin_service(gin_program)


@pytest.fixture
def fastapi_pod() -> Program:
    """The Python service."""
    for driver in ("asyncpg", "fastapi", "redis", "uvicorn"):
        need_driver(driver)
    return fastapi_service()


@pytest.mark.parametrize("name", ["gin_pod", "fastapi_pod"])
def test_own_manifest_runs_a_minute_without_restarts(
    name: str, request: pytest.FixtureRequest, servers: tuple[Server, Server], tmp_path: Path
) -> None:
    """Its Deployment as it is, init containers and all; only the ports are free ones."""
    program: Program = request.getfixturevalue(name)

    found = rehearse(program.sources, *own_arguments(program, servers, tmp_path), "--for", "60s")

    assert found.code == 0, found.err[-3000:]
    assert (told(found.finding).state, found.finding["restarts"]) == (HEALTHY, 0)


@pytest.mark.parametrize(("name", "faults"), [("gin_pod", GIN), ("fastapi_pod", FASTAPI)])
def test_faults_are_told_and_mended(
    name: str,
    faults: tuple[Broken, ...],
    request: pytest.FixtureRequest,
    servers: tuple[Server, Server],
    tmp_path: Path,
) -> None:
    """Each of the 15 switches by its cause; a patch that can be applied ends its restarts."""
    program: Program = request.getfixturevalue(name)
    migrate(program, servers)
    every = (*COMMON, *faults)
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as together:
        outcomes = list(
            together.map(lambda each: _outcome(Pod(program, each, servers, tmp_path), each), every)
        )

    wrong = [f"{o.broken.fault}: {problem}" for o in outcomes for problem in _problems(o)]
    assert not wrong, "\n".join(wrong)
    assert len({outcome.broken.name for outcome in outcomes}) == 15


def _outcome(pod: Pod, broken: Broken) -> Outcome:
    """Rehearse it as it is, and once more with the patch of the report."""
    before = _rehearse(pod, broken)
    if not told(before.finding).mends:
        return Outcome(broken, before, None)
    mend(pod.directory, before.finding)
    unproven = broken._replace(told=broken.told._replace(proof=""))
    return Outcome(broken, before, _rehearse(pod, unproven).finding)


def _rehearse(pod: Pod, broken: Broken) -> Rehearsed:
    flags = [flag.format(port=pod.port) for flag in broken.flags]
    if broken.while_running:
        threading.Thread(target=_switch, args=(pod, broken), daemon=True).start()
    # Proofs are the business of the scenarios; here the proof is that it does not restart any more.
    if broken.told.proof != PROVEN:
        flags += ["--replays", "0"]
    return rehearse(pod.directory, "-f", "pod.yaml", "--for", broken.length, *flags)


def _switch(pod: Pod, broken: Broken) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not pod.is_ready() and time.monotonic() < deadline:
        time.sleep(0.1)
    # The kubelet has to have heard it as well, or the hang looks like a start that never ends.
    time.sleep(_HEARD_SECONDS)
    pod.switch(broken.name)


def _problems(outcome: Outcome) -> Iterator[str]:
    """What is not as it should be."""
    broken, before, after = outcome
    found, expected = told(before.finding), broken.told
    if broken.name == "child-oom" and not kills_one(before.finding):
        expected = _GROUP_KILL
    if found != expected:
        yield f"{found}: {before.finding['headline']}"
    if broken.words not in before.err:
        yield f"{broken.words!r} is not told"
    if expected.mends == bool(broken.why):
        yield "a patch that can be applied needs no excuse, and nothing else goes without one"
    if after is not None and after["restarts"]:
        yield f"restarts with the patch: {after['headline']}"
