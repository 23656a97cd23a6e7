"""`holdfast check` of Dockerfiles as it is typed: what it finds, mends, accepts and cannot read."""

import json
from pathlib import Path

import jsonschema
import pytest
from tests.cli.command import Outcome, holdfast

from holdfast.reports.schema import inspection_schema

MANIFEST = "apiVersion: v1\nkind: Service\nmetadata: {name: api}\nspec: {}\n"
DOCKERFILE = """\
FROM node:22.4.1-bookworm-slim AS base
COPY --chmod=0755 docker/start.sh /start.sh
# The server.
CMD node server.js --port 8080
"""


def check(*arguments: str | Path, stdin: str = "") -> Outcome:
    """One run."""
    return holdfast("check", *arguments, stdin=stdin.encode())


@pytest.fixture
def dockerfile(tmp_path: Path) -> Path:
    """A Dockerfile whose shell swallows SIGTERM."""
    path = tmp_path / "Dockerfile"
    path.write_text(DOCKERFILE)
    return path


def test_dockerfile_is_examined(dockerfile: Path) -> None:
    """By its name, with the place, the shell of its base image, and the fix."""
    outcome = check(dockerfile)

    assert outcome.code == 1
    assert f"{dockerfile}:4:1: HF801 high (certain)" in outcome.out
    assert "sh here is dash" in outcome.out
    assert (
        'fix (safe, --fix): JSON form: CMD ["node", "server.js", "--port", "8080"]' in outcome.out
    )
    assert "1 high in 1 file, 1 Dockerfile;" in outcome.out


def test_dockerfiles_are_found(tmp_path: Path, dockerfile: Path) -> None:
    """In directories by their names, elsewhere by what they begin with; beside manifests."""
    for name in ("Dockerfile.web", "web.Dockerfile", "Containerfile", "Dockerfile.dockerignore"):
        (tmp_path / name).write_text(DOCKERFILE)
    (tmp_path / "recipe").write_text(f"# syntax=docker/dockerfile:1\n{DOCKERFILE}")
    (tmp_path / "api.yaml").write_text(MANIFEST)
    found = json.loads(check("-o", "json", tmp_path).out)

    assert found["examined"]["dockerfiles"] == 4
    assert found["examined"]["objects"] == 1
    assert "HF801" in check(tmp_path / "recipe").out
    assert "<stdin>:4:1: HF801" in check("-", stdin=DOCKERFILE).out


@pytest.mark.parametrize("context", [".", "build"])
def test_fix_mends_dockerfile_and_script(tmp_path: Path, context: str) -> None:
    """Only the words concerned change, in the script of the build context as well."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "docker").mkdir()
    script = tmp_path / "docker" / "start.sh"
    script.write_bytes(b'#!/bin/sh\nset -e # holdfast\n"$@" # last\n')
    dockerfile = tmp_path / context / "Dockerfile"
    dockerfile.parent.mkdir(exist_ok=True)
    text = DOCKERFILE.replace("CMD node", 'ENTRYPOINT ["/start.sh"]\nCMD node') + "STOPSIGNAL 9\n"
    dockerfile.write_text(text)
    diff = check("--diff", dockerfile)
    assert dockerfile.read_text() == text
    assert check("--fix", dockerfile).code == 0

    assert script.read_bytes() == b'#!/bin/sh\nset -e # holdfast\nexec "$@" # last\n'
    json_form = 'CMD ["node", "server.js", "--port", "8080"]'
    assert dockerfile.read_text() == text.replace("STOPSIGNAL 9", "STOPSIGNAL SIGTERM").replace(
        "CMD node server.js --port 8080", json_form
    )
    assert '+exec "$@" # last' in diff.out
    assert "+STOPSIGNAL SIGTERM" in diff.out


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("# The server.", "# holdfast: ignore=HF801 stops are rare", 0),
        ("# The server.", "# holdfast: ignore=HF801", 1),
        (" --port", " \\\n# holdfast: ignore=HF801 stops are rare\n --port", 1),
        ("8080\n", "8080 # holdfast: ignore=HF801 stops are rare\n", 1),
    ],
    ids=["above", "no reason", "about another line", "no comment"],
)
def test_comment_accepts_in_a_dockerfile(dockerfile: Path, old: str, new: str, code: int) -> None:
    """Above the instruction, for all of its lines; what stands behind a command is no comment."""
    dockerfile.write_text(DOCKERFILE.replace(old, new))

    assert check("--rule", "HF801", dockerfile).code == code


def test_comment_accepts_in_a_script(tmp_path: Path, dockerfile: Path) -> None:
    """A hazard of a script is accepted in the script."""
    (tmp_path / "docker").mkdir()
    dockerfile.write_text(DOCKERFILE.replace("CMD node", 'ENTRYPOINT ["/start.sh"]\n#CMD'))
    script = tmp_path / "docker" / "start.sh"
    script.write_text("#!/bin/sh\nserver # holdfast: ignore=HF804 stops are rare\n")

    assert "1 suppressed" in check("--rule", "HF804", dockerfile).out


def test_broken_dockerfile_costs_no_other(tmp_path: Path, dockerfile: Path) -> None:
    """What the builder refuses is told with its line; everything else is checked."""
    dockerfile.write_text(DOCKERFILE.replace("# The server.", "EXPSE 80"))
    (tmp_path / "Dockerfile.j2").write_text("FROM a:1.0.0\n{% if x %}\nRUN y\n{% endif %}\n")
    (tmp_path / "Dockerfile.empty").write_text("# nothing\n")
    outcome = check("-o", "json", tmp_path)
    document = json.loads(outcome.out)

    assert [h["rule"] for h in document["hazards"]] == ["HF801"]
    left = {(Path(u["file"]).name, u["line"]): u["reason"] for u in document["notExamined"]}
    assert left == {
        ("Dockerfile", 3): "broken",
        ("Dockerfile.empty", 1): "broken",
        ("Dockerfile.j2", 2): "template",
        ("Dockerfile.j2", 4): "template",
    }
    assert check("--strict", tmp_path).code == 3
    alone = check(tmp_path / "Dockerfile.empty")
    assert alone.code == 3
    assert "no FROM, where at least one has to begin a stage" in alone.err


def test_formats_know_dockerfiles(dockerfile: Path) -> None:
    """Each format names the file and the line, and JSON keeps to its schema."""
    jsonschema.validate(json.loads(check("-o", "json", dockerfile).out), inspection_schema())
    region = json.loads(check("-o", "sarif", dockerfile).out)["runs"][0]["results"][0]
    where = region["locations"][0]
    assert where["physicalLocation"]["region"]["startLine"] == 4
    assert where["logicalLocations"] == [{"fullyQualifiedName": "base.CMD"}]
    assert region["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"] == {
        "text": '["node", "server.js", "--port", "8080"]'
    }
    assert f"::error file={dockerfile},line=4" in check("-o", "github", dockerfile).out
    for format_ in ("gitlab", "junit", "markdown"):
        assert "HF801" in check("-o", format_, dockerfile).out


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    """A Dockerfile whose last stage is not the one that is deployed, and the script of that."""
    (tmp_path / "start.sh").write_text("#!/bin/sh\nserver\n")
    (tmp_path / "start.sh").chmod(0o755)
    path = tmp_path / "Dockerfile"
    path.write_text(
        'FROM debian:12.7-slim AS release\nCOPY start.sh /start.sh\nENTRYPOINT ["/start.sh"]\n'
        'FROM release AS test\nENTRYPOINT ["/usr/bin/tini", "--", "pytest"]\n'
    )
    return path


@pytest.mark.parametrize("target", ["release", "RELEASE", "0", "{}=release"])
def test_stage_of_target_is_examined(staged: Path, target: str) -> None:
    """By its name or number, in one Dockerfile or in all; the scripts are those of that stage."""
    assert "HF804" not in check(staged).out
    outcome = check("--target", target.format(staged), staged)

    assert "start.sh:2:1: HF804" in outcome.out
    assert "in 2 files, 1 Dockerfile;" in outcome.out


@pytest.mark.parametrize("target", ["nightly", "other/Dockerfile=release", "{}=nightly"])
def test_unknown_target_is_a_usage_error(staged: Path, target: str) -> None:
    """A stage that is not there would leave another one examined, silently."""
    outcome = check("--target", target.format(staged), staged)

    assert outcome.code == 2
    assert ("there is release, test" in outcome.err) is ("nightly" in target)


def test_configuration_names_stages_and_images(staged: Path) -> None:
    """Relative to its own directory; a flag comes before it."""
    settings = staged.parent / "holdfast.toml"
    settings.write_text('[[check.build]]\ndockerfile = "Dockerfile"\ntarget = "release"\n')
    given = ("--config", settings, staged.parent)

    assert "HF804" in check(*given).out
    assert "HF804" not in check("--target", "test", *given).out
    settings.write_text('[[check.build]]\ntarget = "release"\n')
    assert check(*given).code == 2


def test_dockerfile_of_an_image_is_named(tmp_path: Path) -> None:
    """--dockerfile joins a manifest and a Dockerfile; one that is not checked is a usage error."""
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text('FROM debian:12.7-slim\nENTRYPOINT ["tini", "--", "server"]\n')
    pod = tmp_path / "pod.yaml"
    pod.write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: api}\nspec:\n  containers:\n"
        "  - {name: api, image: 'example.com/api:1.0.0', command: [server]}\n"
    )
    joined = check("--rule", "HF721", "--dockerfile", f"example.com/api={dockerfile}", tmp_path)

    assert "Pod/api container api: tini of" in joined.out
    assert check("--dockerfile", "example.com/api=Dockerfile", pod).code == 2
    assert check("--dockerfile", "example.com/api", pod).code == 2
