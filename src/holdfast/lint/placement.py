"""Where objects are deployed to, as far as their manifests say: development, staging, production.

Rules: what is closest to the pod counts first: its namespace, its labels, those of its object, then
the overlay that its file belongs to.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.pods import PodSubject
from holdfast.model.environment import Named, Stage, environment_of_path, environment_of_place

_LABELS = ("environment", "env", "app.kubernetes.io/environment")


class Placed(NamedTuple):
    """An environment, and what says so: "namespace shop-prod"."""

    stage: Stage
    told: str


def placed_pod(pod: PodSubject) -> Placed | None:
    """The environment of a pod; None where nothing names one."""
    labels = (*_labels(pod.labels), *_labels(pod.owner.labels))
    return _first((pod.namespace, "namespace"), *labels, path=pod.owner.file)


def placed_object(subject: ObjectSubject) -> Placed | None:
    """The environment of an object that is no pod: a kustomization has its namespace at the top."""
    namespace = subject.get("namespace") or subject.namespace
    return _first((str(namespace), "namespace"), path=subject.file)


def _labels(labels: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key in _LABELS:
        yield labels.get(key, ""), f"label {key}"


def _first(*names: tuple[str, str], path: str) -> Placed | None:
    for name, told in names:
        named: Named | None = environment_of_place(name)
        if named is not None:
            return Placed(named.stage, f"{told} {name}")
    named = environment_of_path(path)
    return Placed(named.stage, f"the overlay of {named.word}") if named is not None else None
