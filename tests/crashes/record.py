"""Runs every program of scenarios.py for real, and keeps what it wrote and how it ended.

`python -m tests.crashes.record [NAME...]` as root, on a machine with the programs a scenario uses.
Absolute paths of this machine become /app, so that recordings do not depend on where they were
made.
"""

import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.crashes.scenarios import SCENARIOS, Scenario

PROGRAMS = Path(__file__).parent / "programs"
RECORDED = Path(__file__).parent / "recorded"
_TIMEOUT_SECONDS = 120
_PORT = 15432
_LONGEST_LOG = 60_000


def record(scenario: Scenario, python: str) -> dict[str, object]:
    """Build and run one program; returns the recording."""
    with tempfile.TemporaryDirectory(prefix="crash-") as name:
        work = Path(name)
        work.chmod(0o777)
        names = {"programs": PROGRAMS, "work": work, "python": python, "postgres": _PORT}
        if scenario.build:
            subprocess.run(["sh", "-c", scenario.build.format(**names)], check=True)
        started = time.time()
        code, log = _run(scenario, scenario.run.format(**names), work)
        log = log.replace(str(work), "/app").replace(str(PROGRAMS), "/app")
        log = log.replace(python, "/usr/bin/python3").replace(str(Path(python).parents[1]), "/venv")
        log = log.replace(sys.base_prefix, "/usr")
    return {
        "name": scenario.name,
        "machine": platform.platform(),
        "recorded": time.strftime("%Y-%m-%d", time.gmtime(started)),
        "seconds": round(time.time() - started, 1),
        "command": scenario.run,
        "exitCode": code,
        "log": log[-_LONGEST_LOG:],
    }


def _run(scenario: Scenario, command: str, work: Path) -> tuple[int, str]:
    """The exit code as the kubelet would report it (128 + signal), and all output."""
    words = ["sh", "-c", f"exec {command}"]
    if scenario.user:
        words = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *words]
    if scenario.terminate_after:
        words = ["unshare", "--pid", "--fork", "--kill-child", *words]
    environment = {"PATH": os.environ["PATH"], "HOME": str(work), "LANG": "C.UTF-8"}
    process = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, cwd=work
    )
    if scenario.terminate_after:
        time.sleep(scenario.terminate_after)
        child = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0]
        os.kill(int(child), signal.SIGTERM)
    output, _ = process.communicate(timeout=_TIMEOUT_SECONDS)
    code = process.returncode
    return (128 - code if code < 0 else code), output.decode(errors="replace")


@contextmanager
def _drivers() -> Iterator[str]:
    """A Python with the database drivers that the programs use."""
    with tempfile.TemporaryDirectory(prefix="drivers-") as name:
        subprocess.run([sys.executable, "-m", "venv", name], check=True)
        python = f"{name}/bin/python"
        subprocess.run([python, "-m", "pip", "install", "-q", "psycopg[binary]"], check=True)
        yield python


@contextmanager
def _postgres() -> Iterator[None]:
    """A real PostgreSQL on loopback that wants passwords."""
    binaries = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"))), None)
    if binaries is None:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="postgres-") as name:
        shutil.chown(name, "postgres")
        as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        data = f"{name}/data"
        secret = Path(name, "password")
        secret.write_text("right\n", encoding="ascii")
        shutil.chown(secret, "postgres")
        subprocess.run(
            [*as_postgres, f"{binaries}/initdb", "-D", data, "-A", "scram-sha-256",
             f"--pwfile={secret}"],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        control = [*as_postgres, f"{binaries}/pg_ctl", "-D", data, "-w"]
        options = f"-p {_PORT} -c listen_addresses=127.0.0.1 -k {name}"
        subprocess.run([*control, "-o", options, "-l", f"{name}/log", "start"], check=True)
        try:
            yield
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True)


def main(wanted: list[str]) -> int:
    """Record the named scenarios, or all; returns the number that could not be recorded."""
    missing = 0
    RECORDED.mkdir(exist_ok=True)
    with _drivers() as python, _postgres():
        for scenario in SCENARIOS:
            if wanted and scenario.name not in wanted:
                continue
            absent = [program for program in scenario.uses if shutil.which(program) is None]
            if absent:
                print(f"{scenario.name}: not recorded, {', '.join(absent)} missing")
                missing += 1
                continue
            recording = record(scenario, python)
            target = RECORDED / f"{scenario.name}.json"
            target.write_text(json.dumps(recording, indent=1) + "\n", encoding="utf-8")
            print(f"{scenario.name}: exit {recording['exitCode']} in {recording['seconds']} s")
    return missing


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
