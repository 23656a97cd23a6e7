"""How the examples are shipped: what their pages say about good manifests holds for their own."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.real.programs import need

from holdfast.life.settings import GRACE_VARIABLE, PRE_STOP_VARIABLE
from holdfast.run.flags import Options
from holdfast.run.plan import make_plan
from holdfast.wait.flags import parse_flags

ROOT = Path(__file__).parents[3] / "examples"
EXAMPLES = sorted(path.parent for path in ROOT.glob("*/deploy"))
MIB = 1 << 20
# Numbers of docs/specs/rules.md: HF103, HF107, HF201, HF309.
SHORTEST_START_SECONDS = 30
SHORTEST_PATIENCE_SECONDS = 10
SPARE_SECONDS = 5
# What the Go service takes to close its clients, at most.
RELEASE_SECONDS = 2
pytestmark = pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)


def objects(example: Path) -> dict[str, Any]:
    """Kind to object, of everything that the kustomization names."""
    deploy = example / "deploy"
    names = yaml.safe_load((deploy / "kustomization.yaml").read_text())["resources"]
    found = [yaml.safe_load((deploy / name).read_text()) for name in names]
    return {document["kind"]: document for document in found}


def pod(example: Path) -> dict[str, Any]:
    """The spec of the pods."""
    spec: dict[str, Any] = objects(example)["Deployment"]["spec"]["template"]["spec"]
    return spec


def variables(example: Path) -> dict[str, str]:
    """The environment of the service, without what comes from secrets."""
    return {e["name"]: e["value"] for e in pod(example)["containers"][0]["env"] if "value" in e}


def containers(example: Path) -> list[dict[str, Any]]:
    """All of the pod, init containers first."""
    return [*pod(example)["initContainers"], *pod(example)["containers"]]


def test_stop_fits_the_grace_period(example: Path) -> None:
    """preStop, drain, in flight and release share one clock, with time to spare."""
    grace = pod(example)["terminationGracePeriodSeconds"]
    hook = pod(example)["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    told = variables(example)
    if GRACE_VARIABLE in told:
        plan = make_plan(Options(), told)
        assert (plan.total, float(told[PRE_STOP_VARIABLE])) == (grace - hook, hook)
        assert plan.budget.in_flight >= SHORTEST_PATIENCE_SECONDS
        return
    whole = max(float(told["DRAIN_SECONDS"]), hook) + float(told["IN_FLIGHT_SECONDS"])
    assert (float(told["GRACE_SECONDS"]), float(told["PRE_STOP_SECONDS"])) == (grace, hook)
    assert whole + RELEASE_SECONDS + SPARE_SECONDS <= grace


def test_probes(example: Path) -> None:
    """Liveness asks the process, readiness the service; a start has time, a pause kills nobody."""
    service = pod(example)["containers"][0]
    ports = {port["name"] for port in service["ports"]}
    startup, live, ready = (
        service[f"{name}Probe"] for name in ("startup", "liveness", "readiness")
    )

    for probe in (startup, live, ready):
        assert probe["httpGet"]["port"] in ports
        assert probe["timeoutSeconds"] <= probe["periodSeconds"]
        assert probe["failureThreshold"] > 1
    assert live["httpGet"]["path"] == "/healthz"
    assert ready["httpGet"]["path"] == "/readyz"
    budget = (startup["failureThreshold"] - 1) * startup["periodSeconds"]
    assert budget >= SHORTEST_START_SECONDS
    assert live["failureThreshold"] * live["periodSeconds"] >= SHORTEST_PATIENCE_SECONDS


def test_rollout(example: Path) -> None:
    """A version that does not work takes no pod away, and is given up after all waits are over."""
    deployment = objects(example)["Deployment"]["spec"]
    service = pod(example)["containers"][0]
    wait = next(
        c
        for c in pod(example)["initContainers"]
        if c.get("command", [])[:2] == ["holdfast", "wait"]
    )
    budget = parse_flags(wait["command"][2:]).timeout
    startup = service["startupProbe"]["failureThreshold"] * service["startupProbe"]["periodSeconds"]

    assert deployment["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    assert deployment["replicas"] > 1
    whole = budget + startup + deployment["minReadySeconds"]
    assert deployment["progressDeadlineSeconds"] > whole


def test_selectors(example: Path) -> None:
    """The Service, the budget and the Deployment mean the same pods, and the port has its name."""
    found = objects(example)
    labels = found["Deployment"]["spec"]["template"]["metadata"]["labels"]
    budget = found["PodDisruptionBudget"]["spec"]
    ports = {port["name"] for port in pod(example)["containers"][0]["ports"]}

    assert found["Deployment"]["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert found["Service"]["spec"]["selector"].items() <= labels.items()
    assert budget["selector"]["matchLabels"].items() <= labels.items()
    assert (budget["maxUnavailable"], budget["unhealthyPodEvictionPolicy"]) == (1, "AlwaysAllow")
    assert {port["targetPort"] for port in found["Service"]["spec"]["ports"]} <= ports


def test_memory(example: Path) -> None:
    """Every container has a request and a limit; the runtime knows the limit."""
    for container in containers(example):
        resources = container["resources"]
        assert mebibytes(resources["requests"]["memory"]) > 0
        assert mebibytes(resources["limits"]["memory"]) >= mebibytes(
            resources["requests"]["memory"]
        )
    heap = variables(example).get("GOMEMLIMIT")
    if heap is not None:
        limit = mebibytes(pod(example)["containers"][0]["resources"]["limits"]["memory"])
        assert 0.8 * limit <= int(heap.removesuffix("MiB")) <= 0.95 * limit


def mebibytes(quantity: str) -> int:
    """Of a quantity in Mi, the only unit of the examples."""
    assert quantity.endswith("Mi"), quantity
    return int(quantity.removesuffix("Mi"))


def test_images_and_rights(example: Path) -> None:
    """Images are pinned, nothing runs as root or may write where it need not."""
    assert pod(example)["securityContext"]["runAsNonRoot"] is True
    for container in containers(example):
        assert re.search(r":\d+\.\d+\.\d+$", container["image"])
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_secrets_exist(example: Path) -> None:
    """A key that is not there would be CreateContainerConfigError."""
    keys = objects(example)["Secret"]["stringData"]
    for container in containers(example):
        for entry in container.get("env", ()):
            if "valueFrom" in entry:
                assert entry["valueFrom"]["secretKeyRef"]["key"] in keys


def test_dockerfile(example: Path) -> None:
    """No shell keeps SIGTERM from the program; bases are pinned, the user is a number."""
    lines = (example / "Dockerfile").read_text().splitlines()
    instructions = [line for line in lines if re.match(r"[A-Z]+ ", line)]
    bases = [line.split()[1] for line in instructions if line.startswith("FROM")]
    stages = re.findall(r" AS (\w+)", "\n".join(instructions))

    for base in bases:
        assert base == "scratch" or base in stages or re.search(r":\d+\.\d+\.\d+(-\w+)*$", base)
    for line in instructions:
        name, _, rest = line.partition(" ")
        if name in ("CMD", "ENTRYPOINT"):
            assert json.loads(rest)
    users = [line.split()[1] for line in instructions if line.startswith("USER")]
    assert re.fullmatch(r"\d+:\d+", users[-1])


@pytest.mark.real
def test_kustomization_renders(example: Path) -> None:
    """`kubectl apply -k deploy` finds every file."""
    kubectl = need("kubectl", "kubernetes-client")
    rendered = subprocess.run(
        [kubectl, "kustomize", example / "deploy"], capture_output=True, text=True, check=False
    )

    assert rendered.returncode == 0, rendered.stderr
    kinds = {document["kind"] for document in yaml.safe_load_all(rendered.stdout)}
    assert kinds == set(objects(example))


def test_page_fits_on_one_screen(example: Path) -> None:
    """A newcomer reads one screen and knows what to do."""
    page = (example / "README.md").read_text()

    assert len(page.splitlines()) <= 60
