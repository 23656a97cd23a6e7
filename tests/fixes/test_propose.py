"""A patch addresses the object that the user owns, as a command and as an edit of the manifest."""

import json
import os
import shlex
import shutil
import subprocess
from typing import Any

import msgspec
import pytest
from tests.fixes.cases import LIVENESS, ROWS, Row
from tests.fixes.findings import finding, pod, snapshot
from tests.fixes.merging import merged

from holdfast.fixes.command import patch_command
from holdfast.fixes.propose import propose
from holdfast.fixes.strategic import below, patch_of
from holdfast.fixes.target import Target, find_target
from holdfast.model.document import to_plain
from holdfast.model.edit import Change, Patch
from holdfast.model.finding import State
from holdfast.model.pod import Pod
from holdfast.model.verdict import Role, Verdict
from holdfast.sources.yaml_tree import parse_documents

TEMPLATE = ("spec", "template", "spec")
MANIFEST = """\
apiVersion: v1
kind: Service
metadata: {name: api}
---
# The shop's front door.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  template:
    spec:
      containers:
        - name: app  # serves
          image: registry.example/app:1.2
          livenessProbe:
            httpGet: {path: /health, port: 8080}
            periodSeconds: 10
"""


def patch_of_c04(
    subject: Pod, manifest: str = "", owner: tuple[str, str] = ("Deployment", "api"), **read: Any
) -> Patch:
    """The patch of a probe that times out."""
    documents = parse_documents(manifest, "api.yaml") if manifest else ()
    patch = propose(finding("C04", subject, owner=owner), snapshot(subject, **read), documents)
    assert patch.patch is not None
    return patch.patch


def test_a_stop_that_somebody_asked_for_is_mended() -> None:
    """Nothing is to be decided of it: what made it slow is mended, where that stands beside."""
    subject = pod({"command": ["sh", "-c", "prepare && ./server"]})
    slow = Verdict("G01", "title", "", Role.CONTRIBUTING)
    unasked = msgspec.structs.replace(
        finding("G01", subject), decided=False, verdicts=(), beside=(slow,)
    )
    stopped = msgspec.structs.replace(unasked, state=State.STOPPED)

    patch = propose(stopped, snapshot(subject), ()).patch

    assert patch is not None
    assert patch.changes[0].value == ["sh", "-c", "prepare && exec ./server"]
    assert propose(unasked, snapshot(subject), ()).patch is None


def test_the_users_manifest_is_edited_in_place() -> None:
    """The diff holds one new line in the right document."""
    patch = patch_of_c04(pod(LIVENESS), MANIFEST)

    assert patch.diff.splitlines() == [
        "--- a/api.yaml",
        "+++ b/api.yaml",
        "@@ -16,3 +16,4 @@",
        "           livenessProbe:",
        "             httpGet: {path: /health, port: 8080}",
        "             periodSeconds: 10",
        "+            timeoutSeconds: 3",
    ]
    (made,) = patch.edits
    assert (made.file, made.span.line) == ("api.yaml", 18)


def test_other_manifests_and_dumps_are_not_edited() -> None:
    """Another name, another namespace, or what a cluster printed is not the user's text."""
    others = (
        MANIFEST.replace("name: api\nspec", "name: web\nspec"),
        MANIFEST.replace("name: api\nspec", "name: api\n  namespace: test\nspec"),
        MANIFEST.replace("name: api\nspec", "name: api\n  uid: x\nspec"),
    )

    assert [patch_of_c04(pod(LIVENESS), other).edits for other in others] == [(), (), ()]


def test_a_list_of_objects_is_searched() -> None:
    """kind: List wraps the user's objects."""
    text = (
        "kind: List\nitems:\n- kind: Pod\n  metadata: {name: solo}\n"
        "  spec: {containers: [{name: app, livenessProbe: {periodSeconds: 1}}]}\n"
    )
    subject = pod(LIVENESS, metadata={"name": "solo"})

    patch = patch_of_c04(subject, text, owner=("", ""))

    assert "periodSeconds: 1, timeoutSeconds: 3}" in patch.diff


def test_a_place_that_cannot_be_edited_is_told() -> None:
    """The command still works, and the caveat says why there is no diff."""
    text = MANIFEST.replace("livenessProbe:", "livenessProbe: &probe") + "x: *probe\n"

    patch = patch_of_c04(pod(LIVENESS), text)

    assert patch.edits == ()
    assert patch.diff == ""
    assert patch.command.startswith("kubectl patch deployment/api -n default ")
    assert any("api.yaml was not edited: the anchor &probe" in c for c in patch.caveats)


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"labels": {"app.kubernetes.io/managed-by": "Helm"}}, "Helm manages it"),
        ({"annotations": {"meta.helm.sh/release-name": "shop"}}, "release shop"),
        ({"annotations": {"argocd.argoproj.io/tracking-id": "x"}}, "Argo CD reverts"),
        ({"labels": {"kustomize.toolkit.fluxcd.io/name": "x"}}, "Flux reverts"),
        ({"labels": {"app": "x"}}, ""),
    ],
)
def test_tools_that_revert_a_direct_patch_are_named(
    metadata: dict[str, Any], expected: str
) -> None:
    """Somebody who patches behind the back of git is told so (causes.md 11)."""
    workload = {"kind": "Deployment", "metadata": {"name": "api", **metadata}}

    patch = patch_of_c04(pod(LIVENESS), workloads=(workload,))

    assert expected in " ".join(patch.caveats)
    assert bool(patch.caveats) == bool(expected)


def test_injected_containers_are_not_added_to_the_template() -> None:
    """A patch of a sidecar that a webhook adds would make a container without an image."""
    template = {"spec": {"containers": [{"name": "web", "image": "x"}]}}
    workload = {"kind": "Deployment", "metadata": {"name": "api"}, "spec": {"template": template}}

    patch = patch_of_c04(pod(LIVENESS), workloads=(workload,))

    assert patch.command == ""
    assert "something injects it" in patch.caveats[-1]


@pytest.mark.parametrize(
    ("owner", "metadata", "reference", "path"),
    [
        (("StatefulSet", "db"), {}, "statefulset/db", TEMPLATE),
        (("CronJob", "n"), {}, "cronjob/n", ("spec", "jobTemplate", *TEMPLATE)),
        (("", ""), {}, "pod/api-7d9f-x1", ("spec",)),
        (("ReplicaSet", "api-7d9f"), {"labels": {"pod-template-hash": "7d9f"}}, "deployment/api",
         TEMPLATE),
        (("ReplicaSet", "old"), {}, "replicaset/old", TEMPLATE),
        (("Rollout", "api"), {}, "rollout/api", ()),
        (("Node", "node-1"), {}, "pod/api-7d9f-x1", ()),
    ],
)  # fmt: skip
def test_the_owner_is_addressed(
    owner: tuple[str, str], metadata: dict[str, Any], reference: str, path: tuple[str, ...]
) -> None:
    """The controller would undo a patch of anything below it."""
    subject = pod(LIVENESS, metadata=metadata)

    target = find_target(finding("C04", subject, owner=owner).subject, subject, snapshot(subject))

    assert (target.reference, target.spec_path) == (reference, path)
    assert bool(patch_command(target, (Change(("a",), 1),))) == bool(path)
    assert bool(target.caveats) == (target.kind in ("Pod", "ReplicaSet", "Rollout"))


@pytest.mark.parametrize("kind", ["Pod", "Job"])
def test_what_cannot_change_is_replaced(kind: str) -> None:
    """Fields of pods and templates of Jobs are immutable: the command says replace."""
    target = Target(kind, "x", "ns", ("spec",))

    command = patch_command(target, (Change(("hostname",), "it's"),))

    assert command.startswith(f"kubectl get {kind.lower()} x -n ns -o yaml | kubectl patch --local")
    assert command.endswith("| kubectl replace --force -f -")
    body = shlex.split(command)[shlex.split(command).index("-p") + 1]
    assert json.loads(body) == {"spec": {"hostname": "it's"}}


@pytest.mark.parametrize(
    ("cause", "container", "fields", "command"),
    [
        ("A09", {"command": ["sh", "-c", "echo 'a b'"]}, {},
         ("kubectl create job api -n default --image=registry.example/app:1.2 -- "
          "sh -c 'echo '\"'\"'a b'\"'\"''")),
        ("B04", {}, {"summary": 'configmap "conf" not found'},
         "kubectl create configmap conf -n default --from-literal=KEY=VALUE"),
        ("B04", {}, {"parameters": {"kind": "Secret", "name": "db", "key": "url"}},
         ("kubectl patch secret/db -n default --type=merge -p "
          "'{\"stringData\":{\"url\":\"VALUE\"}}'")),
        ("F01", {}, {}, "kubectl rollout undo deployment/api -n default"),
        ("A22", {}, {},
         ("kubectl patch deployment/api -n default --type=strategic -p "
          "'{\"spec\":{\"strategy\":{\"type\":\"Recreate\",\"rollingUpdate\":null}}}'")),
    ],
)  # fmt: skip
def test_fixes_outside_the_template_are_commands(
    cause: str, container: dict[str, Any], fields: dict[str, Any], command: str
) -> None:
    """What no patch of the template can do is a complete line for a shell."""
    claim = {"volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "d"}}]}
    subject = pod(container, claim)

    patch = propose(finding(cause, subject, **fields), snapshot(subject), ()).patch

    assert patch is not None
    assert patch.command == command
    assert patch.changes == ()


def test_init_containers_are_patched_in_their_own_list() -> None:
    """A patch of `containers` would add a container without an image."""
    resources = {"resources": {"limits": {"memory": "64Mi"}}}
    subject = pod(resources, init=True)

    patch = propose(finding("D11", subject), snapshot(subject), ()).patch

    assert patch is not None
    assert patch.changes[0].path[:2] == ("initContainers", "app")


def test_a_command_never_repeats_a_secret() -> None:
    """A redacted argument in a command line would be applied as it stands."""
    subject = pod({"command": ["sh", "-c", "serve --password hunter2"]})

    patch = propose(finding("G01", subject), snapshot(subject), ()).patch

    assert patch is not None
    assert patch.command == ""
    assert "secret" in " ".join(patch.caveats)


JOB = """\
apiVersion: batch/v1
kind: Job
metadata: {name: x, labels: {job-name: x}}
spec:
  backoffLimit: 6
  selector:
    matchLabels:
      batch.kubernetes.io/controller-uid: c1
  suspend: false
  template:
    metadata:
      labels:
        batch.kubernetes.io/controller-uid: c1
        controller-uid: c1
        job-name: x
    spec:
      containers:
      - name: app
        image: app:1
      restartPolicy: Never
"""


@pytest.mark.real
def test_a_replaced_job_leaves_out_what_the_server_sets() -> None:
    """A new Job with the selector of the old one would be refused."""
    _require_kubectl()
    target = Target("Job", "x", "ns", TEMPLATE)
    command = patch_command(target, (Change(("containers", "app", "image"), "app:2"),))
    _, *stages, _ = command.split(" | ")

    done = subprocess.run(
        ["sh", "-c", " | ".join(stages)],
        input=JOB, capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip

    (document,) = parse_documents(done.stdout, "job.yaml")
    job = to_plain(document.root)
    assert isinstance(job, dict)
    assert job["spec"] == {
        "backoffLimit": 6,
        "suspend": False,
        "template": {
            "metadata": {"labels": {"job-name": "x"}},
            "spec": {
                "containers": [{"name": "app", "image": "app:2"}],
                "restartPolicy": "Never",
            },
        },
    }


@pytest.mark.real
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.cause)
def test_kubectl_makes_of_the_command_what_is_meant(row: Row) -> None:
    """The real kubectl accepts each patch and changes the intended fields only."""
    _require_kubectl()
    subject = pod(row.container, row.pod)
    made = propose(
        finding(row.cause, subject, parameters=row.parameters, summary=row.summary),
        snapshot(subject), (),
    )  # fmt: skip
    assert made.patch is not None
    before: dict[str, Any] = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "api"},
        "spec": {"template": {"spec": msgspec.json.decode(msgspec.json.encode(subject.spec))}},
    }
    words = shlex.split(made.patch.command)

    after = _patch_locally(before, words[words.index("-p") + 1])

    assert words[:3] == ["kubectl", "patch", "deployment/api"]
    assert _sorted(after) == _sorted(merged(before, below(TEMPLATE, patch_of(made.patch.changes))))


def _require_kubectl() -> None:
    if shutil.which("kubectl") is None:
        if os.environ.get("CI"):
            pytest.fail("kubectl is missing where CI needs it")
        pytest.skip("kubectl is not installed: no patch was applied for real")


def _patch_locally(value: dict[str, Any], body: str) -> Any:
    done = subprocess.run(
        ["kubectl", "patch", "--local", "-f", "-", "--type=strategic", "-p", body, "-o", "json"],
        input=json.dumps(value), capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _sorted(value: Any) -> Any:
    """kubectl puts new elements of named lists first; their order means nothing."""
    if isinstance(value, dict):
        return {key: _sorted(inner) for key, inner in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return sorted((_sorted(item) for item in value), key=json.dumps)
    return value
