"""What examples/fastapi-service promises beside what both examples do, under `holdfast run`."""

import re
import signal
import tomllib

import pytest
from tests.dependencies.peers import LOOPBACK, free_port
from tests.real.examples.example import Example
from tests.real.examples.fastapi import SOURCES
from tests.real.examples.memory_limit import memory_limit

pytestmark = pytest.mark.real

MIB = 1 << 20


def test_clients_are_released(fastapi_service: Example) -> None:
    """The stop ends with its phases, and each says what it took."""
    with fastapi_service.start() as service:
        service.until_ready()
        service.term()

        assert service.wait() == 0
        for phase in ("postgres", "redis"):
            assert f"stop phase {phase} ended" in service.log


def test_budget_that_cannot_hold_is_refused(fastapi_service: Example) -> None:
    """A stop longer than the grace period does not start, and the sum is shown."""
    with fastapi_service.start(drain=40, HOLDFAST_GRACE_SECONDS="30") as service:
        assert service.wait() == 2
        assert "drain 40 s + evidence 2 s = 42 s" in service.log


def test_ignore_sigterm(fastapi_service: Example) -> None:
    """SIGTERM changes nothing; the supervisor ends it within the grace period and says so."""
    faults = "ignore-sigterm"
    with fastapi_service.start(faults=faults, drain=0, HOLDFAST_GRACE_SECONDS="4") as service:
        service.until_ready()
        service.term()

        assert service.wait() == 137
        assert "the budget is used up" in service.log


def test_kill_for_memory_is_told(fastapi_service: Example) -> None:
    """The supervisor lives on when the kernel kills the service, and says what happened."""
    with (
        memory_limit(160 * MIB) as wrapper,
        fastapi_service.start(wrapper, faults="memory-leak=64Mi") as service,
    ):
        assert service.wait() == 137
        assert "the command, process" in service.log
        assert "was killed" in service.log


def test_task_leak(fastapi_service: Example) -> None:
    """Tasks pile up: memory grows although nobody asks for anything."""
    with fastapi_service.start() as service:
        service.until_live()
        before = service.resident_bytes()
        service.switch("task-leak", "20000")

        service.assert_soon(lambda: service.resident_bytes() > before + 20 * MIB, "20 MiB of tasks")


def test_hang_is_seen_from_the_side(fastapi_service: Example) -> None:
    """The side port answers while the loop hangs, stacks show where, and the stop still ends."""
    side = free_port()
    told = {"HEALTH_ADDRESS": f"{LOOPBACK}:{side}", "HOLDFAST_GRACE_SECONDS": "6"}
    with fastapi_service.start(drain=0, **told) as service:
        service.until_ready()
        service.switch("hang")
        service.assert_soon(
            lambda: "_hang" in service.get_private("/debug/stacks").body, "the stack of the hang"
        )
        assert service.get_from(side, "/healthz").status == 200
        service.term()
        service.wait()

        assert "stop phase postgres is over its budget of 1 s: abandoned" in service.log


def test_exit_that_nobody_asked_for_is_told(fastapi_service: Example) -> None:
    """Kubernetes shows an exit code of 0; the supervisor says that no stop came before it."""
    with fastapi_service.start() as service:
        service.until_live()
        service.switch("exit-0", "300ms")

        assert service.wait() == 0
        assert "without being asked to" in service.log


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({"FAULTS": "memory_leak"}, "no fault 'memory_leak'"),
        ({"FAULTS": "hang=1"}, "expected no value"),
        ({"PORT": "http"}, "PORT='http'"),
    ],
)
def test_wrong_faults_and_settings_are_refused(
    fastapi_service: Example, told: dict[str, str], found: str
) -> None:
    """Nobody waits for a break that never comes."""
    with fastapi_service.start(**told) as service:
        assert service.wait() not in (0, -signal.SIGKILL)
        assert found in service.log


def test_pinned_versions_are_the_declared_ones() -> None:
    """What is installed into the image satisfies what the project asks for."""
    pinned = dict(
        line.lower().split("==")
        for line in (SOURCES / "requirements.txt").read_text().splitlines()
        if "==" in line
    )
    project = tomllib.loads((SOURCES / "pyproject.toml").read_text())["project"]
    wanted = {re.split(r"[\[>=]", text)[0] for text in project["dependencies"]}

    assert wanted <= set(pinned)
