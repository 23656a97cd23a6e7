"""What a manifest asks for: an object with a pod template, as what a simulation needs of it.

Rules: a Pod is itself; owners (Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob and
whatever else embeds a template) give their template, how many of it, and how they replace it. What
the manifest leaves out has the API's default (apps/v1 defaults.go).
"""

from enum import StrEnum
from typing import Any

import msgspec

from holdfast.kubelet.admission import admit
from holdfast.kubelet.behaviour import Behaviour
from holdfast.model.digest import uuid5
from holdfast.model.errors import HoldfastError
from holdfast.model.int_or_percent import share_of
from holdfast.model.metadata import Metadata
from holdfast.model.pod import Pod, PodSpec

# apps/v1 defaults.go: maxSurge and maxUnavailable of a Deployment
_DEFAULT_STEP = "25%"
_FINITE_KINDS = ("Job", "CronJob")


class SubjectError(HoldfastError):
    """A manifest without anything that could be simulated."""


class Replacement(StrEnum):
    """How an owner puts new pods in the place of old ones."""

    NEVER = "never"
    ROLLING = "RollingUpdate"
    RECREATE = "Recreate"
    ORDERED = "one after the other"
    """StatefulSet and DaemonSet: a pod goes before its successor comes."""


class Subject(msgspec.Struct, frozen=True):
    """One object. `pod` is one of its pods as the API server stores it, without a number."""

    kind: str
    pod: Pod
    replicas: int = 1
    replacement: Replacement = Replacement.NEVER
    max_surge: int = 0
    max_unavailable: int = 1
    min_ready_seconds: float = 0.0

    @property
    def name(self) -> str:
        """ "deployment/api"."""
        return f"{self.kind.lower()}/{self.pod.metadata.name}"

    @property
    def finite(self) -> bool:
        """Whether its pods are there to end."""
        return self.kind in _FINITE_KINDS

    def pod_named(self, name: str) -> Pod:
        """One of its pods."""
        old = self.pod.metadata
        uid = str(uuid5(f"{name}.{self.pod.key.namespace}"))
        metadata = msgspec.structs.replace(old, name=name, uid=uid)
        return msgspec.structs.replace(self.pod, metadata=metadata)


def read_subject(value: dict[str, Any], behaviour: Behaviour, where: str) -> Subject | None:
    """The subject that an object of the API is; None for one without a pod template.

    Raises SubjectError for fields of the wrong type, AdmissionError for an impossible pod.
    """
    kind = str(value.get("kind") or "")
    holder = _template_holder(value)
    if holder is None:
        return None
    try:
        pod = _pod(value, holder)
    except msgspec.ValidationError as error:
        raise SubjectError(
            "reading a manifest",
            f"{where}: {kind} {_name(value)}".rstrip(),
            f"{error}; expected what the API of Kubernetes accepts",
            "check it with kubectl apply --dry-run=client -f FILE",
        ) from None
    spec = value.get("spec") or {}
    replicas = _count(spec.get("replicas"), 1, where, "spec.replicas")
    if kind in _FINITE_KINDS:
        job = holder if kind == "Job" else value["spec"]["jobTemplate"]["spec"]
        replicas = _count(job.get("parallelism"), 1, where, "parallelism")
    subject = Subject(kind, admit(pod, behaviour), replicas)
    return _with_strategy(subject, spec, where)


def _template_holder(value: dict[str, Any]) -> dict[str, Any] | None:
    """The mapping that has `template`, or the pod itself."""
    spec = value.get("spec")
    if not isinstance(spec, dict):
        return None
    if value.get("kind") == "CronJob":
        inner = spec.get("jobTemplate")
        spec = inner.get("spec") if isinstance(inner, dict) else None
        if not isinstance(spec, dict):
            return None
    if isinstance(spec.get("containers"), list):
        return value
    template = spec.get("template")
    if isinstance(template, dict) and isinstance(template.get("spec"), dict):
        return spec
    return None


def _pod(value: dict[str, Any], holder: dict[str, Any]) -> Pod:
    own = msgspec.convert(value.get("metadata") or {}, Metadata)
    name = own.name or "pod"
    if holder is value:
        spec = msgspec.convert(value["spec"], PodSpec)
        labels = own.labels
    else:
        template = holder["template"]
        spec = msgspec.convert(template["spec"], PodSpec)
        labels = msgspec.convert(template.get("metadata") or {}, Metadata).labels
    return Pod(Metadata(name=name, namespace=own.namespace or "default", labels=labels), spec)


def _with_strategy(subject: Subject, spec: dict[str, Any], where: str) -> Subject:
    ready = _count(spec.get("minReadySeconds"), 0, where, "spec.minReadySeconds")
    if subject.kind in ("StatefulSet", "DaemonSet"):
        return msgspec.structs.replace(
            subject, replacement=Replacement.ORDERED, min_ready_seconds=float(ready)
        )
    if subject.kind != "Deployment":
        return subject
    strategy = spec.get("strategy") or {}
    if strategy.get("type") == "Recreate":
        return msgspec.structs.replace(subject, replacement=Replacement.RECREATE)
    rolling = strategy.get("rollingUpdate") or {}
    count = subject.replicas
    surge = _step(rolling.get("maxSurge", _DEFAULT_STEP), count, where, up=True)
    missing = _step(rolling.get("maxUnavailable", _DEFAULT_STEP), count, where, up=False)
    if surge == 0 and missing == 0:
        # pkg/controller/deployment/util ResolveFenceposts: rounding must not stop a rollout.
        missing = 1
    return msgspec.structs.replace(
        subject,
        replacement=Replacement.ROLLING,
        max_surge=surge,
        max_unavailable=missing,
        min_ready_seconds=float(ready),
    )


def _step(value: object, replicas: int, where: str, *, up: bool) -> int:
    share = share_of(value, replicas, up=up)
    return _count(value if share is None else share, 0, where, "spec.strategy.rollingUpdate")


def _count(value: object, default: int, where: str, field: str) -> int:
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100_000:
        raise SubjectError(
            "reading a manifest",
            f"{where}: {field}",
            f"{value!r}; expected a whole number from 0 to 100000",
            "correct the field",
        )
    return value


def _name(value: dict[str, Any]) -> str:
    metadata = value.get("metadata")
    return str(metadata.get("name") or "") if isinstance(metadata, dict) else ""
