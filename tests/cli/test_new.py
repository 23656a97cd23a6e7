"""`holdfast new` as it is typed: what it writes, asks, and refuses to write over."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tests.cli.command import ROOT, Outcome, run_in

from holdfast import __version__
from holdfast.blueprints.answers import Answers, Framework
from holdfast.cli.write_service import files_of

EXPECTED = Path(__file__).with_name("expected")
FRAMEWORKS = [framework.value for framework in Framework]
_PATIENCE_SECONDS = 60


def new(directory: Path, framework: str, *flags: str, name: str = "api") -> Outcome:
    """A service below a directory."""
    registry = () if "--registry" in flags else ("--registry", "ghcr.io/shop")
    return run_in(directory, "new", framework, name, *registry, *flags)


def manifest(texts: dict[str, str]) -> str:
    """The Deployment, as it is kept here: without the version of holdfast."""
    return texts["deploy/deployment.yaml"].replace(__version__, "VERSION")


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_deployment_is_as_expected(framework: str) -> None:
    """Whoever changes a template sees what it means for every framework.

    Written by `python -m tests.cli.test_new`.
    """
    answers = Answers(Framework(framework), "api", 8000, "ghcr.io/shop", ("postgres", "redis"))
    expected = (EXPECTED / f"new-{framework}.yaml").read_text(encoding="utf-8")

    assert manifest(files_of(answers)) == expected


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("dependencies", ["", "postgres,redis,kafka"])
def test_everything_can_be_read(framework: str, dependencies: str, tmp_path: Path) -> None:
    """Every file is what its name says, and nothing of the templates is left in it."""
    outcome = new(tmp_path, framework, "--dependencies", dependencies)
    written = sorted(p for p in (tmp_path / "api").rglob("*") if p.is_file())

    assert outcome.code == 0
    assert outcome.out.splitlines() == [str(p.relative_to(tmp_path)) for p in written]
    for path in written:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<<[a-z_. ]+>>|\.template", text), path
        if path.suffix in (".yaml", ".yml"):
            assert yaml.safe_load(text)
        if path.suffix == ".json":
            assert json.loads(text)
        if path.suffix == ".py":
            compile(text, path, "exec")
    assert (tmp_path / "api" / "deploy" / "secret.yaml").exists() is bool(dependencies)


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("dependencies", ["", "mysql,amqp,nats"])
def test_check_finds_nothing(framework: str, dependencies: str, tmp_path: Path) -> None:
    """What we write for others passes all of our own rules."""
    new(tmp_path, framework, "--dependencies", dependencies)
    outcome = run_in(
        tmp_path, "check", "--audience", "pedantic", "--fail-on", "info", "--strict", "api"
    )

    assert outcome.code == 0, outcome.out


def test_nothing_is_written_over(tmp_path: Path) -> None:
    """One file in the way, and no other one is written either."""
    (tmp_path / "api").mkdir()
    mine = tmp_path / "api" / "Dockerfile"
    mine.write_text("FROM scratch\n")
    outcome = new(tmp_path, "node")

    assert outcome.code == 3
    assert "Dockerfile: there already" in outcome.err
    assert "--force" in outcome.err
    assert list((tmp_path / "api").iterdir()) == [mine]
    assert mine.read_text() == "FROM scratch\n"
    assert new(tmp_path, "node", "--force").code == 0
    assert "node" in mine.read_text()


def test_place_that_cannot_be_written(tmp_path: Path) -> None:
    """A file where a directory is to be."""
    (tmp_path / "api").touch()
    outcome = new(tmp_path, "node")

    assert outcome.code == 3
    assert "found: Not a directory" in outcome.err or "found: File exists" in outcome.err


def test_directory_of_its_own(tmp_path: Path) -> None:
    """Into the repository that is there."""
    assert new(tmp_path, "gin", "--directory", ".").code == 0
    assert (tmp_path / "go.mod").read_text().startswith("module api\n")


def test_missing_answers_without_a_terminal(tmp_path: Path) -> None:
    """A script is told which flag is missing; port and dependencies have defaults."""
    outcome = run_in(tmp_path, "new", "gin", "api")
    assert outcome.code == 2
    assert "--registry is missing" in outcome.err
    assert new(tmp_path, "gin", "--port", "80").code == 2
    assert new(tmp_path, "gin", "--dependencies", "mongo").code == 2
    assert not (tmp_path / "api").exists()


def test_answers_are_asked_on_a_terminal(tmp_path: Path) -> None:
    """The few that are missing, with their defaults; what is no port is asked again."""
    ours, theirs = pty.openpty()
    command = [str(Path(sys.executable).with_name("holdfast")), "new", "node"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        os.close(theirs)
        os.write(ours, b"shop-api\nmany\n\nregistry.example.com\nredis\n")
        out, err = process.communicate(timeout=_PATIENCE_SECONDS)
    os.close(ours)

    assert process.returncode == 0, err
    assert b"Name of the service: " in err
    assert b"Port [8080]: " in err
    assert b"shop-api/deploy/secret.yaml" in out
    assert "image: registry.example.com/shop-api:v0.1.0" in (
        tmp_path / "shop-api" / "deploy" / "deployment.yaml"
    ).read_text(encoding="utf-8")


def test_workflow_of_the_example_is_current() -> None:
    """The workflow in the examples is the one that is written, and that the tests run."""
    answers = Answers(Framework.GIN, "gin-service", 8080, "registry.example.com")
    workflow = ROOT / "examples" / "gin-service" / ".github" / "workflows" / "release.yml"

    assert (
        workflow.read_text(encoding="utf-8") == files_of(answers)[".github/workflows/release.yml"]
    ), "run: python -m tests.cli.test_new"


def _write_expected() -> None:
    EXPECTED.mkdir(exist_ok=True)
    for framework in Framework:
        answers = Answers(framework, "api", 8000, "ghcr.io/shop", ("postgres", "redis"))
        path = EXPECTED / f"new-{framework}.yaml"
        path.write_text(manifest(files_of(answers)), encoding="utf-8")
    answers = Answers(Framework.GIN, "gin-service", 8080, "registry.example.com")
    workflow = ROOT / "examples" / "gin-service" / ".github" / "workflows" / "release.yml"
    workflow.parent.mkdir(parents=True, exist_ok=True)
    workflow.write_text(files_of(answers)[".github/workflows/release.yml"], encoding="utf-8")


if __name__ == "__main__":
    _write_expected()
