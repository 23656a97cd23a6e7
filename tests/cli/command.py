"""Runs the installed command, as a user would."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
CLUSTER = ROOT / "examples" / "cluster"


class Outcome(NamedTuple):
    """What a run left behind."""

    code: int
    out: str
    err: str


def holdfast(
    *arguments: str | Path, stdin: bytes = b"", program: str = "holdfast", **environment: str
) -> Outcome:
    """One run in the root of the project, with a clean environment."""
    return run_in(ROOT, *arguments, stdin=stdin, program=program, **environment)


def run_in(
    directory: Path,
    *arguments: str | Path,
    stdin: bytes = b"",
    program: str = "holdfast",
    **environment: str,
) -> Outcome:
    """One run in a directory."""
    command = Path(sys.executable).with_name(program)
    kept = {"PATH": f"{command.parent}:{os.environ.get('PATH', '')}", "HOME": "/nonexistent"}
    result = subprocess.run(
        [command, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        check=False,
        cwd=directory,
        env={**kept, **environment},
    )
    return Outcome(result.returncode, result.stdout.decode(), result.stderr.decode())


def objects() -> list[str]:
    """The flags that read the captured cluster from its objects."""
    return [f"-fexamples/cluster/{name}.json" for name in ("pods", "events", "nodes")]
