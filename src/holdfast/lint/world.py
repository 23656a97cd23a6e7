"""All objects of one run together: who selects whom, and what refers to what.

Rules: objects meet within a namespace; a manifest that leaves its namespace out belongs to the same
one as all others that do. What is not in the set is not known to be missing in the cluster: rules
say "not in what was read".
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

from holdfast.lint.documents import ObjectSubject, texts
from holdfast.lint.pods import ContainerSubject, PodSubject, pods_of
from holdfast.model.container import ObjectReference

Key = tuple[str, str, str]
# Kinds that rules look at beside those that hold pods. All others are told as not validated.
_KNOWN_KINDS = frozenset(
    {
        "Service", "ConfigMap", "Secret", "HorizontalPodAutoscaler", "PodDisruptionBudget",
        "PersistentVolumeClaim", "LimitRange", "ResourceQuota", "Node", "Kustomization",
        "PeerAuthentication", "ServiceAccount", "VerticalPodAutoscaler", "ScaledObject", "Ingress",
        "KubeletConfiguration",
    }
)  # fmt: skip
# Labels that controllers of Kubernetes give their pods, which no template has.
_CONTROLLERS_LABELS = frozenset(
    {
        "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index", "pod-template-hash",
        "controller-revision-hash", "batch.kubernetes.io/job-name", "job-name",
    }
)  # fmt: skip


class Source(NamedTuple):
    """Where the value of an environment variable stands; `path` is relative to `subject`."""

    subject: ObjectSubject | ContainerSubject
    path: tuple[str | int, ...]


class Variable(NamedTuple):
    """An environment variable as the container gets it; the value is None where it is not known."""

    name: str
    value: str | None
    source: Source


class World:
    """The objects of one run."""

    def __init__(self, objects: Iterable[ObjectSubject], before: "World | None" = None) -> None:
        """Index them. `before` is what is deployed now, where that is known."""
        self.objects = tuple(objects)
        self.before = before
        self._by_key: dict[Key, ObjectSubject] = {}
        self._by_kind: dict[str, list[ObjectSubject]] = defaultdict(list)
        for subject in self.objects:
            self._by_key.setdefault((subject.kind, subject.namespace, subject.name), subject)
            self._by_kind[subject.kind].append(subject)

    @cached_property
    def pods(self) -> tuple[PodSubject, ...]:
        """Every pod and pod template."""
        return tuple(pod for subject in self.objects for pod in pods_of(subject))

    def not_validated(self) -> Counter[str]:
        """How many objects there are of kinds that no rule looks at."""
        holding = {id(pod.owner) for pod in self.pods}
        return Counter(
            subject.kind
            for subject in self.objects
            if subject.kind not in _KNOWN_KINDS and id(subject) not in holding
        )

    def of_kind(self, kind: str) -> list[ObjectSubject]:
        """All objects of a kind."""
        return self._by_kind.get(kind, [])

    def find(self, kind: str, namespace: str, name: str) -> ObjectSubject | None:
        """One object by its key."""
        return self._by_key.get((kind, namespace, name))

    def earlier(self, container: ContainerSubject) -> ContainerSubject | None:
        """The same container in what is deployed now; None for a new one.

        Manifests may leave out a namespace that the cluster's own objects have.
        """
        if self.before is None:
            return None
        owner = container.pod.owner
        named = [o for o in self.before.of_kind(owner.kind) if o.name == owner.name]
        same = [o for o in named if o.namespace == owner.namespace]
        found = same or [o for o in named if not (o.namespace and owner.namespace)]
        if len(found) != 1:
            return None
        inside = [
            c
            for pod in self.before.pods
            if pod.owner is found[0] and pod.path == container.pod.path
            for c in pod.containers
            if c.name == container.name
        ]
        return inside[0] if inside else None

    def services_of(self, pod: PodSubject) -> list[ObjectSubject]:
        """The Services that send requests to a pod."""
        return [
            service
            for service in self.of_kind("Service")
            if service.namespace == pod.namespace
            and _selects(texts(service.get("spec", "selector")), pod.labels)
        ]

    def budgets_of(self, pod: PodSubject) -> list[ObjectSubject]:
        """The PodDisruptionBudgets that count a pod."""
        return [
            budget
            for budget in self.of_kind("PodDisruptionBudget")
            if budget.namespace == pod.namespace
            and matches(budget.mapping("spec", "selector"), pod.labels)
        ]

    def scalers_of(self, owner: ObjectSubject) -> list[ObjectSubject]:
        """The HorizontalPodAutoscalers that scale an object."""
        return [
            scaler
            for scaler in self.of_kind("HorizontalPodAutoscaler")
            if scaler.namespace == owner.namespace
            and scaler.get("spec", "scaleTargetRef", "kind") == owner.kind
            and scaler.get("spec", "scaleTargetRef", "name") == owner.name
        ]

    def environment_of(self, container: ContainerSubject) -> dict[str, Variable]:
        """Its variables, through ConfigMaps of the set; the last definition of a name counts."""
        found: dict[str, Variable] = {}
        namespace = container.pod.namespace
        for entry in container.spec.env_from or ():
            config = self._config(entry.config_map_ref, namespace)
            for key, value in texts(config.get("data") if config else None).items():
                if config is not None:
                    source = Source(config, ("data", key))
                    found[entry.prefix + key] = Variable(entry.prefix + key, value, source)
        for index, variable in enumerate(container.spec.env or ()):
            origin = variable.value_from
            if origin is None:
                source = Source(container, ("env", index, "value"))
                found[variable.name] = Variable(variable.name, variable.value, source)
                continue
            reference = origin.config_map_key_ref
            config = self._config(reference, namespace)
            if config is None or reference is None or not reference.key:
                source = Source(container, ("env", index, "valueFrom"))
                found[variable.name] = Variable(variable.name, None, source)
            else:
                known = texts(config.get("data")).get(reference.key)
                source = Source(config, ("data", reference.key))
                found[variable.name] = Variable(variable.name, known, source)
        return found

    def _config(self, reference: ObjectReference | None, namespace: str) -> ObjectSubject | None:
        return self.find("ConfigMap", namespace, reference.name) if reference else None

    def selected(self, labels: dict[str, str], namespace: str) -> Iterator[PodSubject]:
        """The pods of a namespace whose labels hold all of these."""
        for pod in self.pods:
            if pod.namespace == namespace and _selects(labels, pod.labels):
                yield pod


def matches(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    """Whether a LabelSelector selects labels; an empty one selects everything."""
    wanted = texts(selector.get("matchLabels"))
    if any(labels.get(key) != value for key, value in wanted.items()):
        return False
    for expression in selector.get("matchExpressions") or []:
        if isinstance(expression, dict) and not _holds(expression, labels):
            return False
    return True


def _holds(expression: dict[str, Any], labels: dict[str, str]) -> bool:
    key, operator = str(expression.get("key")), expression.get("operator")
    values = expression.get("values") or []
    present = key in labels
    if operator == "In":
        return present and labels[key] in values
    if operator == "NotIn":
        return not present or labels[key] not in values
    return present if operator == "Exists" else not present


def _selects(selector: dict[str, str], labels: dict[str, str]) -> bool:
    """A Service's selector; an empty one selects nothing (core/v1 Service)."""
    return bool(selector) and all(
        labels.get(key) == value or key in _CONTROLLERS_LABELS for key, value in selector.items()
    )
