"""What `holdfast why` was asked about: pod/x, deploy/x, a bare pod name.

The short names are those of kubectl (`kubectl api-resources`).
"""

from collections.abc import Sequence
from typing import NamedTuple

import click

from holdfast.diagnosis.evidence.context import Context
from holdfast.model.pod import Pod
from holdfast.model.snapshot import Snapshot

_KINDS = {
    "Pod": ("po", "pod", "pods"),
    "Deployment": ("deploy", "deployment", "deployments", "deployments.apps"),
    "ReplicaSet": ("rs", "replicaset", "replicasets", "replicasets.apps"),
    "StatefulSet": ("sts", "statefulset", "statefulsets", "statefulsets.apps"),
    "DaemonSet": ("ds", "daemonset", "daemonsets", "daemonsets.apps"),
    "Job": ("job", "jobs", "jobs.batch"),
    "CronJob": ("cj", "cronjob", "cronjobs", "cronjobs.batch"),
}
_BY_NAME = {name: kind for kind, names in _KINDS.items() for name in names}


class Target(NamedTuple):
    """A kind as the API spells it, and a name."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind.lower()}/{self.name}"


def parse_target(text: str) -> Target:
    """Read "deploy/api" or "api-7d9f"; raises click.BadParameter for a kind without pods."""
    kind, slash, name = text.rpartition("/")
    if not slash:
        return Target("Pod", text)
    known = _BY_NAME.get(kind.lower())
    if known is None or not name:
        kinds = ", ".join(names[0] for names in _KINDS.values())
        raise click.BadParameter(
            f"{text!r} is not something with pods; expected KIND/NAME of {kinds}"
        )
    return Target(known, name)


def parse_targets(texts: Sequence[str]) -> tuple[Target, ...]:
    """Every target; a kind may stand before its names, as in kubectl: "deploy api web".

    Raises click.BadParameter for a kind without pods.
    """
    first = texts[0].lower() if texts else ""
    if len(texts) > 1 and first in _BY_NAME and not any("/" in text for text in texts):
        return tuple(Target(_BY_NAME[first], name) for name in texts[1:])
    return tuple(parse_target(text) for text in texts)


def parse_selector(text: str) -> dict[str, str | None]:
    """Read "app=api,tier!=x" style equality selectors: label to value, None for "exists".

    Raises click.BadParameter for set based selectors, which only the API server evaluates.
    """
    wanted: dict[str, str | None] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        if any(sign in part for sign in ("!", "(", " ")):
            raise click.BadParameter(
                f"{part!r} in a selector for files; expected label=value (set based selectors work "
                "against a live cluster only)"
            )
        label, equals, value = part.replace("==", "=").partition("=")
        wanted[label] = value if equals else None
    return wanted


class Filter:
    """Says which pods of a snapshot were asked for."""

    def __init__(
        self,
        snapshot: Snapshot,
        targets: tuple[Target, ...],
        namespace: str | None,
        selector: dict[str, str | None],
    ) -> None:
        """Everything empty means: all pods."""
        self._context = Context(snapshot, ())
        self._targets = targets
        self._namespace = namespace
        self._selector = selector

    def __call__(self, pod: Pod) -> bool:
        """Whether the pod was asked for."""
        if self._namespace and pod.key.namespace != self._namespace:
            return False
        return self._labelled(pod) and self._named(pod)

    def _labelled(self, pod: Pod) -> bool:
        labels = pod.metadata.labels or {}
        return all(
            label in labels and value in (None, labels[label])
            for label, value in self._selector.items()
        )

    def _named(self, pod: Pod) -> bool:
        if not self._targets:
            return True
        names = {("Pod", pod.key.name), *self._context.owner_chain(pod)}
        if any(tuple(target) in names for target in self._targets):
            return True
        # Without the ReplicaSet in the input, its Deployment is known by the name only.
        return any(t.kind == "Deployment" and self._by_hash(pod, t.name) for t in self._targets)

    def _by_hash(self, pod: Pod, deployment: str) -> bool:
        digest = (pod.metadata.labels or {}).get("pod-template-hash")
        owner = pod.metadata.controller
        return bool(digest and owner and owner.name == f"{deployment}-{digest}")
