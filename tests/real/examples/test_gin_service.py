"""What examples/gin-service promises beside what both examples do."""

import subprocess
import time

import pytest
from tests.real.examples.example import Example
from tests.real.examples.gin import BUILD, SOURCES, TAGS

pytestmark = pytest.mark.real


def test_its_own_tests_pass(gin_program: str) -> None:
    """The example is tested in its own language, formatted and vetted."""
    del gin_program
    for command in (["go", "vet"], ["go", "test"]):
        whole = [*command, *TAGS, "./..."]
        result = subprocess.run(
            whole, cwd=SOURCES, env=BUILD, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, result.stdout + result.stderr
    assert subprocess.check_output(["gofmt", "-l", "."], cwd=SOURCES, text=True) == ""


def test_budget_that_cannot_hold_is_refused(gin_service: Example) -> None:
    """A stop longer than the grace period does not start, and the sum is shown."""
    with gin_service.start(drain=20, IN_FLIGHT_SECONDS="20", GRACE_SECONDS="30") as service:
        assert service.wait() == 1
        assert "drain 20s + in flight 20s + release 2s = 42s" in service.log


def test_port_that_is_taken_is_named(gin_service: Example) -> None:
    """A start that cannot work ends at once and says why."""
    with gin_service.start() as first:
        first.until_live()
        with gin_service.start(PORT=str(first.port)) as second:
            assert second.wait() == 1
            assert f"listening on :{first.port}" in second.log


def test_profiles(gin_service: Example) -> None:
    """pprof answers on the private port, also while the service hangs."""
    with gin_service.start() as service:
        service.until_live()
        assert service.get_private("/debug/pprof/profile?seconds=1").status == 200
        service.switch("hang")

        assert "goroutine" in service.get_private("/debug/pprof/goroutine?debug=2").body


def test_ignore_sigterm(gin_service: Example) -> None:
    """SIGTERM changes nothing; only SIGKILL ends it."""
    with gin_service.start(faults="ignore-sigterm", drain=0) as service:
        service.until_ready()
        service.term()
        time.sleep(1.5)
        assert service.get("/readyz").status == 200
        service.process.kill()

        assert service.wait() == -9


def test_goroutine_leak(gin_service: Example) -> None:
    """pprof shows goroutines that wait for ever, all at one place."""
    with gin_service.start() as service:
        service.until_live()
        service.switch("goroutine-leak", "2000")
        service.assert_soon(
            lambda: "2000 @" in service.get_private("/debug/pprof/goroutine?debug=1").body,
            "a profile with 2000 goroutines at one place",
        )
