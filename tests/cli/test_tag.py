"""`holdfast tag` as it is typed, in real repositories with a real remote."""

import json
import subprocess
from pathlib import Path

import jsonschema
import pytest
from tests.cli.command import ROOT, Outcome, holdfast, run_in

from holdfast.reports.schema import next_tag_schema, tag_check_schema, text_of

IMAGE = "registry.example.com/api"
MANIFEST = f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: api, namespace: shop-prod}}
spec:
  selector: {{matchLabels: {{app: api}}}}
  template:
    metadata: {{labels: {{app: api}}}}
    spec:
      containers:
        - name: api
          image: {IMAGE}:v0.1.0
        - name: proxy
          image: envoyproxy/envoy:v1.31.0
"""


class Repository:
    """A clone and the remote that it came from."""

    def __init__(self, directory: Path) -> None:
        """Both are new."""
        self.remote, self.path = directory / "remote.git", directory / "clone"
        subprocess.run(["git", "init", "-q", "--bare", self.remote], check=True)
        subprocess.run(["git", "clone", "-q", self.remote, self.path], check=True,
                       stderr=subprocess.DEVNULL)  # fmt: skip
        self.git("config", "user.name", "a")
        self.git("config", "user.email", "a@example.com")

    def git(self, *arguments: str) -> str:
        """What git prints."""
        return subprocess.check_output(
            ["git", "-C", self.path, *arguments], text=True, stderr=subprocess.DEVNULL
        )

    def commit(self, message: str, *tags: str) -> str:
        """An empty commit with tags; its id."""
        self.git("commit", "-q", "--allow-empty", "-m", message)
        for tag in tags:
            self.git("tag", tag)
        return self.git("rev-parse", "HEAD").strip()

    def next(self, *arguments: str) -> Outcome:
        """`holdfast tag next` in it."""
        return run_in(self.path, "tag", "next", *arguments)

    def verify(self, *arguments: str | Path) -> Outcome:
        """`holdfast tag verify` of api.yaml in it."""
        return run_in(self.path, "tag", "verify", "api.yaml", "--image", IMAGE, *arguments)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """With one release."""
    made = Repository(tmp_path)
    made.commit("feat: begin", "v0.1.0")
    (made.path / "api.yaml").write_text(MANIFEST)
    return made


def test_next_tag_by_the_commits(repository: Repository) -> None:
    """Only the tag is on standard output, so that a script can use it."""
    repository.commit("fix: close the pool")
    assert repository.next() == Outcome(0, "v0.1.1\n", "")
    repository.commit("feat: orders\n\nBREAKING CHANGE: none of the old ones")
    assert repository.next().out == "v0.2.0\n"
    assert repository.next("--environment", "dev", "--pre", "rc").out == "dev-v0.2.0-rc.1\n"


def test_annotated_tags_are_their_commits(repository: Repository) -> None:
    """An annotated tag has an object of its own, which is no commit."""
    repository.commit("feat: more")
    repository.git("tag", "-a", "-m", "release", "v0.2.0")

    assert "this commit is v0.2.0 already" in repository.next("--bump", "minor").err
    repository.git("push", "-q", "origin", "HEAD", "--tags")
    repository.commit("fix: it")
    assert repository.next("--remote", "origin").out == "v0.2.1\n"


def test_nothing_to_release(repository: Repository) -> None:
    """No tag is no error: a pipeline goes on without one."""
    repository.commit("docs: say more")
    outcome = repository.next()

    assert (outcome.code, outcome.out) == (0, "")
    assert "no commit since v0.1.0 changes anything for users" in outcome.err
    assert repository.next("-o", "github").out.startswith("release=false\ntag=\n")


def test_dirty_tree_is_refused(repository: Repository) -> None:
    """The image would hold what the tag does not; files that git does not know are told nowhere."""
    repository.git("add", "api.yaml")
    repository.commit("feat: manifest")
    (repository.path / "untracked").touch()
    assert repository.next().code == 0

    (repository.path / "api.yaml").write_text("")
    outcome = repository.next()
    assert (outcome.code, outcome.out) == (1, "")
    assert "files differ from the commit that would be tagged: api.yaml" in outcome.err
    assert "  next: commit the changes" in outcome.err


def test_commit_behind_the_newest_tag_is_refused(repository: Repository) -> None:
    """A branch that was not rebased; its own line of versions is allowed."""
    repository.git("checkout", "-q", "-b", "old")
    repository.commit("fix: old")
    repository.git("checkout", "-q", "-")
    repository.commit("feat: new", "v0.2.0")
    repository.git("checkout", "-q", "old")

    assert "v0.2.0 is not in the history of this commit" in repository.next().err
    assert repository.next("--line", "0.1").out == "v0.1.1\n"


def test_shallow_clone_is_refused(repository: Repository, tmp_path: Path) -> None:
    """What actions/checkout makes by default: versions would begin anew."""
    repository.commit("feat: more")
    repository.git("push", "-q", "origin", "HEAD")
    shallow = tmp_path / "shallow"
    source = f"file://{repository.remote}"
    subprocess.run(["git", "clone", "-q", "--depth=1", source, shallow], check=True)

    outcome = run_in(shallow, "tag", "next")
    assert outcome.code == 1
    assert "fetch-depth: 0" in outcome.err


def test_promotion(repository: Repository) -> None:
    """From the tag that the commit has."""
    repository.commit("feat: more", "dev-v0.2.0")
    arguments = ("--environment", "staging", "--promote", "dev")
    assert repository.next(*arguments).out == "staging-v0.2.0\n"

    repository.commit("feat: untried")
    assert "only what was tested is promoted" in repository.next(*arguments).err


def test_tags_from_standard_input() -> None:
    """As git tag, git show-ref and git ls-remote print them."""
    for lines in ("v1.2.0\nother\n", f"{'a' * 40} refs/tags/v1.2.0\n", f"{'a' * 40}\tv1.2.0^{{}}"):
        outcome = holdfast("tag", "next", "-", "--bump", "minor", stdin=lines.encode())
        assert outcome.out == "v1.3.0\n"
    assert holdfast("tag", "next", "-", stdin=b"v1.2.0\n").code == 2


def test_answers_for_programs(repository: Repository) -> None:
    """Outputs of a step, and JSON that keeps to its schema."""
    head = repository.commit("feat: more")
    lines = repository.next("-o", "github").out.splitlines()
    assert lines == ["release=true", "tag=v0.2.0", "version=0.2.0", "previous=v0.1.0"]

    document = json.loads(repository.next("-o", "json").out)
    jsonschema.validate(document, next_tag_schema())
    assert (document["tag"], document["commit"]) == ("v0.2.0", head)
    assert document["reasons"] == ["feat: more"]


def test_commit_cannot_write_outputs(repository: Repository) -> None:
    """A message with line feeds and escapes adds no output and moves no cursor."""
    repository.commit("feat: x\n\nrelease=true\ntag=v9.9.9")
    repository.commit("feat: \x1b[2Jy")

    assert "v9.9.9" not in repository.next("-o", "github").out
    assert "\\u001b" not in repository.next("-o", "json").out


def test_schemas_are_current() -> None:
    """The published schemas are those of the documents."""
    for name, schema in (("next-tag", next_tag_schema()), ("tag-check", tag_check_schema())):
        committed = (ROOT / "docs" / "schema" / f"{name}.v1.json").read_text(encoding="utf-8")
        assert committed == text_of(schema), f"run: python -m holdfast.reports.schema {name}"


def test_tag_of_a_manifest_is_right(repository: Repository) -> None:
    """Only the images of this repository are looked at."""
    repository.git("push", "-q", "origin", "HEAD", "--tags")
    outcome = repository.verify("--remote", "origin")

    assert (outcome.code, outcome.out) == (0, "1 image checked, 0 with a wrong tag\n")


def test_tag_of_a_manifest_is_wrong(repository: Repository) -> None:
    """With place and advice, as annotation, and as JSON that keeps to its schema."""
    (repository.path / "api.yaml").write_text(MANIFEST.replace("v0.1.0", "dev-v0.2.0"))
    outcome = repository.verify()

    assert outcome.code == 1
    assert "api.yaml:11:11: registry.example.com/api:dev-v0.2.0: dev-v0.2.0 is made for" in (
        outcome.out
    )
    assert "git has no tag dev-v0.2.0" in outcome.out
    assert "::error file=api.yaml,line=11,col=11::" in repository.verify("-o", "github").out
    document = json.loads(repository.verify("-o", "json", "--exit-zero").out)
    jsonschema.validate(document, tag_check_schema())
    assert document["images"][0]["place"] == "namespace shop-prod"


def test_tag_that_was_moved(repository: Repository) -> None:
    """The remote still has the commit that was built."""
    repository.git("push", "-q", "origin", "HEAD", "--tags")
    repository.commit("fix: it")
    repository.git("tag", "-f", "v0.1.0")

    assert "v0.1.0 was moved" in repository.verify("--remote", "origin").out


def test_kustomization_and_given_environment(repository: Repository) -> None:
    """Where tags are written by kustomize, and where nothing says where they go."""
    overlay = repository.path / "overlays" / "prod"
    overlay.mkdir(parents=True)
    (overlay / "kustomization.yaml").write_text(
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
        f"images:\n  - name: {IMAGE}\n    newTag: dev-v0.1.0\n"
    )
    repository.git("tag", "dev-v0.1.0")
    command = ("tag", "verify", "overlays", "--image", IMAGE)
    assert "deployed to the overlay of prod" in run_in(repository.path, *command).out
    assert run_in(repository.path, *command, "--environment", "dev").code == 0


def test_nothing_checked_is_no_success(repository: Repository, tmp_path: Path) -> None:
    """No image of that name, no repository, no path."""
    assert run_in(repository.path, "tag", "verify", "api.yaml", "--image", "other").code == 3
    outcome = run_in(tmp_path, "tag", "next")
    assert outcome.code == 3
    assert "expected a git repository" in outcome.err
    assert repository.next("--environment", "Not/This").code == 2
