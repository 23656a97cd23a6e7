"""`holdfast check` as a hook of pre-commit and as a step of GitHub Actions."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.real.programs import need_driver, need_tool
from tests.real.services.test_release_workflow import ACTIONLINT

ROOT = Path(__file__).parents[3]
BAD = """\
apiVersion: v1
kind: Pod
metadata: {name: api}
spec:
  terminationGracePeriodSeconds: 0
  containers: [{name: api, image: "registry.example.com/api:1.4.2"}]
"""
GOOD = BAD.replace("Seconds: 0", "Seconds: 30")
pytestmark = pytest.mark.real


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository of somebody else, with a manifest that has a hazard."""
    made = tmp_path / "repository"
    (made / "deploy").mkdir(parents=True)
    (made / "deploy" / "api.yaml").write_text(BAD)
    subprocess.run(["git", "init", "-q", made], check=True)
    subprocess.run(["git", "-C", made, "add", "-A"], check=True)
    return made


def test_hook_of_pre_commit(repository: Path, tmp_path: Path) -> None:
    """pre-commit installs it from a clone, runs it, and is content when the hazard is gone."""
    need_driver("pre_commit")
    command = [
        sys.executable,
        "-m",
        "pre_commit",
        "try-repo",
        str(ROOT),
        "holdfast-check",
        "-a",
        "-v",
    ]
    environment = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "cache")}

    def run() -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command, cwd=repository, env=environment, capture_output=True, text=True, check=False
        )

    red = run()
    assert red.returncode == 1, red.stdout + red.stderr
    assert "deploy/api.yaml:5:3: HF204" in red.stdout
    (repository / "deploy" / "api.yaml").write_text(GOOD)
    green = run()
    assert green.returncode == 0, green.stdout + green.stderr


class Action:
    """The steps of action.yml, run by bash as Actions does."""

    def __init__(self, workspace: Path, temporary: Path) -> None:
        """For one workspace."""
        self.document: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
        self._workspace, self._temporary = workspace, temporary

    def run(self, number: int, **inputs: str) -> "subprocess.CompletedProcess[str]":
        """One step, with inputs as `with` gives them; a hyphen is written as _."""
        step = self.document["runs"]["steps"][number]
        given = {name: str(i["default"]) for name, i in self.document["inputs"].items()}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        variables = {name: self._filled(text, given) for name, text in step["env"].items()}
        assert step["shell"] == "bash"
        script = self._temporary / "step.sh"
        script.write_text(step["run"])
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=self._workspace,
            env={"PATH": os.environ["PATH"], "RUNNER_TEMP": str(self._temporary), **variables},
            capture_output=True,
            text=True,
            check=False,
        )

    @staticmethod
    def _filled(text: str, inputs: dict[str, str]) -> str:
        match = re.fullmatch(r"\$\{\{ (?:inputs\.([a-z-]+)|github\.action_path) \}\}", text)
        assert match is not None, text
        return inputs[match[1]] if match[1] else str(ROOT)


def test_action(repository: Path, tmp_path: Path) -> None:
    """It installs what it comes with, annotates the line, and writes SARIF; inputs are no shell."""
    action = Action(repository, tmp_path)
    installed = action.run(0)
    assert installed.returncode == 0, installed.stderr
    red = action.run(1, paths="deploy", sarif="out.sarif", audience="platform")
    assert red.returncode == 1, red.stderr
    assert "::error file=deploy/api.yaml,line=5," in red.stdout
    results = json.loads((repository / "out.sarif").read_text())["runs"][0]["results"]
    assert "HF204" in [result["ruleId"] for result in results]
    assert action.run(1, paths="deploy", fail_on="never").returncode == 0
    assert action.run(1, paths="deploy", arguments="--without HF204").returncode == 0

    action.run(1, paths="$(touch owned) `touch owned` ; touch owned")
    assert not (repository / "owned").exists()


def test_inputs_of_the_action(repository: Path) -> None:
    """A workflow that uses it is valid, and each input is used."""
    actionlint = need_tool("actionlint", f"go install {ACTIONLINT}")
    text = (ROOT / "action.yml").read_text()
    (repository / "action.yml").write_text(text)
    workflow = repository / ".github" / "workflows" / "check.yml"
    workflow.parent.mkdir(parents=True)
    steps = [
        {"uses": "actions/checkout@v5"},
        {"uses": "./", "with": dict.fromkeys(yaml.safe_load(text)["inputs"], "x")},
    ]
    job = {"runs-on": "ubuntu-24.04", "steps": steps}
    workflow.write_text(yaml.safe_dump({"on": {"push": {}}, "jobs": {"check": job}}))
    done = subprocess.run([actionlint], cwd=repository, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
    for name in yaml.safe_load(text)["inputs"]:
        assert f"inputs.{name} }}}}" in text
