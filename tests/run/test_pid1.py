"""The supervisor as a real PID 1, for programs in several languages (service.md 10, T5)."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.dependencies.peers import free_port
from tests.real.programs import need
from tests.run.container import Container, container, supervised

pytestmark = pytest.mark.real

PROGRAMS = Path(__file__).parent / "programs"
# How long a process that drops SIGTERM is watched. A fact about the kernel, not a measurement.
NEVER_SECONDS = 1.5
LANGUAGES = ("python", "node", "java", "go")
# A shell that starts the program as a child and not in its place.
DASH = ["sh", "-c", 'trap : USR1; "$@"; true', "sh"]


@pytest.fixture(scope="module")
def go_server(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The Go program, built."""
    go = need("go", "golang-go")
    binary = tmp_path_factory.mktemp("go") / "server"
    subprocess.run(
        [go, "build", "-o", binary, PROGRAMS / "server.go"],
        check=True,
        cwd=PROGRAMS,
        env={**os.environ, "CGO_ENABLED": "0"},
    )
    return str(binary)


@pytest.fixture(params=LANGUAGES)
def server(request: pytest.FixtureRequest) -> tuple[list[str], int]:
    """The command of a server, and its port."""
    port = free_port()
    language: str = request.param
    return [*command_of(language, request), str(port)], port


def command_of(language: str, request: pytest.FixtureRequest) -> list[str]:
    """How a program of this language is started."""
    if language == "go":
        return [request.getfixturevalue("go_server")]
    if language == "java":
        return [need("java", "default-jdk-headless"), str(PROGRAMS / "Server.java")]
    if language == "node":
        return [need("node", "nodejs"), str(PROGRAMS / "server.js")]
    return [need("python3", "python3"), str(PROGRAMS / "server.py")]


def get(port: int) -> str:
    """What the server answers."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
        return str(answer.read().decode())


def assert_ended(running: Container, code: int) -> None:
    """PID 1 ends with this code, and nothing of its namespace is left."""
    assert running.wait() == code, running.err
    assert running.pids() == []


def test_sh_swallows_sigterm_without_a_supervisor() -> None:
    """The fault that the supervisor is for: dash as PID 1 drops SIGTERM."""
    with container(*DASH, "sleep", "1000") as running:
        running.until(lambda: "sleep" in running.names(), "the command")
        running.signal()
        time.sleep(NEVER_SECONDS)

        assert running.running


def test_sh_ends_under_the_supervisor() -> None:
    """The signal goes to the group, so a shell in between does not swallow it."""
    with container(*supervised("--", *DASH, "sleep", "1000")) as running:
        running.until(lambda: "sleep" in running.names(), "the command")
        running.signal()
        assert_ended(running, 0)


def test_every_language_drains_then_stops(server: tuple[list[str], int]) -> None:
    """It serves on during the window, gets one SIGTERM after it, and the stop is clean."""
    command, port = server
    with container(*supervised("--drain=1", "--", *command)) as running:
        running.says("listening")
        assert get(port)
        started = running.signal()
        while time.monotonic() < started + 0.7:
            assert get(port)
        assert "stopping" not in running.out
        assert_ended(running, 0)

    with pytest.raises(urllib.error.URLError):
        get(port)


def test_every_language_behind_sh(server: tuple[list[str], int]) -> None:
    """The commonest wrong image, CMD in shell form, stops cleanly as well."""
    command, _ = server
    with container(*supervised("--drain=0", "--", *DASH, *command)) as running:
        running.says("listening")
        running.signal()
        assert_ended(running, 0)


def test_page_is_read_by_other_languages() -> None:
    """A program in any language learns of the drain from the first byte of the page."""
    port = free_port()
    command = [need("node", "nodejs"), PROGRAMS / "server.js", str(port)]
    with container(*supervised("--drain=1", "--", *command)) as running:
        running.says("listening")
        assert get(port) == "state 0\n"
        running.signal()
        running.says("the stop begins")
        assert get(port) == "state 1\n"
        assert_ended(running, 0)


def test_command_that_listens_nowhere_has_no_window() -> None:
    """A worker, or a server that still imports, has nothing to drain."""
    with container(*supervised("--drain=20", "--", "sleep", "1000")) as running:
        running.until(lambda: "sleep" in running.names(), "the command")
        running.signal()
        assert_ended(running, 0)
        assert "nothing to drain" in running.err


def test_thousands_of_orphans_are_reaped() -> None:
    """Nothing stays a zombie, while the command lives and at its end."""
    script = "for i in 1 2 3; do (for j in $(seq 1000); do (:) & done) & done; wait; sleep 1000"
    with container(*supervised("--drain=0", "--", "sh", "-c", script)) as running:
        running.until(lambda: running.names() == ["sh", "sleep"], "the end of every orphan")
        running.signal()
        assert_ended(running, 0)
        reaped = int(running.err.rpartition("; ")[2].split()[0])
        assert reaped > 3000


def test_command_that_ignores_sigterm_is_killed_in_time() -> None:
    """At the end of the budget the group is killed, and the code, the log and Kubernetes say so."""
    with container(*supervised("--grace=4", "--drain=1", "--", *STUBBORN)) as running:
        running.says("deaf")
        started = running.signal()
        assert_ended(running, 137)
        assert time.monotonic() - started < 4
        assert "the budget is used up" in running.err
        assert "process 2 (sh): sleeping" in running.err


STUBBORN = ["sh", "-c", 'trap "" TERM; echo deaf; while :; do sleep 1000; done']


def test_reason_of_a_kill_is_kept_for_kubernetes(tmp_path: Path) -> None:
    """`kubectl describe pod` shows the reason that no log of the command holds."""
    message = tmp_path / "termination-log"
    message.touch()
    flags = ["--grace=3", "--drain=0", f"--termination-log={message}"]
    with container(*supervised(*flags, "--", *STUBBORN)) as running:
        running.says("deaf")
        running.signal()
        assert_ended(running, 137)

    assert "the budget is used up" in message.read_text()


@pytest.mark.parametrize(
    ("script", "code"), [("exit 0", 0), ("exit 3", 3), ("kill -SEGV $$", 139), ("kill $$", 143)]
)
def test_command_that_ends_by_itself(script: str, code: int, tmp_path: Path) -> None:
    """Its own result is the container's, and the log of the program stays the reason shown."""
    message = tmp_path / "termination-log"
    message.touch()
    with container(
        *supervised(f"--termination-log={message}", "--", "sh", "-c", script)
    ) as running:
        assert_ended(running, code)
        assert "without being asked to" in running.err

    assert message.read_text() == ""


def test_killed_from_outside_is_told(tmp_path: Path) -> None:
    """A SIGKILL that is not the supervisor's, as of the kernel for memory, is named."""
    message = tmp_path / "termination-log"
    message.touch()
    flag = f"--termination-log={message}"
    with container(*supervised(flag, "--", "sh", "-c", "kill -KILL $$")) as running:
        assert_ended(running, 137)

    assert "was killed" in message.read_text()


def test_command_that_daemonizes_is_explained() -> None:
    """The container ends with its command; what it left behind ends too, and the log says why."""
    script = "(setsid sleep 1000 &) ; (setsid sh -c 'trap \"\" TERM; sleep 1000' &) ; sleep 0.3"
    with container(*supervised("--forced=1", "--", "sh", "-c", script)) as running:
        assert_ended(running, 0)
        assert "run it in the foreground" in running.err


def test_stopped_command_stops() -> None:
    """SIGSTOP does not keep a command from ending: SIGCONT follows the stop signal."""
    with container(*supervised("--drain=0", "--", "sleep", "1000")) as running:
        running.until(lambda: "sleep" in running.names(), "the command")
        stopped = next(pid for pid in running.pids() if pid != running.pid1)
        os.kill(stopped, signal.SIGSTOP)
        running.says("is stopped by SIGSTOP")
        running.signal()
        assert_ended(running, 0)


def test_storm_of_signals(go_server: str) -> None:
    """Thousands of signals lose no stop, force nothing, and reach the command as one SIGTERM."""
    port = free_port()
    command = [need("python3", "python3"), PROGRAMS / "server.py", str(port)]
    with container(*supervised("--drain=1", "--", *command)) as running:
        running.says("listening")
        running.signal(signal.SIGWINCH, times=5000)
        running.signal(signal.SIGTERM, times=1000)
        running.signal(signal.SIGWINCH, times=5000)
        assert get(port)
        assert_ended(running, 0)
        assert running.out.count("stopping") == 1


def test_second_signal_ends_the_window() -> None:
    """Whoever cannot wait gets a clean stop at once."""
    port = free_port()
    command = [need("python3", "python3"), PROGRAMS / "server.py", str(port)]
    with container(*supervised("--drain=60", "--", *command)) as running:
        running.says("listening")
        running.signal()
        running.says("the stop begins")
        time.sleep(0.3)
        running.signal()
        assert_ended(running, 0)
        assert "second signal" in running.err


def test_last_signal_kills() -> None:
    """A command that does not listen and a person who insists: no waiting for the budget."""
    with container(*supervised("--grace=100", "--", *STUBBORN)) as running:
        running.says("deaf")
        for _ in range(3):
            running.signal()
            time.sleep(0.4)
        assert_ended(running, 137)


def test_other_signals_reach_the_command_alone() -> None:
    """A reload goes to the command and not to its children."""
    script = 'trap "echo again" HUP; sh -c "trap \\"echo child\\" HUP; sleep 2 & wait" & wait; wait'
    with container(*supervised("--drain=0", "--", "sh", "-c", script)) as running:
        running.until(lambda: "sleep" in running.names(), "the command")
        running.signal(signal.SIGHUP)
        running.says("again")
        running.signal()
        assert_ended(running, 0)
        assert "child" not in running.out


def test_stop_signal_of_the_image() -> None:
    """An image with STOPSIGNAL SIGQUIT is asked to stop in its own way, and that is clean."""
    script = 'trap "echo graceful; exit 0" QUIT; echo up; while :; do sleep 0.05; done'
    flags = ["--drain=0", "--stop-signal=QUIT"]
    for number in (signal.SIGTERM, signal.SIGQUIT):
        with container(*supervised(*flags, "--", "sh", "-c", script)) as running:
            running.says("up")
            running.signal(number)
            assert_ended(running, 0)
            assert "graceful" in running.out


def test_go_dumps_its_goroutines_before_the_kill(go_server: str) -> None:
    """A program that hangs leaves its stacks behind, as SIGKILL would not."""
    command = [go_server, str(free_port()), "ignore"]
    with container(*supervised("--grace=4", "--drain=0", "--", *command)) as running:
        running.says("listening")
        running.signal()
        # Go ends by itself after the dump, with its own code.
        assert_ended(running, 2)
        assert "goroutine 1 " in running.err


def test_java_dumps_its_threads_before_the_kill() -> None:
    """The JVM goes on after its dump and is killed at the end."""
    port = str(free_port())
    command = [need("java", "default-jdk-headless"), PROGRAMS / "Server.java", port, "hang"]
    with container(*supervised("--grace=5", "--drain=0", "--", *command)) as running:
        running.says("listening")
        running.signal()
        assert_ended(running, 137)
        assert "a-hook-that-hangs" in running.out


@pytest.fixture
def shared_memory() -> Iterator[set[str]]:
    """The pages that were there before."""
    yield {path.name for path in Path("/dev/shm").glob("holdfast-*")}


def test_pages_do_not_pile_up(shared_memory: set[str]) -> None:
    """A page ends with its supervisor; that of one that was killed is removed by the next."""

    def pages() -> set[str]:
        return {path.name for path in Path("/dev/shm").glob("holdfast-1-*")} - shared_memory

    with container(*supervised("--", "sleep", "1000")) as running:
        running.until(lambda: "sleep" in running.names(), "the command")
        (page,) = pages()
        running.signal(signal.SIGKILL)
        running.wait()
    an_hour_ago = time.time() - 3600
    os.utime(f"/dev/shm/{page}", (an_hour_ago, an_hour_ago))
    with container(*supervised("--", "true")) as running:
        assert_ended(running, 0)

    assert pages() == set()
