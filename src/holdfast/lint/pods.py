"""Pods and containers as rules see them: every kind of workload in one shape.

Rules: values are the typed structs of the model, whose properties apply the API's defaults; a field
that is None was not written. A template is found by its path for the kinds of Kubernetes, and by
its shape for all others (rules.md 4, item 2). Fields of the wrong type are left out of the structs
and told as faults, so that all others are still examined.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import msgspec

from holdfast.kubelet.behaviour import NEWEST, behaviour_of
from holdfast.kubelet.probe_rules import check_probes_and_hooks, forbid_probes_and_hooks
from holdfast.lint.documents import ObjectSubject, texts
from holdfast.lint.problem import Path
from holdfast.lint.runtime import programs_of, runtime_of
from holdfast.lint.subject import Subject
from holdfast.lint.values import as_decoded
from holdfast.model.container import Container, ContainerKind, LifecycleHandler, Probe
from holdfast.model.hazard import Place
from holdfast.model.pod import PodSpec
from holdfast.model.quantity import read_bytes, read_quantity
from holdfast.model.regex import regex
from holdfast.model.runtime import Runtime
from holdfast.model.workload import POD_SPEC_PATHS

_FINITE_KINDS = frozenset({"Job", "CronJob"})
# An object of the API with more levels above its templates is not known.
_DEEPEST_TEMPLATE = 8
_MOST_FAULTS = 50
_FAULT = regex(r"(?P<found>.*?) - at `\$(?P<path>.*)`")
_BEHAVIOUR = behaviour_of(NEWEST)
_NULL = "got `null`"
_FIELD = regex(r"([^.\[\]]+)|\[(\d+)\]")
_STEP = regex(r"\.([^.\[\]]+)|\[(\d+)\]|\[\.\.\.\]")


class TypeFault(msgspec.Struct, frozen=True):
    """A field whose value has a type that the API refuses. `found` says it in words."""

    path: Path
    found: str


class Decoded(msgspec.Struct, frozen=True):
    """A typed spec, what is left out of it for its type, and whether something in it is null."""

    spec: PodSpec
    faults: tuple[TypeFault, ...] = ()
    holds_null: bool = False


class Refused(msgspec.Struct, frozen=True):
    """A field that the API server refuses, relative to the container, and what it says."""

    path: Path
    problem: str


class PodSubject(Subject):
    """A pod template, or a Pod. Paths are relative to its spec.

    `kind` and `namespace` are those of the object that holds it; "" where it leaves them out.
    """

    def __init__(self, owner: ObjectSubject, path: Path) -> None:
        """`path` is where the pod spec stands in the object."""
        self.owner = owner
        self.path = path
        self.kind, self.namespace = owner.kind, owner.namespace

    @cached_property
    def spec(self) -> PodSpec:
        """What could be decoded."""
        return self._decoded.spec

    @property
    def written(self) -> dict[str, Any]:
        """Its fields as the manifest has them."""
        return self.owner.mapping(*self.path)

    @property
    def faults(self) -> tuple[TypeFault, ...]:
        """What is left out of the spec for its type."""
        return self._decoded.faults

    @property
    def holds_null(self) -> bool:
        """Whether a field that may be needed is null, which is as if it were not written."""
        return self._decoded.holds_null

    @cached_property
    def _decoded(self) -> Decoded:
        return decode_spec(self.owner.mapping(*self.path))

    @cached_property
    def labels(self) -> dict[str, str]:
        """The labels of the pods."""
        return texts(self.owner.get(*self.path[:-1], "metadata", "labels"))

    @property
    def annotations(self) -> dict[str, str]:
        """The annotations of the pods."""
        return texts(self.owner.get(*self.path[:-1], "metadata", "annotations"))

    @property
    def root(self) -> Path:
        """Where the pod spec stands in its document."""
        return (*self.owner.root, *self.path)

    @property
    def runs_forever(self) -> bool:
        """Whether an end of its containers is a failure: everywhere but in Jobs."""
        return self.spec.policy == "Always" and self.kind not in _FINITE_KINDS

    @cached_property
    def replicas(self) -> int:
        """spec.replicas with the API's default of 1."""
        given = self.owner.get("spec", "replicas")
        return given if isinstance(given, int) and not isinstance(given, bool) else 1

    @cached_property
    def containers(self) -> tuple["ContainerSubject", ...]:
        """Init containers in their order, then the others, as the kubelet starts them."""
        found = []
        for name, specs in (
            ("initContainers", self.spec.init_containers or ()),
            ("containers", self.spec.containers),
        ):
            for index, spec in enumerate(specs):
                kind = ContainerKind.APP
                if name == "initContainers":
                    sidecar = spec.restart_policy == "Always"
                    kind = ContainerKind.SIDECAR if sidecar else ContainerKind.INIT
                found.append(ContainerSubject(self, (name, index), spec, kind))
        return tuple(found)

    def at(self, *path: str | int) -> Place:
        """Where a field of the pod spec stands, or its nearest parent."""
        return self.owner.at(*self.path, *path)


class ContainerSubject(Subject):
    """One container of a pod. Paths are relative to it."""

    def __init__(self, pod: PodSubject, path: Path, spec: Container, kind: ContainerKind) -> None:
        """`path` is relative to the pod spec: ("containers", 0)."""
        self.pod = pod
        self.path = path
        self.spec = spec
        self.kind = kind

    @property
    def name(self) -> str:
        """Its name."""
        return self.spec.name

    @property
    def root(self) -> Path:
        """Where the container stands in its document."""
        return (*self.pod.root, *self.path)

    @property
    def written(self) -> dict[str, Any]:
        """Its fields as the manifest has them."""
        return self.pod.owner.mapping(*self.pod.path, *self.path)

    @property
    def is_probed(self) -> bool:
        """The kubelet probes no ordinary init container."""
        return self.kind is not ContainerKind.INIT

    @property
    def serves(self) -> bool:
        """Whether it is an ordinary container of a pod that is meant to run for ever."""
        return self.kind is ContainerKind.APP and self.pod.runs_forever

    @cached_property
    def probes(self) -> tuple[tuple[str, Probe], ...]:
        """(field, probe) for each probe that the kubelet runs."""
        all_three = (
            ("startupProbe", self.spec.startup_probe),
            ("livenessProbe", self.spec.liveness_probe),
            ("readinessProbe", self.spec.readiness_probe),
        )
        return tuple((f, p) for f, p in all_three if p is not None and self.is_probed)

    @property
    def hooks(self) -> Iterator[tuple[str, LifecycleHandler]]:
        """(field, hook) for each hook that is there."""
        for field, hook in (("postStart", self.spec.post_start), ("preStop", self.spec.pre_stop)):
            if hook is not None:
                yield field, hook

    @cached_property
    def words(self) -> tuple[str, ...]:
        """command and args, as far as the manifest sets them."""
        return (*(self.spec.command or ()), *(self.spec.args or ()))

    @cached_property
    def programs(self) -> tuple[str, ...]:
        """The names of the programs that its command line starts."""
        return programs_of(self.words)

    @cached_property
    def runtime(self) -> Runtime:
        """The runtime that it holds, as far as its names tell."""
        return runtime_of(self.spec)

    def port_number(self, port: int | str | None) -> int | str | None:
        """The number of a port that is named among its own; itself where no name is known."""
        if not isinstance(port, str):
            return port
        ports = {own.name: own.container_port for own in self.spec.ports or () if own.name}
        return int(port) if port.isdecimal() else ports.get(port, port)

    def limit_bytes(self, resource: str = "memory") -> int | None:
        """The limit of memory or ephemeral-storage; None where there is none that can be read."""
        return read_bytes(self.spec.limit(resource))

    def request_bytes(self, resource: str = "memory") -> int | None:
        """The request; as the API does, the limit stands for a request that is left out."""
        request = read_bytes(self.spec.request(resource))
        return request if request is not None else self.limit_bytes(resource)

    def limit_millicores(self) -> int | None:
        """The CPU limit in thousandths of a core."""
        quantity = read_quantity(self.spec.limit("cpu"))
        return quantity.millicores if quantity is not None else None

    @property
    def refused(self) -> Iterator[Refused]:
        """Fields of its probes and hooks that the API server would refuse."""
        if self.kind is ContainerKind.INIT:
            found = forbid_probes_and_hooks("", self.spec)
        else:
            grace_seconds = self.pod.spec.grace_seconds
            found = check_probes_and_hooks("", self.spec, grace_seconds, _BEHAVIOUR)
        for violation in found:
            steps = _FIELD.findall(violation.path)
            path = tuple(int(index) if index else name for name, index in steps)
            yield Refused(path, violation.problem)

    def at(self, *path: str | int) -> Place:
        """Where a field of the container stands, or its nearest parent."""
        return self.pod.at(*self.path, *path)


def pods_of(owner: ObjectSubject) -> Iterator[PodSubject]:
    """The pods that an object asks for."""
    known = POD_SPEC_PATHS.get(owner.kind)
    if known is not None:
        if owner.mapping(*known):
            yield PodSubject(owner, known)
        return
    for path in _pod_specs(owner.value, ()):
        yield PodSubject(owner, path)


def _pod_specs(value: Any, path: Path) -> Iterator[Path]:
    """Where a spec with containers stands, outermost first."""
    if len(path) > _DEEPEST_TEMPLATE:
        return
    if isinstance(value, dict):
        spec = value.get("spec")
        if isinstance(spec, dict) and _is_pod_spec(spec):
            yield (*path, "spec")
            return
        for key, inner in value.items():
            yield from _pod_specs(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _pod_specs(inner, (*path, index))


def _is_pod_spec(spec: dict[str, Any]) -> bool:
    containers = spec.get("containers")
    return (
        isinstance(containers, list)
        and bool(containers)
        and all(isinstance(c, dict) and "name" in c and "image" in c for c in containers)
    )


def decode_spec(value: dict[str, Any]) -> Decoded:
    """The typed spec; what the API would refuse by its type is left out and told."""
    faults: list[TypeFault] = []
    holds_null = False
    while True:
        try:
            return Decoded(msgspec.convert(value, PodSpec), tuple(faults), holds_null)
        except msgspec.ValidationError as error:
            match = _FAULT.fullmatch(str(error))
            path = _steps(match["path"]) if match is not None else ()
            if match is None or not path or len(faults) >= _MOST_FAULTS:
                return Decoded(PodSpec(), (*faults, TypeFault((), str(error))), holds_null)
            if not holds_null and match["found"].endswith(_NULL):
                value, holds_null = as_decoded(value), True
                continue
            exact = _wrong_item(value, path)
            faults.append(TypeFault(exact, match["found"]))
            value = _without(value, exact)


def _steps(text: str) -> Path:
    return tuple(name or (int(index) if index else "...") for name, index in _STEP.findall(text))


def _wrong_item(value: Any, path: Path) -> Path:
    """The path of msgspec, which writes [...] for any item, with the key or index that it means."""
    exact: list[str | int] = []
    for step in path:
        meant = step
        if step == "..." and isinstance(value, dict):
            kinds = (str, int, float)
            meant = next((k for k, v in value.items() if not isinstance(v, kinds)), "")
        exact.append(meant)
        try:
            value = value[meant]
        except (KeyError, IndexError, TypeError):
            break
    return tuple(exact)


def _without(value: Any, path: Path) -> Any:
    """A copy without what stands at a path; an item of a list takes the list with it."""
    if not path:
        return value
    step, *rest = path
    if isinstance(value, dict) and step in value:
        inner = value[step]
        if not rest or (isinstance(inner, list) and len(rest) == 1):
            return {k: v for k, v in value.items() if k != step}
        return {**value, step: _without(inner, tuple(rest))}
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return [_without(v, tuple(rest)) if i == step else v for i, v in enumerate(value)]
    return value
