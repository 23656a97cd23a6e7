"""`holdfast why` as it is typed: what it reads, prints and exits with."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest
from tests.cli.command import CLUSTER, ROOT, Outcome, holdfast, objects
from tests.sources.fake_api import FakeApi, serving
from tests.sources.inputs import pod_list_bytes, pod_object


def described(pod: str) -> bytes:
    """What `kubectl describe pod` printed."""
    return (CLUSTER / "describe" / f"{pod}.txt").read_bytes()


def test_version_of_both_names() -> None:
    """The plugin is the same program."""
    assert holdfast("--version").out.startswith("holdfast ")
    assert holdfast("--version", program="kubectl-holdfast").out == holdfast("--version").out


def test_plugin_speaks_as_kubectl() -> None:
    """Usage texts of the plugin can be copied as they are."""
    assert "kubectl holdfast why" in holdfast("why", "--help", program="kubectl-holdfast").out


def test_pasted_text() -> None:
    """The most frequent way in: a description through a pipe."""
    outcome = holdfast("why", "-", stdin=described("dev-http-404"))

    assert outcome.code == 1
    assert outcome.err == ""
    assert "gets HTTP 404, so the kubelet kills it" in " ".join(outcome.out.split())
    assert "C02" in outcome.out


def test_healthy_pod_is_clean() -> None:
    """A pod without trouble is said to be healthy, with exit code 0."""
    outcome = holdfast("why", "-", stdin=described("dev-startup-guards"))

    assert outcome.code == 0
    assert "HEALTHY" in outcome.out


def test_kind_before_its_names() -> None:
    """What kubectl understands with a space is understood here as well."""
    typed = holdfast("why", *objects(), "-o", "name", "pods", "dev-http-404", "dev-oom-leak")

    assert sorted(typed.out.split()) == ["pod/dev-http-404", "pod/dev-oom-leak"]


def test_whole_cluster_worst_first() -> None:
    """Restarting pods come before those that cannot start, and both before calm ones."""
    lines = holdfast("why", *objects(), "-o", "wide", "--replays", "0").out.splitlines()[1:]
    states = [line.split()[3] for line in lines]

    assert states[:22] == ["Restarts"] * 22
    assert states[22:25] == ["CannotStart"] * 3
    assert not {"Restarts", "CannotStart"} & set(states[25:])


@pytest.mark.parametrize("form", ["text", "wide", "name", "json", "yaml", "markdown", "html"])
def test_every_format_is_the_same_every_time(form: str) -> None:
    """Same input, same bytes: no clock and no chance in an answer."""
    first = holdfast("why", *objects(), "-o", form, "--replays", "0")
    second = holdfast("why", *objects(), "-o", form, "--replays", "0")

    assert first.code == 1
    assert first.out == second.out
    assert first.out.endswith("\n")


def test_proof_is_the_same_every_time() -> None:
    """Replays are seeded: who repeats a proof gets the same numbers, one process or several."""
    targets = ("dev-slow-start-loop", "dev-exit-1-loop", "dev-http-404", "dev-oom-leak")
    first = holdfast("why", *objects(), "-o", "json", *targets)
    second = holdfast("why", *objects(), "-o", "json", *targets)
    found = {f["subject"]["pod"]: f["proof"] for f in json.loads(first.out)["findings"]}

    assert first.out == second.out
    assert found["dev-slow-start-loop"]["patch"]["holds"]
    assert all(found[name]["diagnosis"]["compared"] for name in targets)


def test_json_follows_its_schema() -> None:
    """The published schema describes what is printed, and nothing else is printed."""
    answer = json.loads(holdfast("why", *objects(), "-o", "json", "--replays", "2").out)
    schema = json.loads((ROOT / "docs" / "schema" / "diagnosis.v1.json").read_text())

    jsonschema.validate(answer, schema)
    assert answer["apiVersion"] == "holdfast/v1"


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("pod/dev-http-404", 1),
        ("dev-http-404", 1),
        ("deploy/nothing", 3),
        ("dev-nothing", 3),
    ],
)
def test_targets(target: str, found: int) -> None:
    """A target that is not there is an error that names what is, never a clean bill."""
    assert holdfast("why", *objects(), target).code == found


def test_error_in_four_parts() -> None:
    """What was being done, where, what was found, what to do next."""
    outcome = holdfast("why", *objects(), "dev-nothing")

    assert outcome.out == ""
    assert re.search(r"looking for pod/dev-nothing: .*pods.json", outcome.err)
    assert "found: 34 pods such as" in outcome.err
    assert "next: check the name" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["why", "-f", "no-such-file"], 3),
        (["why", "-f", "README.md", "-o", "nonsense"], 2),
        (["why", "service/api"], 2),
        (["why", "-n", "a", "-A"], 2),
        (["nonsense"], 2),
    ],
)
def test_exit_codes_of_mistakes(arguments: list[str], code: int) -> None:
    """Usage is 2, nothing examined is 3, and neither prints a result."""
    outcome = holdfast(*arguments)

    assert (outcome.code, outcome.out) == (code, "")
    assert "Traceback" not in outcome.err


def test_fail_on_and_exit_zero() -> None:
    """Pipelines choose what fails them."""
    pending = described("dev-cannot-schedule")

    assert holdfast("why", "-", stdin=pending).code == 0
    assert holdfast("why", "-", "--fail-on", "trouble", stdin=pending).code == 1
    assert holdfast("why", "-", "--exit-zero", stdin=described("dev-http-404")).code == 0
    assert holdfast("why", "-", "--fail-on", "never", stdin=described("dev-http-404")).code == 0


def test_untold_is_not_clean() -> None:
    """A log that explains nothing is no reason to be calm."""
    outcome = holdfast("why", "-", stdin=b"hello\n")

    assert outcome.code == 1
    assert "annot tell" in outcome.out


def test_selector_and_namespace() -> None:
    """Files are filtered as a cluster would be."""
    assert (
        holdfast("why", *objects(), "-l", "set=dev", "-o", "name", "--replays", "0").out.count("\n")
        > 20
    )
    assert holdfast("why", *objects(), "-l", "set=other").code == 3
    assert holdfast("why", *objects(), "-n", "other").code == 3


def test_no_color_in_a_pipe() -> None:
    """Escape sequences appear when asked for, and only then."""
    pasted = described("dev-http-404")

    assert "\x1b[" not in holdfast("why", "-", stdin=pasted).out
    assert "\x1b[" in holdfast("why", "-", "--color", "always", stdin=pasted).out
    assert "\x1b[" in holdfast("why", "-", stdin=pasted, FORCE_COLOR="1").out
    assert "\x1b[" not in holdfast("why", "-", stdin=pasted, FORCE_COLOR="1", NO_COLOR="1").out


def test_patch_as_an_edit_of_the_users_file(tmp_path: Path) -> None:
    """With the manifest beside the evidence, the patch is a diff of that very file."""
    manifest = tmp_path / "pod.yaml"
    manifest.write_text(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: dev-slow-start-loop\nspec:\n"
        "  containers:\n    - name: app   # the service\n      image: docker.io/lab/actor:2\n"
        "      livenessProbe:\n        httpGet: {path: /health, port: 8080}\n"
        "        initialDelaySeconds: 5\n        periodSeconds: 5\n"
    )
    outcome = holdfast(
        "why", *objects(), "-f", manifest, "pod/dev-slow-start-loop", "-o", "markdown"
    )

    added = [line for line in outcome.out.splitlines() if re.match(r"\+ ", line)]
    assert "+      startupProbe:" in [line.rstrip() for line in added]
    assert not re.search(r"^- {4,}\w", outcome.out, re.MULTILINE), "nothing is taken away"


def test_environment_values_stay_inside() -> None:
    """A secret in the environment of a pod appears in no format."""
    pod = pod_object("api")
    container = pod["spec"]["containers"][0]
    container["env"] = [{"name": "TOKEN", "value": "canary-5f3a"}]
    container["args"] = ["--password=canary-5f3a"]
    pod["metadata"]["annotations"] = {"note": "canary-5f3a"}
    for form in ("text", "wide", "json", "yaml", "markdown", "html"):
        outcome = holdfast("why", "-", "-o", form, stdin=json.dumps(pod).encode())
        assert outcome.code == 1
        assert "canary" not in outcome.out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str) -> None:
    """Each shell gets a script of its own."""
    outcome = holdfast("completion", shell)

    assert outcome.code == 0
    assert "holdfast" in outcome.out


def test_broken_pipe_is_quiet() -> None:
    """`holdfast why | head -1` ends without a complaint."""
    command = Path(sys.executable).with_name("holdfast")
    line = f"{command} why --replays 0 {' '.join(objects())} | head -1"
    result = subprocess.run(["sh", "-c", line], capture_output=True, cwd=ROOT, check=False)

    assert result.stderr == b""


def live(api: FakeApi, *arguments: str) -> Outcome:
    """A run against the fake server."""
    return holdfast("why", f"--server={api.url}", "--kubeconfig=/dev/null", *arguments)


@pytest.mark.real
def test_live_cluster() -> None:
    """Connection flags reach kubectl, and the restarting pod of the namespace is found."""
    api = FakeApi()
    api.lists["/api/v1/namespaces/shop/pods"] = ("PodList", [pod_object("api")])
    api.lists["/api/v1/namespaces/shop/events"] = ("EventList", [])
    api.lists["/api/v1/nodes"] = ("NodeList", [])
    api.logs["/api/v1/namespaces/shop/pods/api/log", True] = (
        "2026/11/23 07:58:59 dial tcp 10.0.3.7:5432: connect: connection refused\n"
    )
    with serving(api):
        outcome = live(api, "-n", "shop", "pod/api", "-o", "wide")

    assert outcome.code == 1, outcome.err
    assert "A05" in outcome.out


@pytest.mark.real
def test_unreachable_cluster() -> None:
    """No answer is exit code 3 with what to check."""
    api = FakeApi()
    api.url = "http://127.0.0.1:1"
    outcome = live(api, "-n", "shop")

    assert (outcome.code, outcome.out) == (3, "")
    assert "next: check the context" in outcome.err


def test_time_limit() -> None:
    """A limit that is over is exit code 124."""
    outcome = holdfast("why", "-", "--timeout", "0.1", stdin=pod_list_bytes(*map(str, range(9000))))

    assert (outcome.code, outcome.out) == (124, "")


def test_interrupt() -> None:
    """Ctrl-C while waiting for input is exit code 130."""
    command = Path(sys.executable).with_name("holdfast")
    process = subprocess.Popen(
        [command, "why", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    while not _waits_for_input(process.pid):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()

    assert process.returncode == 130
    assert b"interrupted" in err


def _waits_for_input(pid: int) -> bool:
    """Whether the process blocks in a read of its standard input (Linux only)."""
    call = Path(f"/proc/{pid}/syscall").read_text(encoding="ascii").split()
    return call[:2] == ["0", "0x0"]
