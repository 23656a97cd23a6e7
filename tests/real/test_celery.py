"""Celery with a real Redis: whether workers answer, and whether one worker's loop still turns."""

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.real.examples.service import Service, started
from tests.real.programs import need_driver
from tests.real.servers import redis
from tests.real.servers.server import SECRET, Server

from holdfast.dependencies import checks
from holdfast.health import Health

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[2]
_WORKER = ("celery", "-A", "tests.real.celery_tasks", "worker", "-l", "warning", "-P", "solo")


@pytest.fixture
def broker() -> Iterator[Server]:
    """Redis, up."""
    need_driver("celery")
    with redis.server() as server:
        yield server


@contextmanager
def worker(broker: Server, directory: Path) -> Iterator[Service]:
    """One worker that runs its tasks in the process that consumes, and beats each second."""
    command = [sys.executable, "-m", *_WORKER, "--heartbeat-interval", "1"]
    with started(command, directory, (), PYTHONPATH=str(ROOT), BROKER=broker.login) as service:
        service.until_live()
        yield service


def test_workers_answer(broker: Server, tmp_path: Path) -> None:
    """As many as are wanted, or it fails, and says how many there are."""
    from celery import Celery

    with Celery("tasks", broker=broker.login) as app:
        check = checks.celery(app, timeout=4)
        none = check.ask_blocking()
        with worker(broker, tmp_path):
            one = check.ask_blocking()
            two = checks.celery(app, min_workers=2).ask_blocking()

    assert check.blocking
    assert (none.state, none.detail) == ("failing", "0 workers answer a ping, 1 wanted")
    assert one.up, one
    assert (two.state, two.detail) == ("failing", "1 workers answer a ping, 2 wanted")


def test_broker_that_is_gone_or_frozen(broker: Server) -> None:
    """Celery waits for a frozen broker for ever; the deadline of the check holds."""
    from celery import Celery

    async def sampled(health: Health) -> str:
        await health.sample()
        verdict = health.board.entries["celery"].verdict
        return verdict.state if verdict else "not asked"

    with Celery("tasks", broker=broker.login) as app:
        health = Health(refresh=None)
        health.add(checks.celery(app, timeout=1), on_fail="report")
        with broker.frozen():
            frozen = asyncio.run(sampled(health))
        broker.stop()
        gone = checks.celery(app).ask_blocking()

    assert frozen == "frozen"
    assert gone.state in ("refused", "closed")
    assert SECRET not in gone.detail


def test_worker_that_hangs_is_told_from_a_broker_that_is_gone(
    broker: Server, tmp_path: Path
) -> None:
    """Both silence the heart of a worker; a restart mends only the first."""

    def silent(service: Service) -> bool:
        document = json.loads(service.get("/health").body)
        return bool(document["checks"]["pulse:responseTime"][0]["status"] == "fail")

    from celery import Celery

    with worker(broker, tmp_path) as service:
        with Celery("tasks", broker=broker.login) as app:
            app.send_task("tests.real.celery_tasks.block", (600,))
        service.assert_soon(lambda: service.get("/healthz").status == 503, "failure of liveness")
        assert silent(service)
    with worker(broker, tmp_path) as service:
        broker.stop()
        service.assert_soon(lambda: silent(service), "silence of the heart")
        assert service.get("/healthz").status == 200
