"""The supervisor as an ordinary process: on a laptop, in a shared process namespace, a terminal."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.run.container import HOLDFAST

from holdfast.cli.run_command import root

SECONDS = 20.0


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """One run to its end."""
    return subprocess.run(
        [*HOLDFAST, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
        env={"PATH": os.environ["PATH"], **environment},
        timeout=SECONDS,
    )


def until_gone(pid: int) -> None:
    """Wait for the end of a process that is no child of ours."""
    deadline = time.monotonic() + SECONDS
    while Path(f"/proc/{pid}").exists():
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        if state == "Z":
            return
        assert time.monotonic() < deadline, f"process {pid} is still there"
        time.sleep(0.02)


def test_result_of_the_command_is_the_result() -> None:
    """Output and exit code are the command's; the supervisor speaks on standard error only."""
    result = run("--", "sh", "-c", "echo out; exit 5")

    assert (result.returncode, result.stdout) == (5, "out\n")


@pytest.mark.parametrize("form", [HOLDFAST, [sys.executable, "-m", "holdfast.run"]])
def test_both_forms_start(form: list[str]) -> None:
    """`python -m holdfast.run` is the same program."""
    result = subprocess.run([*form, "--", "true"], capture_output=True, check=False)

    assert result.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "code", "found"),
    [
        (("--", "no-such-command"), 127, "no such command in PATH"),
        (("--", "/etc/passwd"), 126, "without permission to execute"),
        (("--drain=40", "--grace=30", "--", "true"), 2, "drain 40 s + evidence 2 s = 42 s"),
        (("true",), 2, "a word before --"),
        ((), 2, "no command"),
    ],
)
def test_nothing_starts_that_cannot_work(arguments: tuple[str, ...], code: int, found: str) -> None:
    """What is wrong is said in four parts, before the command has started."""
    result = run(*arguments)

    assert result.returncode == code
    assert found in result.stderr
    assert "\n  next: " in result.stderr
    assert "started" not in result.stderr


def test_file_that_cannot_be_executed() -> None:
    """An executable that is none is told with the code of a shell, not with a traceback."""
    program = Path("/dev/shm") / f"holdfast-test-{os.getpid()}"
    program.write_text("neither a script nor a program")
    program.chmod(0o755)
    try:
        result = run("--", str(program))
    finally:
        program.unlink()

    assert result.returncode == 126
    assert "check its first line" in result.stderr
    assert "Traceback" not in result.stderr


def test_json_lines() -> None:
    """Each line is an object with a step that programs can search for."""
    result = run("-o", "json", "--", "sh", "-c", "exit 3")
    lines = [json.loads(line) for line in result.stderr.splitlines()]

    assert [line["step"] for line in lines] == ["start", "end", "exit"]
    assert lines[-1]["code"] == 3
    assert {line["logger"] for line in lines} == {"holdfast.run"}


def test_quiet_says_errors_only() -> None:
    """A program with clean logs can keep them clean."""
    assert run("-q", "--", "true").stderr == ""


def test_variables_of_the_service() -> None:
    """The command finds the page and the numbers that it plans its own stop with."""
    result = run("--grace=45", "--", "sh", "-c", 'test -w "$HOLDFAST_PAGE" && env')

    assert "HOLDFAST_GRACE_SECONDS=45" in result.stdout.splitlines()
    assert "HOLDFAST_PRE_STOP_SECONDS=0" in result.stdout.splitlines()


def test_page_is_gone_afterwards() -> None:
    """Nothing is left in shared memory."""
    result = run("--", "sh", "-c", 'echo "$HOLDFAST_PAGE"')

    assert not Path(result.stdout.strip()).exists()


def test_signals_are_as_the_command_expects_them() -> None:
    """Nothing is blocked or ignored in the command that was not before: SIGPIPE ends a pipe."""
    result = run("--", "sh", "-c", "grep -E '^Sig(Blk|Ign)' /proc/self/status")
    lines = [line.split() for line in result.stdout.splitlines()]
    # GNU make starts its commands with the C library's own signals, 32 and 33, ignored.
    masks = {name: int(mask, 16) & ~0x1_8000_0000 for name, mask in lines}

    assert masks == {"SigBlk:": 0, "SigIgn:": 0}


def test_what_was_ignored_stays_ignored() -> None:
    """nohup holdfast run -- CMD goes on without its terminal."""
    script = (
        f"trap '' HUP; exec {' '.join(HOLDFAST)} -- sh -c 'kill -HUP $PPID; sleep 0.2; echo on'"
    )
    result = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)

    assert (result.returncode, result.stdout) == (0, "on\n")


def test_orphans_are_adopted_without_being_pid_1() -> None:
    """A daemon does not escape into a shared process namespace."""
    result = run("--forced=1", "--", "sh", "-c", "(setsid sleep 1000 & echo $!) ; sleep 0.2")

    until_gone(int(result.stdout))
    assert "left 1 process behind" in result.stderr


def test_command_does_not_outlive_a_killed_supervisor() -> None:
    """Where no kernel ends the namespace, the command is told."""
    with subprocess.Popen(
        [*HOLDFAST, "--", "sh", "-c", "echo $$; exec sleep 1000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        command = int(process.stdout.readline())
        process.kill()

    until_gone(command)
    for page in Path("/dev/shm").glob(f"holdfast-{process.pid}-*"):
        page.unlink()


class Terminal:
    """The supervisor on a terminal of its own."""

    def __init__(self, *command: str) -> None:
        """Start it as the leader of the terminal's session."""
        self.pid, self._descriptor = pty.fork()
        if self.pid == 0:
            os.execv(HOLDFAST[0], [*HOLDFAST, "--drain=0", "--", *command])  # noqa: S606
        self.seen = ""

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._descriptor, text.encode())

    def shows(self, text: str) -> None:
        """Wait for a text."""
        deadline = time.monotonic() + SECONDS
        while text not in self.seen:
            assert time.monotonic() < deadline, self.seen
            if select.select([self._descriptor], [], [], 0.1)[0]:
                self.seen += os.read(self._descriptor, 4096).decode(errors="replace")

    def end(self) -> int:
        """The exit code."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def test_terminal_belongs_to_the_command() -> None:
    """`docker run -it … holdfast run -- sh` reads what is typed."""
    terminal = Terminal("sh", "-c", 'echo ready; read line; echo "got $line"')
    terminal.shows("ready")
    terminal.type("hello\n")
    terminal.shows("got hello")

    assert terminal.end() == 0


def test_control_c_reaches_the_command() -> None:
    """Ctrl-C is the command's own affair, as without a supervisor."""
    terminal = Terminal(
        "sh", "-c", 'trap "echo caught; exit 4" INT; echo ready; while :; do sleep 0.1; done'
    )
    terminal.shows("ready")
    terminal.type("\x03")
    terminal.shows("caught")

    assert terminal.end() == 4


def test_interrupt_from_elsewhere_is_a_stop() -> None:
    """`kill -INT` of the supervisor begins the stop; the command never sees SIGINT."""
    with subprocess.Popen(
        [*HOLDFAST, "--", "sh", "-c", 'trap "echo int; exit 9" INT; echo up; sleep 1000'],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=SECONDS)

    assert (process.returncode, out) == (0, "")


def test_supervisor_loads_little() -> None:
    """It stays in memory for as long as the service lives, and starts with each container."""
    heavy = {"argparse", "asyncio", "click", "enum", "json", "logging", "re", "socket", "threading"}
    code = "import holdfast.run.supervisor, holdfast.run.command, sys; print(*sys.modules)"
    isolated = [sys.executable, "-I", "-c", code]
    result = subprocess.run(isolated, capture_output=True, text=True, check=True)

    assert heavy.isdisjoint(result.stdout.split())


def test_help_and_completion_know_the_flags() -> None:
    """What the parser takes is what --help and the shell offer."""
    import click

    command = root.get_command(click.Context(root), "run")

    assert command is not None
    shown = run("--help").stdout
    for parameter in command.params:
        assert parameter.opts[-1] in shown
