"""The endpoints behind real servers: each adapter, as a kubelet, a stranger and an operator ask it.

tests/health asks the same of the parts; here frameworks and servers stand between, with their own
ideas of hosts, methods, headers, threads and signals.
"""

import http.client
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.dependencies.peers import LOOPBACK
from tests.real.endpoints.fleet import SERVERS, Server
from tests.real.endpoints.shop import BODY, SECRETS, TOKEN
from tests.real.examples.service import Service, started
from tests.real.programs import need_driver
from tests.run.container import HOLDFAST

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[3]
PROBES = ("/healthz", "/livez", "/readyz", "/startupz", "/health")
WELL = dict.fromkeys(PROBES, 200)
_PATIENCE_SECONDS = 30.0


class Answer(NamedTuple):
    """One response; `headers` by their names in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes


class Shop:
    """The service, and the directory in which its checks look for their faults."""

    def __init__(self, server: Server, service: Service, control: Path) -> None:
        """It runs."""
        self.server = server
        self.service = service
        self._control = control

    def ask(self, path: str, method: str = "GET", token: str = "") -> Answer:
        """One request on a connection of its own, by address, as the kubelet calls."""
        connection = http.client.HTTPConnection(LOOPBACK, self.service.port, timeout=20)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            connection.request(method, path, headers=headers)
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()

    def statuses(self) -> dict[str, int]:
        """What each probe answers now."""
        return {path: self.ask(path).status for path in PROBES}

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait for what a sample brings."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, f"{what} did not come\n{self.service.log[-3000:]}"
            time.sleep(0.02)

    def until_served(self) -> None:
        """Wait until it listens."""

        def serves() -> bool:
            try:
                return self.ask("/healthz").status == 200
            except OSError:
                return False

        self.until(serves, "the server")

    @contextmanager
    def broken(self, *checks: str) -> Iterator[None]:
        """The checks fail meanwhile, and have recovered afterwards."""
        faults = [self._control / check for check in checks]
        for fault in faults:
            fault.touch()
        try:
            yield
        finally:
            for fault in faults:
                fault.unlink()
        self.until(lambda: self.statuses() == WELL, "recovery")


@contextmanager
def shop(
    server: Server, directory: Path, *, alone: bool = False, faults: tuple[str, ...] = (),
    refresh: str = "50ms",
) -> Iterator[Shop]:  # fmt: skip
    """The service behind this server, with these faults from the start."""
    need_driver(server.package)
    control = directory / "control"
    control.mkdir()
    for fault in faults:
        (control / fault).touch()
    command = ["sh", "-c", server.command]
    if not alone:
        command = [*HOLDFAST, "--drain", "3s", "--", *command]
    environment = {
        "PYTHONPATH": str(ROOT), "CONTROL": str(control), "REFRESH": refresh,
        "INTERFACE": server.interface, "SANIC_IGNORE_PRODUCTION_WARNING": "true",
    }  # fmt: skip
    with started(command, directory, (), **environment) as service:
        made = Shop(server, service, control)
        made.until_served()
        yield made


@pytest.fixture(scope="module", params=SERVERS, ids=lambda server: server.name)
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shop]:
    """One that has started, for tests that leave it as they found it."""
    with shop(request.param, tmp_path_factory.mktemp("shop")) as made:
        made.until(lambda: made.statuses() == WELL, "readiness")
        yield made


def test_everything_is_well(running: Shop) -> None:
    """Each endpoint answers in a few bytes, may not be cached, and the rest is the application."""
    answers = {path: running.ask(path) for path in PROBES}

    assert {path: answer.body for path, answer in answers.items()} == {
        **dict.fromkeys(PROBES, b"ok"), "/health": b'{"status":"pass"}',
    }  # fmt: skip
    assert {answer.headers["cache-control"] for answer in answers.values()} == {"no-store"}
    assert answers["/health"].headers["content-type"] == "application/health+json"
    assert answers["/readyz"].headers["content-type"].startswith("text/plain")
    assert answers["/readyz"].headers["content-length"] == "2"
    assert answers["/readyz"].headers["age"].isdecimal()


def test_application_is_behind(running: Shop) -> None:
    """What is no health path reaches the application; Django refuses the host only there."""
    answer = running.ask("/")
    deeper = running.ask("/healthz/more")

    if running.server.refuses_hosts:
        assert answer.status == 400
    else:
        assert (answer.status, answer.body) == (200, BODY)
    assert deeper.body != b"ok"


def test_methods_that_change_something_are_refused(running: Shop) -> None:
    """HEAD answers without a body; POST is no way to ask."""
    head, post = running.ask("/readyz", "HEAD"), running.ask("/readyz", "POST")

    assert (head.status, head.body) == (200, b"")
    assert post.status == 405


@pytest.mark.parametrize(
    ("check", "failing"),
    [
        ("database", {"/readyz", "/health"}),
        ("cache", {"/health"}),
        ("mail", set()),
        ("recovery", {"/healthz", "/livez", "/health"}),
    ],
)
def test_policies(running: Shop, check: str, failing: set[str]) -> None:
    """What a check's failure means for each probe (docs/specs/service.md 6.2)."""

    def told() -> bool:
        checks = json.loads(running.ask("/health", token=TOKEN).body)["checks"]
        return bool(checks[f"{check}:responseTime"][0]["status"] != "pass")

    with running.broken(check):
        running.until(told, f"the failure of {check}")
        found = {path for path, status in running.statuses().items() if status == 503}

    assert found == failing


def test_strangers_get_one_word(running: Shop) -> None:
    """Neither the public nor the detailed body holds what a check's error says (A12)."""
    with running.broken("database", "recovery"):
        running.until(lambda: running.statuses()["/healthz"] == 503, "failure of liveness")
        running.until(lambda: running.statuses()["/readyz"] == 503, "failure of readiness")
        public = {path: running.ask(path).body for path in PROBES}
        wrong = running.ask("/health", token="guessed")
        detail = running.ask("/health", token=TOKEN)

    assert public == {
        "/healthz": b"not live", "/livez": b"not live", "/readyz": b"not ready",
        "/startupz": b"ok", "/health": b'{"status":"fail"}',
    }  # fmt: skip
    assert wrong.body == public["/health"]
    document = json.loads(detail.body)
    assert detail.status == 503
    assert document["checks"]["database:responseTime"][0]["output"] == "failing"
    assert "RuntimeError" in document["checks"]["recovery:responseTime"][0]["output"]
    assert not [secret for secret in SECRETS if secret in detail.body.decode()]


@pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.name)
def test_start_and_drain(server: Server, tmp_path: Path) -> None:
    """Not ready before the start is over; during the drain not ready, alive, and still serving."""
    with shop(server, tmp_path, faults=("model",)) as made:
        made.until(lambda: b"shard" in made.ask("/startupz").body, "progress of the start")
        starting = {path: made.ask(path) for path in PROBES}
        (tmp_path / "control" / "model").unlink()
        made.until(lambda: made.statuses() == WELL, "readiness")
        made.service.term()
        made.until(lambda: made.ask("/readyz").body == b"draining", "drain")
        draining = {path: made.ask(path) for path in (*PROBES, "/")}
        code = made.service.wait()

    assert starting["/startupz"].status == starting["/readyz"].status == 503
    assert starting["/healthz"].status == 200
    assert starting["/startupz"].body.startswith(b"starting: shard 3 of ")
    assert not [secret for secret in SECRETS if secret in starting["/startupz"].body.decode()]
    statuses = {path: answer.status for path, answer in draining.items() if path in PROBES}
    assert statuses == {**WELL, "/readyz": 503, "/health": 503}
    if server.passes_connection_on:
        assert draining["/"].headers["connection"].lower() == "close"
    assert code == 0, made.service.log


@pytest.mark.parametrize(
    "server", [server for server in SERVERS if server.alone], ids=lambda server: server.name
)
def test_drain_without_a_supervisor(server: Server, tmp_path: Path) -> None:
    """A Life alone hears SIGTERM before its server does, and readiness tells."""
    with shop(server, tmp_path, alone=True) as made:
        made.until(lambda: made.statuses() == WELL, "readiness")
        made.service.term()
        made.until(lambda: made.ask("/readyz").body == b"draining", "drain")
        live = made.ask("/healthz").status
        code = made.service.wait()

    assert live == 200
    # uvicorn raises the signal again when it has stopped, as without a Life (service.md 9.1).
    assert code in (0, -15), made.service.log


@pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.name)
def test_checks_on_demand(server: Server, tmp_path: Path) -> None:
    """Without a refresh, each probe asks the checks, and tells what they say at once."""
    with shop(server, tmp_path, refresh="") as made:
        made.until(lambda: made.statuses() == WELL, "readiness")
        with made.broken("database"):
            broken = made.statuses()
        after = made.statuses()

    assert broken == {**WELL, "/readyz": 503, "/health": 503}
    assert after == WELL
