"""Runs the waiter as a process of its own, in each form in which it is shipped."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
COMMAND = [str(Path(sys.executable).with_name("holdfast")), "wait"]
MODULE = [sys.executable, "-m", "holdfast.wait"]


class Ended(NamedTuple):
    """What a run left behind."""

    code: int
    out: str
    err: str


def environment(**more: str) -> dict[str, str]:
    """A clean environment."""
    kept = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}
    return {**kept, **more}


def wait(*arguments: str | Path, form: list[str] | None = None, **more: str) -> Ended:
    """One run to its end."""
    result = subprocess.run(
        [*(form or COMMAND), *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=environment(**more),
        timeout=60,
    )
    return Ended(result.returncode, result.stdout, result.stderr)


@contextmanager
def waiting(*arguments: str, form: list[str] | None = None) -> Iterator["subprocess.Popen[str]"]:
    """A run under way; it is killed at the end."""
    command = [*(form or COMMAND), *arguments]
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as process:
        try:
            yield process
        finally:
            process.kill()
