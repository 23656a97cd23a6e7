"""Rehearses every scenario of this directory, all side by side, and tells each in one line.

A manifest names its command in a comment, behind "$". As root every pod has a network of its own;
otherwise the ports that the manifests name must be free.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
Finding = dict[str, Any]
"""A finding as `-o json` tells it (docs/schema)."""

_COMMAND = re.compile(r"^# \$ holdfast (rehearse .*)$", re.MULTILINE)
_CLEAN_OR_FINDINGS = (0, 1)


class Scenario(NamedTuple):
    """A manifest, and the arguments of holdfast that rehearse it in its directory."""

    manifest: Path
    arguments: tuple[str, ...]

    @property
    def name(self) -> str:
        """What goes wrong."""
        return self.manifest.stem


def scenarios(directory: Path = HERE) -> list[Scenario]:
    """All of them, by name."""
    found = []
    for path in sorted(directory.glob("*.yaml")):
        command = _COMMAND.search(path.read_text(encoding="utf-8"))
        if command is None:
            raise SystemExit(f"{path}: no line such as: # $ holdfast rehearse -f {path.name}")
        found.append(Scenario(path, tuple(shlex.split(command[1]))))
    return found


def rehearse(scenario: Scenario) -> Finding:
    """Rehearse it; what the report finds of its one container."""
    programs = Path(sys.executable).parent
    own = ("--network", "own") if os.geteuid() == 0 else ()
    done = subprocess.run(
        [programs / "holdfast", *scenario.arguments, *own, "-o", "json"],
        cwd=scenario.manifest.parent,
        env={**os.environ, "PATH": f"{programs}:{os.environ.get('PATH', os.defpath)}"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in _CLEAN_OR_FINDINGS:
        raise SystemExit(f"{scenario.name} ended with {done.returncode}:\n{done.stderr}")
    finding: Finding
    (finding,) = json.loads(done.stdout)["findings"]
    return finding


def side_by_side(every: list[Scenario]) -> Iterator[tuple[Scenario, Finding]]:
    """Each with its finding; it takes as long as the longest."""
    with ThreadPoolExecutor(len(every)) as pool:
        yield from zip(every, pool.map(rehearse, every), strict=True)


def told(scenario: Scenario, finding: Finding) -> str:
    """One line."""
    return f"{scenario.name:<24}{'; '.join(_parts(finding))}"


def _parts(finding: Finding) -> Iterator[str]:
    claims = (finding["verdicts"] if finding["cause"] else []) or finding["beside"]
    yield f"{claims[0]['cause']} {claims[0]['title']}" if claims else finding["headline"]
    if finding["patch"] is not None:
        yield f"{finding['patch']['safety']} patch"
    proof = (finding["proof"] or {}).get("patch")
    if proof is not None:
        before, after = (proof[f"restartsPerDay{side}"]["median"] for side in ("Before", "After"))
        yield f"restarts a day: {before:.0f} before, {after:.0f} after"


def main() -> None:
    """Rehearse all of them."""
    for scenario, finding in side_by_side(scenarios()):
        print(told(scenario, finding), flush=True)


if __name__ == "__main__":
    main()
