"""A field stands in the wrong place or is misspelt, and is dropped.

What happens
------------
Lenient clients and controllers drop fields that they do not know: the probe, the limit or the hook
is not there.

Why it hurts
------------
The pod runs without what everybody believes it has.

How we know
-----------
Fields of containers and pods that stand one level off, and names that differ from known ones in a
letter or in case. With `--schema`, every field that the chosen version of the API does not know.

What else it could be
---------------------
Fields of a newer version than this tool knows: without `--schema`, only such close names are told.

Fix
---
The right place or name.

When the fix is wrong
---------------------
Where the field is real in a newer version.

References
----------
docs/specs/rules.md HF728, docs/specs/rules.md 7; kubectl apply --validate.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from holdfast.lint.documents import ObjectSubject, path_text
from holdfast.lint.near_names import nearest
from holdfast.lint.pods import PodSubject, pods_of
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.refusals import Fault, Refusal
from holdfast.model.rule import Confidence, Rule, Severity
from holdfast.model.workload import POD_SPEC_PATHS

RULE = Rule(
    "HF728",
    "a field that the API does not know there",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("F16", "C03"),
)


_CONTAINER_ONLY = frozenset(
    {"livenessProbe", "readinessProbe", "startupProbe", "command", "args", "image", "ports",
     "envFrom", "env", "lifecycle", "imagePullPolicy", "volumeMounts"}
)  # fmt: skip
_POD_ONLY = frozenset(
    {"terminationGracePeriodSeconds", "initContainers", "volumes", "nodeSelector", "affinity",
     "tolerations", "serviceAccountName", "imagePullSecrets", "enableServiceLinks",
     "shareProcessNamespace", "topologySpreadConstraints", "priorityClassName"}
)  # fmt: skip
_PROBE_FIELDS = frozenset(
    {"httpGet", "tcpSocket", "grpc", "exec", "initialDelaySeconds", "periodSeconds",
     "timeoutSeconds", "failureThreshold", "successThreshold", "terminationGracePeriodSeconds"}
)  # fmt: skip
_SHARED = frozenset({"name", "resources", "securityContext", "restartPolicy"})
_CONTAINER = _CONTAINER_ONLY | _SHARED
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """Fields of the pod spec, its containers and their probes; custom resources have their own."""
    if pod.kind not in POD_SPEC_PATHS:
        return
    for name in pod.written:
        if name in _CONTAINER_ONLY:
            yield pod.problem(_PLACE.format(name, "a container"), name, fix=_MOVE)
        elif meant := _slip(name, _POD_ONLY):
            yield pod.problem(_NAME.format(name, meant), name, fix=Fix(meant))
    for container in pod.containers:
        fields = container.written
        for name in fields:
            if name in _POD_ONLY:
                yield container.problem(_PLACE.format(name, "the pod"), name, fix=_MOVE)
            elif meant := _slip(name, _CONTAINER):
                yield container.problem(_NAME.format(name, meant), name, fix=Fix(meant))
        for probe in _PROBES:
            given = fields.get(probe)
            for name in given if isinstance(given, dict) else ():
                if meant := _slip(name, _PROBE_FIELDS):
                    yield container.problem(_NAME.format(name, meant), probe, name, fix=Fix(meant))


def check_refusals(subject: ObjectSubject, refusals: Sequence[Refusal]) -> Iterator[Problem]:
    """Every other field that the schema does not know."""
    told = {problem.place.path for pod in pods_of(subject) for problem in check_pod(pod)}
    for refusal in refusals:
        if refusal.fault is Fault.UNKNOWN and path_text(refusal.path) not in told:
            yield subject.problem(
                f"{refusal.found}: it is dropped",
                *refusal.path,
                fix=Fix("the name and the place that the API has for it"),
            )


_PLACE = "{} is a field of {}: here it is dropped"
_NAME = "{} is dropped; {} is meant"
_MOVE = Fix("the field at its right place")


@lru_cache(maxsize=4096)
def _slip(name: str, known: frozenset[str]) -> str:
    """The known field that a name means; "" for itself and for names that are far from all."""
    if name in known:
        return ""
    same = next((field for field in known if field.lower() == name.lower()), "")
    if same:
        return same
    return nearest(name, known, cutoff=0.9)
