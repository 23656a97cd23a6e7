"""The workflow that is shipped: its shell is run in a real repository with a real remote."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from tests.real.programs import need, need_tool
from tests.real.services.pipeline import Pipeline, StepError

from holdfast.blueprints.answers import Answers, Framework
from holdfast.cli.write_service import files_of, write_service

ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"
IMAGE = "ghcr.io/shop/api"
WORKFLOW = ".github/workflows/release.yml"
pytestmark = pytest.mark.real


class Project:
    """A new Node service under git, with a bare remote and its workflow."""

    def __init__(self, directory: Path) -> None:
        """With one commit, pushed."""
        need("node", "nodejs")
        self.path = directory / "clone"
        answers = Answers(Framework.NODE, "api", 8080, "ghcr.io/shop")
        texts = files_of(answers)
        remote = directory / "remote.git"
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", remote], check=True)
        subprocess.run(["git", "clone", "-q", remote, self.path], check=True, capture_output=True)
        self.git("config", "user.name", "a")
        self.git("config", "user.email", "a@example.com")
        self.git("checkout", "-q", "-B", "main")
        write_service(self.path, texts, force=False)
        self.push("feat: begin")
        self.pipeline = Pipeline(directory, texts[WORKFLOW])

    def git(self, *arguments: str) -> str:
        """What git prints."""
        command = ["git", "-C", str(self.path), *arguments]
        return subprocess.check_output(command, text=True, stderr=subprocess.DEVNULL)

    def push(self, message: str) -> str:
        """Everything as a commit on main, on top of what the workflow has pushed; its id."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        if self.git("ls-remote", "origin", "main"):
            self.git("pull", "-q", "--rebase", "origin", "main")
        self.git("push", "-q", "origin", "HEAD:main")
        return self.git("rev-parse", "HEAD").strip()

    def remote_tags(self) -> dict[str, str]:
        """Tag to commit, on the remote."""
        rows = self.git("ls-remote", "--tags", "origin").splitlines()
        return {name.removeprefix("refs/tags/"): commit for commit, name in map(str.split, rows)}

    def image(self) -> str:
        """What the Deployment on the remote names."""
        self.git("fetch", "-q", "origin")
        text = self.git("show", "origin/main:deploy/deployment.yaml")
        (image,) = re.findall(r"image: (\S+)", text)
        return str(image)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A new one."""
    return Project(tmp_path)


def test_green_commit_is_released(project: Project) -> None:
    """Tested, built, pushed, tagged on the commit that was built, and pinned by its digest."""
    head = project.git("rev-parse", "HEAD").strip()
    jobs = project.pipeline.push()

    assert jobs == ["test", "release"]
    assert project.remote_tags() == {"v0.1.0": head}
    assert re.fullmatch(rf"{IMAGE}:v0\.1\.0@sha256:[0-9a-f]{{64}}", project.image())
    built = project.pipeline.registry / "ghcr.io_shop_api_v0.1.0"
    assert built.read_text().strip() == head
    password = (project.pipeline.registry / "password").read_text()
    assert password == "the secrets.GITHUB_TOKEN\n"


def test_versions_follow_the_commits(project: Project) -> None:
    """A commit that changes something for users releases; others and the pin itself do not."""
    project.pipeline.push()
    project.push("docs: say more")
    project.pipeline.push()
    assert project.pipeline.outputs["next"]["release"] == "false"
    assert set(project.remote_tags()) == {"v0.1.0"}

    fix = project.push("fix: close the pool")
    project.pipeline.push()
    assert project.remote_tags()["v0.1.1"] == fix
    assert project.image().startswith(f"{IMAGE}:v0.1.1@sha256:")


def test_red_commit_is_not_released(project: Project) -> None:
    """A test that fails, or a hazard in the manifests, ends the run before the release."""
    (project.path / "red.test.mjs").write_text(
        'import assert from "node:assert";\nassert(false);\n'
    )
    project.push("feat: red")
    with pytest.raises(StepError, match="test/Test"):
        project.pipeline.push()

    (project.path / "red.test.mjs").unlink()
    manifest = project.path / "deploy" / "deployment.yaml"
    text = manifest.read_text()
    manifest.write_text(text.replace("GracePeriodSeconds: 35", "GracePeriodSeconds: 0"))
    project.push("feat: no grace")
    with pytest.raises(StepError, match="HF204"):
        project.pipeline.push()
    assert project.remote_tags() == {}
    assert list(project.pipeline.registry.iterdir()) == []


def test_image_is_never_pushed_over(project: Project) -> None:
    """An image without a tag in git is of a run that ended in between."""
    image = project.pipeline.registry / "ghcr.io_shop_api_v0.1.0"
    image.write_text("another build")
    with pytest.raises(StepError, match="an earlier run ended in between"):
        project.pipeline.push()

    assert image.read_text() == "another build"
    assert project.remote_tags() == {}


def test_shallow_checkout_is_noticed(project: Project) -> None:
    """Whoever takes fetch-depth out gets an error, and not the version 0.1.0 again."""
    (checkout,) = [s for s in project.pipeline.workflow["jobs"]["release"]["steps"] if "with" in s]
    project.push("feat: more")
    checkout.pop("with")
    with pytest.raises(StepError, match="history is cut off"):
        project.pipeline.push()


@pytest.mark.parametrize("framework", list(Framework))
@pytest.mark.parametrize("registry", ["ghcr.io/shop", "registry.example.com"])
def test_workflows_are_valid(framework: Framework, registry: str, tmp_path: Path) -> None:
    """actionlint knows the syntax, the contexts and the inputs of the actions."""
    actionlint = need_tool("actionlint", f"go install {ACTIONLINT}")
    path = tmp_path / "release.yml"
    path.write_text(files_of(Answers(framework, "api", 8080, registry))[WORKFLOW])
    done = subprocess.run([actionlint, path], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
    permissions = yaml.safe_load(path.read_text())["permissions"]
    assert permissions == {"contents": "read"}
