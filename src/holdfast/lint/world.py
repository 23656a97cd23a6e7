"""All objects of one run together: who selects whom, and what refers to what.

Rules: objects meet within a namespace; a manifest that leaves its namespace out belongs to the same
one as all others that do. What is not in the set is not known to be missing in the cluster: rules
say "not in what was read".
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar, cast

import msgspec

from holdfast.lint.documents import ObjectSubject, texts
from holdfast.lint.images import KnownImage, KnownImages
from holdfast.lint.pods import ContainerSubject, PodSubject, pods_of
from holdfast.lint.problem import Path
from holdfast.model.container import ObjectReference

Key = tuple[str, str, str]
T = TypeVar("T")
# A run of ordinary size decodes each pod once; those of a long stream beyond are made anew each
# time they are asked for, and take no memory in between.
_KEPT_PODS = 2048
_Label = tuple[str, str, str]
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


class Source(msgspec.Struct, frozen=True):
    """Where the value of an environment variable stands; `path` is relative to `subject`."""

    subject: ObjectSubject | ContainerSubject
    path: tuple[str | int, ...]


class Variable(msgspec.Struct, frozen=True):
    """An environment variable as the container gets it; the value is None where it is not known."""

    name: str
    value: str | None
    source: Source


class World:
    """The objects of one run. Add all of them before asking."""

    def __init__(self, before: "World | None" = None, images: Iterable[KnownImage] = ()) -> None:
        """Nothing was read yet. `before` is what is deployed now, where that is known."""
        self.objects: list[ObjectSubject] = []
        self.before = before
        self.images = KnownImages(images)
        self._by_name: dict[tuple[str, str], list[ObjectSubject]] = defaultdict(list)
        self._by_kind: dict[str, list[ObjectSubject]] = defaultdict(list)
        self._pods: list[PodSubject | _Template] = []
        self._logging_in: list[PodSubject | _Template] = []
        self._unknown_kinds: Counter[str] = Counter()
        self._scalers: dict[Key, list[ObjectSubject]] = defaultdict(list)
        self._services = _Selectors()
        self._budgets = _Selectors()
        self._labelled: dict[_Label, list[PodSubject | _Template]] = defaultdict(list)
        self._in_namespace: dict[tuple[str, str], list[ObjectSubject]] = defaultdict(list)
        self._namespaces: set[str] = set()
        self._made: dict[Callable[[World], Any], Any] = {}
        self._last_environment: tuple[ContainerSubject, dict[str, Variable]] | None = None

    def add(self, subject: ObjectSubject) -> tuple[PodSubject, ...]:
        """One more object. Gives its pods and pod templates."""
        self.objects.append(subject)
        self._by_name[subject.kind, subject.name].append(subject)
        self._by_kind[subject.kind].append(subject)
        self._in_namespace[subject.kind, subject.namespace].append(subject)
        pods = tuple(pods_of(subject))
        for pod in pods:
            is_kept = len(self._pods) < _KEPT_PODS
            kept = pod if is_kept else _Template(subject, pod.path)
            self._pods.append(kept)
            if subject.items(*pod.path, "imagePullSecrets"):
                self._logging_in.append(kept)
            self._namespaces.add(pod.namespace)
            for label in pod.labels.items():
                self._labelled[(pod.namespace, *label)].append(kept)
        if subject.kind == "Service":
            labels = texts(subject.get("spec", "selector"))
            self._services.add(subject, labels, labels)
        elif subject.kind == "PodDisruptionBudget":
            selector = subject.mapping("spec", "selector")
            self._budgets.add(subject, selector, texts(selector.get("matchLabels")))
        elif subject.kind == "HorizontalPodAutoscaler":
            target = subject.mapping("spec", "scaleTargetRef")
            key = (str(target.get("kind")), subject.namespace, str(target.get("name")))
            self._scalers[key].append(subject)
        elif not pods and subject.kind not in _KNOWN_KINDS:
            self._unknown_kinds[subject.kind] += 1
        return pods

    @property
    def pods(self) -> Iterator[PodSubject]:
        """Every pod and pod template, in the order of reading."""
        return map(_opened, self._pods)

    @property
    def pods_that_log_in(self) -> Iterator[PodSubject]:
        """Those with imagePullSecrets, in the order of reading."""
        return map(_opened, self._logging_in)

    def not_validated(self) -> Counter[str]:
        """How many objects there are of kinds that no rule looks at."""
        return self._unknown_kinds

    def of_kind(self, kind: str) -> list[ObjectSubject]:
        """All objects of a kind."""
        return self._by_kind.get(kind, [])

    def find(self, kind: str, namespace: str, name: str) -> ObjectSubject | None:
        """One object by its key."""
        return next((o for o in self.named(kind, name) if o.namespace == namespace), None)

    def of_kind_in(self, kind: str, namespace: str) -> list[ObjectSubject]:
        """All objects of a kind in a namespace."""
        return self._in_namespace.get((kind, namespace), [])

    def names(self, kind: str, namespace: str) -> list[str]:
        """The names of all objects of a kind in a namespace."""
        return [one.name for one in self.of_kind_in(kind, namespace)]

    def once(self, make: Callable[["World"], T]) -> T:
        """What a function makes of all objects: made once for a run, however many pods ask."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast("T", self._made[make])

    def named(self, kind: str, name: str) -> list[ObjectSubject]:
        """The objects of a kind with a name, in all namespaces."""
        return self._by_name.get((kind, name), [])

    def earlier(self, container: ContainerSubject) -> ContainerSubject | None:
        """The same container in what is deployed now; None for a new one.

        Manifests may leave out a namespace that the cluster's own objects have.
        """
        if self.before is None:
            return None
        owner = container.pod.owner
        named = self.before.named(owner.kind, owner.name)
        same = [o for o in named if o.namespace == owner.namespace]
        found = same or [o for o in named if not (o.namespace and owner.namespace)]
        if len(found) != 1:
            return None
        inside = [
            c
            for pod in pods_of(found[0])
            if pod.path == container.pod.path
            for c in pod.containers
            if c.name == container.name
        ]
        return inside[0] if inside else None

    def services_of(self, pod: PodSubject) -> list[ObjectSubject]:
        """The Services that send requests to a pod."""
        found = self._services.candidates(pod)
        return [one.subject for one in found if _selects(one.selector, pod.labels)]

    def behind(self, service: str, namespace: str) -> Iterator[PodSubject]:
        """The pods that a Service of that name sends requests to."""
        subject = self.find("Service", namespace, service)
        labels = texts(subject.get("spec", "selector")) if subject is not None else {}
        if labels:
            yield from self.selected(labels, namespace)

    def services_alone(self, pod: PodSubject) -> list[ObjectSubject]:
        """The Services that send requests to the pods of this workload and to no others."""
        owner = (pod.kind, pod.owner.name)
        return [
            service
            for service in self.services_of(pod)
            if all(
                (other.kind, other.owner.name) == owner
                for other in self.selected(texts(service.get("spec", "selector")), pod.namespace)
            )
        ]

    def budgets_of(self, pod: PodSubject) -> list[ObjectSubject]:
        """The PodDisruptionBudgets that count a pod."""
        found = self._budgets.candidates(pod)
        return [one.subject for one in found if matches(one.selector, pod.labels)]

    def scalers_of(self, owner: ObjectSubject) -> list[ObjectSubject]:
        """The HorizontalPodAutoscalers that scale an object."""
        return self._scalers.get((owner.kind, owner.namespace, owner.name), [])

    def environment_of(self, container: ContainerSubject) -> dict[str, Variable]:
        """Its variables, through ConfigMaps of the set; the last definition of a name counts.

        Those of its image come first, where it was read. Rules ask about one container after the
        other, so that of the last one is kept.
        """
        if self._last_environment is None or self._last_environment[0] is not container:
            self._last_environment = (container, self._environment_of(container))
        return self._last_environment[1]

    def _environment_of(self, container: ContainerSubject) -> dict[str, Variable]:
        found: dict[str, Variable] = {}
        image = self.images.of(container)
        for name, value in image.image.config.environment.items() if image is not None else ():
            found[name] = Variable(name, value, Source(container, ("image",)))
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

    def has_pods(self, namespace: str) -> bool:
        """Whether anything of a namespace runs pods."""
        return namespace in self._namespaces

    def selected(self, labels: dict[str, str], namespace: str) -> Iterator[PodSubject]:
        """The pods of a namespace whose labels hold all of these."""
        found = [
            self._labelled.get((namespace, *label), [])
            for label in labels.items()
            if label[0] not in _CONTROLLERS_LABELS
        ]
        shortest = min(found, key=len, default=self._pods)
        for pod in map(_opened, shortest):
            if pod.namespace == namespace and _selects(labels, pod.labels):
                yield pod


class _Template(msgspec.Struct, frozen=True):
    """Where a pod spec stands, without its value."""

    owner: ObjectSubject
    path: Path


def _opened(kept: "PodSubject | _Template") -> PodSubject:
    return PodSubject(kept.owner, kept.path) if isinstance(kept, _Template) else kept


class _Selecting(msgspec.Struct, frozen=True):
    """An object with its selector. `number` is its place in the order of reading."""

    number: int
    subject: ObjectSubject
    selector: dict[str, Any]


class _Selectors:
    """Objects with selectors, found by one label that their pods must have."""

    def __init__(self) -> None:
        self._by_label: dict[_Label, list[_Selecting]] = defaultdict(list)
        self._others: dict[str, list[_Selecting]] = defaultdict(list)
        self._count = 0

    def add(self, subject: ObjectSubject, selector: dict[str, Any], labels: dict[str, str]) -> None:
        """One more, with the labels that it selects by equality."""
        own = [label for label in labels.items() if label[0] not in _CONTROLLERS_LABELS]
        lists = [self._by_label[(subject.namespace, *label)] for label in own]
        shortest = min(lists, key=len, default=self._others[subject.namespace])
        shortest.append(_Selecting(self._count, subject, selector))
        self._count += 1

    def candidates(self, pod: PodSubject) -> list[_Selecting]:
        """Those that may select a pod, in the order of reading."""
        found = list(self._others.get(pod.namespace, ()))
        for label in pod.labels.items():
            found += self._by_label.get((pod.namespace, *label), ())
        found.sort(key=lambda one: one.number)
        return found


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
