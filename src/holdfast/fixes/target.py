"""Which object a patch must change: the one that the user owns, not one that a controller rewrites.

Rules (causes.md 11, row "address"): a pod of a Deployment is patched through the Deployment. Where
a tool outside the cluster owns that object, the patch says that it will be reverted.
"""

import msgspec

from holdfast.model.finding import Subject
from holdfast.model.metadata import Metadata
from holdfast.model.pod import Pod
from holdfast.model.snapshot import Snapshot
from holdfast.model.workload import POD_SPEC_PATHS, Workload

# Fields of a pod and of a Job's template cannot be changed (kubernetes validation.go).
_FIXED = frozenset({"Pod", "Job"})
_HASH_LABEL = "pod-template-hash"
_HELM = ("app.kubernetes.io/managed-by", "meta.helm.sh/release-name")
# Who reverts -> labels and annotations by which it marks its objects.
_SYNCED = {
    "Argo CD": ("argocd.argoproj.io/",),
    "Flux": ("kustomize.toolkit.fluxcd.io/", "helm.toolkit.fluxcd.io/"),
}


class Target(msgspec.Struct, frozen=True):
    """An object and the way to the pod spec inside it; no way for kinds that are not known."""

    kind: str
    name: str
    namespace: str
    spec_path: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()

    @property
    def reference(self) -> str:
        """What kubectl calls it: "deployment/api"."""
        return f"{self.kind.lower()}/{self.name}"

    @property
    def fixed(self) -> bool:
        """Whether the API refuses to change it, so that it must be replaced."""
        return self.kind in _FIXED


def find_target(subject: Subject, pod: Pod, snapshot: Snapshot) -> Target:
    """The topmost owner of the pod, or the pod itself where nobody owns it."""
    kind, name = subject.owner_kind, subject.owner
    if not kind:
        owner = pod.metadata.controller
        kind, name = (owner.kind, owner.name) if owner else ("Pod", pod.metadata.name)
    if kind == "ReplicaSet":
        kind, name = _deployment_of(name, pod) or (kind, name)
    if kind == "Node":
        kind, name = "Pod", pod.metadata.name
        return Target(kind, name, subject.namespace, (), (_STATIC_POD,))
    owners = _owners(kind, name, subject.namespace, snapshot)
    caveats = _caveats(kind, name, (*(owner.metadata for owner in owners), pod.metadata))
    if any(_lacks(owner, subject.container) for owner in owners):
        return Target(kind, name, subject.namespace, (), (*caveats, _injected(subject, name)))
    return Target(kind, name, subject.namespace, POD_SPEC_PATHS.get(kind, ()), caveats)


_STATIC_POD = (
    "it is a static pod: change its manifest file on the node; the API server only mirrors it"
)


def _deployment_of(replica_set: str, pod: Pod) -> tuple[str, str] | None:
    """Its name is that of the ReplicaSet without the hash that the pods are labelled with."""
    suffix = (pod.metadata.labels or {}).get(_HASH_LABEL, "")
    if suffix and replica_set.endswith(f"-{suffix}"):
        return "Deployment", replica_set.removesuffix(f"-{suffix}")
    return None


def _owners(kind: str, name: str, namespace: str, snapshot: Snapshot) -> tuple[Workload, ...]:
    """The owner, where it was read: from the cluster, from a manifest, or from both."""
    return tuple(
        workload
        for workload in snapshot.workloads
        if (workload.kind, workload.metadata.name) == (kind, name)
        and (workload.metadata.namespace or namespace) == namespace
    )


def _lacks(owner: Workload, container: str) -> bool:
    """Whether a template was read and has no such container."""
    template = owner.spec.template
    if template is None or not container or not template.spec.containers:
        return False
    names = {c.name for c in (*template.spec.containers, *(template.spec.init_containers or ()))}
    return container not in names


def _injected(subject: Subject, owner: str) -> str:
    return (
        f"the template of {owner} has no container {subject.container}: something injects it (a "
        "service mesh, an agent), and its settings are made there"
    )


def _caveats(kind: str, name: str, metadata: tuple[Metadata, ...]) -> tuple[str, ...]:
    marks: dict[str, str] = {}
    for entry in metadata:
        marks.update({**(entry.labels or {}), **(entry.annotations or {})})
    caveats = []
    if marks.get(_HELM[0]) == "Helm" or _HELM[1] in marks:
        release = marks.get(_HELM[1], "")
        of = f" of release {release}" if release else ""
        caveats.append(
            f"Helm manages it: the next upgrade{of} reverts a direct patch; change the chart's "
            "values in git"
        )
    for tool, prefixes in _SYNCED.items():
        if any(mark.startswith(prefixes) for mark in marks):
            caveats.append(f"the next sync of {tool} reverts a direct patch: change it in git")
    if kind in _FIXED:
        what = "the template of a Job" if kind == "Job" else "these fields of a pod"
        caveats.append(f"{what} cannot be changed in place: the command replaces the {kind}")
    elif kind in ("ReplicaSet", "ReplicationController"):
        caveats.append(f"a {kind} does not replace running pods: delete them after the patch")
    elif kind not in POD_SPEC_PATHS:
        caveats.append(f"a {kind} owns it: set the same fields in the pod template of {name}")
    return tuple(caveats)
