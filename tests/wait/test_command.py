"""`holdfast wait` as a script meets it: exit codes, streams, signals and the command behind --."""

import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import jsonschema
import pytest
from tests.dependencies.answers import NATS_INFO, pg_error
from tests.dependencies.peers import LOOPBACK, free_port, listener, peer
from tests.wait.waiter import COMMAND, MODULE, ROOT, wait, waiting

from holdfast.wait.usage import EXIT_CODES

SECRET = "hunter2-correct-horse"


def refused() -> str:
    """A URL on which nothing listens."""
    return f"tcp://{LOOPBACK}:{free_port()}"


@pytest.mark.parametrize("form", [COMMAND, MODULE], ids=["command", "module"])
def test_all_ready_is_zero(form: list[str]) -> None:
    """Mixed protocols in one call; progress goes to standard error, nothing to standard output."""
    with peer(b"+PONG\r\n") as redis, peer(NATS_INFO, b"PONG\r\n") as nats:
        ended = wait(f"redis://{LOOPBACK}:{redis}", f"nats://{LOOPBACK}:{nats}", form=form)

    assert (ended.code, ended.out) == (0, "")
    assert "all 2 ready" in ended.err


def test_time_out_is_124_and_tells_the_last_state() -> None:
    """Whoever reads the log of the init container learns which target was missing, and why."""
    with peer(b"+PONG\r\n") as redis:
        ended = wait(f"redis://{LOOPBACK}:{redis}", refused(), "--timeout", "300ms")

    assert ended.code == 124
    assert "time is up" in ended.err
    assert "refused" in ended.err.splitlines()[-2]
    assert "redis" not in "".join(ended.err.splitlines()[-2:])
    assert "next: " in ended.err


def test_time_out_during_the_first_attempt_tells_what_is_known() -> None:
    """A limit that is shorter than one attempt still says refused, frozen or black-holed."""
    with listener() as server:
        ended = wait(f"redis://{LOOPBACK}:{server.getsockname()[1]}", "-t", "200ms")

    assert ended.code == 124
    assert "frozen" in ended.err
    assert "no answer within 0.2 s" in ended.err


def test_wait_ends_when_the_target_comes() -> None:
    """A target that opens later is seen, and states on the way are printed once each."""
    with listener() as server:
        port = server.getsockname()[1]
    threading.Timer(0.5, lambda: _open_for_a_while(port)).start()

    ended = wait(f"tcp://{LOOPBACK}:{port}", "-t", "20s")

    assert ended.code == 0
    assert ended.err.count("refused") == 2  # the state and its sentence, once
    assert ended.err.count("  up  ") == 1


def _open_for_a_while(port: int) -> None:
    import socket

    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((LOOPBACK, port))
        server.listen()
        time.sleep(2)


def test_permanent_error_ends_at_once() -> None:
    """Waiting does not create a database: exit 3 long before the time is up."""
    with peer(pg_error("3D000", 'database "app" does not exist')) as port:
        ended = wait(f"postgres://u:{SECRET}@{LOOPBACK}:{port}/app", "-t", "600s")

    assert ended.code == 3
    assert 'database "app" does not exist (SQLSTATE 3D000)' in ended.err
    assert SECRET not in ended.err + ended.out


def test_keep_trying_waits_all_the_same() -> None:
    """A database that a Job creates later can be waited for."""
    with peer(pg_error("3D000", "no")) as port:
        ended = wait(f"postgres://{LOOPBACK}:{port}/app", "-t", "400ms", "--keep-trying", "-v")

    assert ended.code == 124
    assert ended.err.count("  missing  ") > 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "nothing to wait for"),
        (["db:5432"], "without a scheme"),
        (["foo://db"], "scheme 'foo'"),
        (["tcp://h:1", "--nope"], "not known"),
        (["tcp://h:1", "-t"], "no value"),
        (["tcp://h:1", "-t", "soon"], "expected a duration"),
        (["tcp://h:1", "-t", "5x"], "expected a duration"),
        (["tcp://h:1", "-t", "-5"], "expected a duration"),
        (["tcp://h:1", "--quiet=yes"], "takes none"),
        (["tcp://h:1", "-o", "xml"], "expected text or json"),
        (["tcp://h:1", "--"], "expected a command"),
        (["tcp://h:1", "--until-migrated", "x"], "expected alembic=REVISION"),
        (["tcp://h:1", "--until-migrated", "alembic=1"], "expected a database"),
        (["--env", "NOT_THERE"], "not set"),
        (["--file", "/nonexistent"], "cannot be read"),
        ([f"postgres://u:{SECRET}/x@db"], 'an "@" behind'),
        ([f"redis://u:{SECRET}@$(HOST)"], "was not replaced"),
    ],
)
def test_wrong_usage_is_two_in_four_parts(arguments: list[str], words: str) -> None:
    """A mistake is found before the first attempt, explained, and shows no secret."""
    ended = wait(*arguments)

    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err
    assert "\n  found: " in ended.err
    assert "\n  next: " in ended.err
    assert SECRET not in ended.err


def test_driver_that_is_missing_is_said() -> None:
    """A login without a driver is refused, never replaced by a greeting in silence."""
    ended = wait(
        "postgres://u:p@127.0.0.1/db", "--login", form=[*_isolated(), "-m", "holdfast.wait"]
    )

    assert ended.code == 2
    assert "expected one of asyncpg, psycopg, pg8000" in ended.err
    assert "holdfast[postgres]" in ended.err


def _isolated() -> list[str]:
    """The system's interpreter with the source of this project and nothing else."""
    return ["env", f"PYTHONPATH={ROOT / 'src'}", "python3", "-S"]


def test_command_takes_the_place_of_the_waiter(tmp_path: Path) -> None:
    """exec: the same process id, its own output and exit code, and no ignored signals."""
    script = tmp_path / "show"
    script.write_text('#!/bin/sh\necho "$$"\ngrep SigIgn /proc/self/status\nexit 7\n')
    script.chmod(0o755)
    with listener() as server:
        url = f"tcp://{LOOPBACK}:{server.getsockname()[1]}"
        with waiting(url, "-q", "--", str(script), "--timeout", "1") as process:
            out, err = process.communicate(timeout=30)

    first, ignored = out.splitlines()
    assert (process.returncode, int(first), err) == (7, process.pid, "")
    # GNU make starts its commands with the C library's own signals, 32 and 33, ignored.
    assert int(ignored.split()[1], 16) & ~0x1_8000_0000 == 0


def test_command_is_looked_for_before_the_wait(tmp_path: Path) -> None:
    """A misspelt command does not cost the whole wait."""
    plain = tmp_path / "plain"
    plain.write_text("#!/bin/sh\n")
    missing = wait(refused(), "-t", "600", "--", "no-such-command")
    closed = wait(refused(), "-t", "600", "--", plain)

    assert (missing.code, closed.code) == (127, 126)
    assert "no such command in PATH" in missing.err
    assert "permission to execute" in closed.err


def test_command_that_is_no_program(tmp_path: Path) -> None:
    """What the kernel refuses to execute is told as such."""
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF nothing")
    broken.chmod(0o755)
    with listener() as server:
        ended = wait(f"tcp://{LOOPBACK}:{server.getsockname()[1]}", "--", broken)

    assert ended.code == 126
    assert "cannot be executed" in ended.err


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)]
)
def test_signal_ends_the_wait_at_once(number: signal.Signals, code: int) -> None:
    """A pod that is deleted while it waits does not use up its grace period."""
    with waiting(refused(), "-t", "600") as process:
        assert process.stderr is not None
        process.stderr.readline()
        process.send_signal(number)

        assert process.wait(10) == code


def test_invert_waits_until_nothing_is_there() -> None:
    """The way to wait for the end of something."""
    with listener() as server:
        url = f"tcp://{LOOPBACK}:{server.getsockname()[1]}"
        still = wait(url, "--invert", "-t", "300ms")
    gone = wait(url, "--invert", "-t", "10s")

    assert (still.code, gone.code) == (124, 0)
    assert "still there" in still.err


def test_json_lines_fit_their_schema() -> None:
    """Each line is an object of the published schema, on standard output."""
    schema = json.loads((ROOT / "docs" / "schema" / "wait.v1.json").read_text())
    with peer(b"+PONG\r\n") as redis:
        good = wait(f"redis://{LOOPBACK}:{redis}", "-o", "json")
    late = wait(refused(), "-o", "json", "-v", "-t", "300ms")
    lines = [json.loads(line) for line in (good.out + late.out).splitlines()]

    for line in lines:
        jsonschema.validate(line, schema)
    assert [line["event"] for line in lines[:2]] == ["changed", "ready"]
    assert (lines[-1]["event"], lines[-1]["code"]) == ("failed", 124)
    assert {line["event"] for line in lines[2:-1]} == {"changed", "attempt"}
    assert (good.err, late.err) == ("", "")


def test_json_leaves_standard_output_to_the_command() -> None:
    """With a command behind -- the events go to standard error."""
    with listener() as server:
        url = f"tcp://{LOOPBACK}:{server.getsockname()[1]}"
        ended = wait(url, "-o", "json", "--", "echo", "mine")

    assert ended.out == "mine\n"
    assert [json.loads(line)["event"] for line in ended.err.splitlines()] == ["changed", "ready"]


def test_quiet_says_nothing_but_failures() -> None:
    """A wait that went well leaves no line in the log."""
    with listener() as server:
        good = wait(f"tcp://{LOOPBACK}:{server.getsockname()[1]}", "-q")
    bad = wait(refused(), "-q", "-t", "200ms")

    assert (good.out, good.err) == ("", "")
    assert "time is up" in bad.err


def test_urls_come_from_environment_and_files(tmp_path: Path) -> None:
    """A secret that is mounted or injected does not have to stand on the command line."""
    file = tmp_path / "urls"
    with peer(b"+PONG\r\n") as redis, listener() as server:
        file.write_text(f"# the cache\nredis://:{SECRET}@{LOOPBACK}:{redis}\n\n")
        port = server.getsockname()[1]
        ended = wait("--env", "DB", "--file", file, DB=f"tcp://{LOOPBACK}:{port}")

    assert ended.code == 0
    assert "all 2 ready" in ended.err
    assert SECRET not in ended.err


def test_reader_that_goes_away_does_not_end_the_wait() -> None:
    """`holdfast wait -o json | head -1` still waits; what counts is the exit code."""
    with waiting(refused(), "-o", "json", "-v", "-t", "700ms") as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()

        assert process.wait(20) == 124


def test_help_names_every_flag_and_exit_code() -> None:
    """What is not in the help is known to its author only."""
    text = wait("--help").out

    for word in ("--timeout", "--login", "--until-migrated", "--keep-trying", "--invert", "--env"):
        assert word in text
    assert " ".join(text.split()).endswith(EXIT_CODES)


def test_group_lists_the_command() -> None:
    """The way through click, for help and completion, ends in the same waiter."""
    from click.testing import CliRunner

    from holdfast.cli.run_command import root

    runner = CliRunner()
    assert "Wait until every dependency" in runner.invoke(root, ["--help"]).output
    assert "--attempt-timeout" in runner.invoke(root, ["wait", "--help"]).output


def test_interval_of_weeks_does_not_overflow() -> None:
    """poll(2) counts in an int; a longer pause is waited for in parts."""
    ended = wait(refused(), "-i", "800h", "-t", "300ms")

    assert ended.code == 124


_HANGING = """
import _thread, atexit, sys, time
from holdfast.wait.command import leave
if sys.argv[1] == "hang":
    _thread.start_new_thread(time.sleep, (60,))
    time.sleep(0.2)
atexit.register(print, "taken down")
print("told")
leave(7)
"""


@pytest.mark.parametrize(("what", "said"), [("hang", "told\n"), ("quiet", "told\ntaken down\n")])
def test_end_beside_a_hanging_thread(what: str, said: str) -> None:
    """What was said is out, and the interpreter is not taken down beside a thread in C code."""
    ended = subprocess.run(
        [sys.executable, "-c", _HANGING, what],
        capture_output=True,
        check=False,
        timeout=30,
        text=True,
    )

    assert (ended.returncode, ended.stdout) == (7, said)
