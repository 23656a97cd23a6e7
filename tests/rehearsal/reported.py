"""Rehearsals as they are typed, what matters of their reports, and manifests that they have mended.

Entry points: `rehearse`, `told`, `mend`.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

Finding = dict[str, Any]
"""A finding as `-o json` tells it (docs/schema)."""

RESTARTS, NOT_READY = "restarts", "not ready, not restarted"
HAZARD, STOPPED, HEALTHY = "hazard only", "stopped on request", "healthy"
PROVEN = "proven"
_PROGRAMS = Path(sys.executable).parent


class Told(NamedTuple):
    """What a report says: the state, the foremost claim, how safe its patch is, and its proof."""

    state: str
    cause: str = ""
    patch: str | None = None
    proof: str = ""
    """PROVEN, or how the reason begins why the patch was not replayed."""

    @property
    def mends(self) -> bool:
        """Whether the patch can be applied as it is."""
        return self.patch in ("safe", "review")


class Rehearsed(NamedTuple):
    """How a call ended: the finding about its pod, and what was told on standard error."""

    finding: Finding
    code: int
    err: str


def rehearse(directory: Path, *arguments: str) -> Rehearsed:
    """`holdfast rehearse` with these arguments, in a directory."""
    done = subprocess.run(
        [_PROGRAMS / "holdfast", "rehearse", *arguments, "-o", "json"],
        cwd=directory,
        env={**os.environ, "PATH": f"{_PROGRAMS}:{os.environ.get('PATH', os.defpath)}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr[-3000:]
    (finding,) = json.loads(done.stdout)["findings"]
    return Rehearsed(finding, done.returncode, done.stderr)


def told(finding: Finding) -> Told:
    """What matters of it."""
    claims = (finding["verdicts"] if finding["cause"] else []) or finding["beside"]
    patch = finding["patch"]
    return Told(
        finding["state"],
        claims[0]["cause"] if claims else "",
        patch["safety"] if patch is not None else None,
        _proof(finding["proof"] or {}),
    )


def mend(directory: Path, finding: Finding) -> None:
    """Apply the patch of a report to the manifests that were rehearsed."""
    diff = finding["patch"]["diff"]
    subprocess.run(["git", "apply", "-"], cwd=directory, input=diff, text=True, check=True)


def kills_one(finding: Finding) -> bool:
    """Whether the kernel has killed single processes here, and not whole containers."""
    return any("version 1" in gap["what"] for gap in finding["unread"])


def _proof(proof: Finding) -> str:
    if proof.get("patch"):
        return PROVEN if proof["patch"]["holds"] else f"does not hold: {proof['patch']['because']}"
    return str(proof.get("notReplayed", ""))
