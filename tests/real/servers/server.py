"""A real server that was started for a test, and the states it can be put into."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from holdfast.dependencies.ask_blocking import ask_blocking
from holdfast.dependencies.target import parse_target
from holdfast.dependencies.verdict import Verdict
from holdfast.run.processes import descendants

SECRET = "hunter2-correct-horse"
WRONG_SECRET = "tr0ub4dor-and-3"
_START_SECONDS = 90.0
_STOP_SECONDS = 20.0


class Server:
    """Its addresses, its processes, and what was answered while it started."""

    def __init__(self, url: str, login: str, missing: str = "") -> None:
        """`url` greets, `login` has the right credentials, `missing` names what is not there."""
        self.url = url
        self.login = login
        self.missing = missing
        self.wrong = login.replace(SECRET, WRONG_SECRET)
        self.started: list[Verdict] = []
        self._processes: list[subprocess.Popen[bytes]] = []

    def run(
        self,
        command: list[str],
        directory: Path,
        *,
        account: str | None = None,
        variables: dict[str, str] | None = None,
    ) -> None:
        """Start a process of the server, in a session of its own."""
        with (directory / "output.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=directory,
                env={**os.environ, **(variables or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=account,
                group=account,
                extra_groups=[] if account else None,
            )
        self._processes.append(process)

    def ask(self, timeout: float = 5.0) -> Verdict:
        """The greeting."""
        return ask_blocking(parse_target(self.url), timeout)

    def until_up(self, log: Path) -> None:
        """Ask from the first moment on, and keep every answer."""
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            self.started.append(self.ask(timeout=2.0))
            if self.started[-1].up:
                return
            time.sleep(0.02)
        tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
        raise RuntimeError(f"{self.url} does not come up: {self.started[-1]}\n{tail}")

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stopped by SIGSTOP: the kernel still accepts, nobody answers."""
        self._signal(signal.SIGSTOP)
        for process in self._processes:
            _until_stopped(process.pid)
        try:
            yield
        finally:
            self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """End all of its processes."""
        self._signal(signal.SIGCONT)
        self._signal(signal.SIGTERM)
        for process in self._processes:
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _signal(self, number: signal.Signals) -> None:
        for process in self._processes:
            if process.poll() is None:
                sessions = descendants(process.pid) or []
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, number)
                if number in (signal.SIGSTOP, signal.SIGCONT):
                    # The sessions of PostgreSQL are groups of their own, and would answer.
                    for pid in sessions:
                        with suppress(ProcessLookupError):
                            os.kill(pid, number)


def _until_stopped(group: int) -> None:
    """A signal to stop reaches each thread in its own time."""
    deadline = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < deadline:
        if all(state in "TtZX" for state in _states(group)):
            return
        time.sleep(0.005)
    raise RuntimeError(f"process group {group} does not stop")


def _states(group: int) -> Iterator[str]:
    """The state of every thread of a process group, as proc(5) has them."""
    for file in Path("/proc").glob("[0-9]*/task/[0-9]*/stat"):
        with suppress(OSError):
            # The command in parentheses may hold spaces.
            fields = file.read_text().rpartition(")")[2].split()
            if int(fields[2]) == group:
                yield fields[0]


@contextmanager
def workplace(account: str | None = None) -> Iterator[Path]:
    """A directory that the account can reach; pytest's own are closed to others."""
    directory = Path(tempfile.mkdtemp(prefix="holdfast-"))
    if account is not None:
        shutil.chown(directory, account, account)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)
