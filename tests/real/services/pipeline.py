"""Runs a workflow of GitHub Actions here: its own shell in a real clone, step by step.

Real: git, the remote, bash with the flags of Actions, and every program that a step calls except
docker, which is a stand-in with a directory as registry. `uses` is known for actions/checkout,
which clones as deep as it is told, and for actions/setup-*, whose tools are those of this machine.
Source: docs.github.com, Workflow syntax (jobs.<job_id>.steps[*].shell) and Contexts.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

_EXPRESSION = re.compile(r"\$\{\{ *([^}]*?) *\}\}")
_DOCKER = """#!/bin/sh
# The registry is the directory REGISTRY: one file for each tag, with what was built.
set -eu
place() { printf %s "$REGISTRY/$(printf %s "$1" | tr /: __)"; }
file=$(place "$(eval echo "\\${$#}")")
case "$1 $2" in
    "login "*) cat > "$REGISTRY/password" ;;
    "manifest inspect") test -e "$file" ;;
    "build --tag") test -e Dockerfile && git rev-parse HEAD > "$(place "$3").built" ;;
    "push "*) mv "$file.built" "$file" ;;
    "inspect "*) echo "${IMAGE}@sha256:$(sha256sum "$file" | cut -d' ' -f1)" ;;
    *) echo "docker $*: not known here" >&2; exit 64 ;;
esac
"""


class StepError(Exception):
    """A step that failed, with its name and what it said."""


class Pipeline:
    """One workflow in a repository with a bare remote."""

    def __init__(self, directory: Path, workflow: str) -> None:
        """`directory` holds remote.git; `workflow` is the text of the workflow."""
        self.workflow: dict[Any, Any] = yaml.safe_load(workflow)
        self.registry = directory / "registry"
        self.outputs: dict[str, dict[str, str]] = {}
        self.log: list[str] = []
        self._directory = directory
        self._tools = directory / "tools"
        self.registry.mkdir()
        self._tools.mkdir()
        docker = self._tools / "docker"
        docker.write_text(_DOCKER)
        docker.chmod(0o755)

    def push(self) -> list[str]:
        """Run what a push of main starts; the jobs that ended well. Raises StepError."""
        done: list[str] = []
        self.outputs = {}
        for name, job in self.workflow["jobs"].items():
            needs = job.get("needs", [])
            if all(need in done for need in ([needs] if isinstance(needs, str) else needs)) and (
                self._holds(job.get("if", ""))
            ):
                self._job(name, job)
                done.append(name)
        return done

    def _job(self, name: str, job: dict[str, Any]) -> None:
        count = len(list(self._directory.glob("work-*")))
        work = self._directory / f"work-{count}"
        for number, step in enumerate(job["steps"]):
            if not self._holds(step.get("if", "")):
                continue
            uses = step.get("uses", "")
            if uses.startswith("actions/checkout@"):
                self._check_out(work, int(step.get("with", {}).get("fetch-depth", 1)))
            elif uses:
                assert uses.startswith("actions/setup-"), uses
            else:
                self._run(f"{name}/{step.get('name', number)}", step, work)

    def _check_out(self, work: Path, depth: int) -> None:
        """As actions/checkout: one commit and no tags, or everything for depth 0."""
        how = ["--no-tags", f"--depth={depth}"] if depth else []
        source = f"file://{self._directory / 'remote.git'}"
        subprocess.run(["git", "clone", "-q", *how, "--branch=main", source, work], check=True)

    def _run(self, name: str, step: dict[str, Any], work: Path) -> None:
        script, output = self._directory / "step.sh", self._directory / "output"
        script.write_text(self._filled(step["run"]))
        output.write_text("")
        head = subprocess.check_output(["git", "-C", work, "rev-parse", "HEAD"], text=True).strip()
        given = {**self.workflow.get("env", {}), **step.get("env", {})}
        tools = f"{self._tools}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=work,
            env={
                "PATH": tools,
                "HOME": str(self._directory),
                "GITHUB_OUTPUT": str(output),
                "GITHUB_SHA": head,
                "REGISTRY": str(self.registry),
                **{key: self._filled(str(value)) for key, value in given.items()},
            },
            capture_output=True,
            text=True,
            check=False,
        )
        self.log.append(f"{name}\n{done.stdout}{done.stderr}")
        if done.returncode:
            raise StepError(self.log[-1])
        if "id" in step:
            lines = output.read_text().splitlines()
            self.outputs[step["id"]] = dict(line.split("=", 1) for line in lines)

    def _filled(self, text: str) -> str:
        return _EXPRESSION.sub(lambda match: self._value(match[1]), text)

    def _value(self, expression: str) -> str:
        known = {
            "github.event_name": "push",
            "github.ref": "refs/heads/main",
            "github.actor": "someone",
        }
        if expression in known:
            return known[expression]
        if expression.startswith("secrets."):
            return f"the {expression}"
        match = re.fullmatch(r"steps\.(\w+)\.outputs\.(\w+)", expression)
        assert match is not None, expression
        return self.outputs.get(match[1], {}).get(match[2], "")

    def _holds(self, condition: str) -> bool:
        """Equalities joined by &&, which is all that the workflow has."""
        for part in filter(None, condition.split(" && ")):
            left, right = part.split(" == ")
            if self._value(left) != right.strip("'"):
                return False
        return True
