"""Which requests and limits the API server accepts (kubelet.md 7.2).

Source: kubernetes v1.36.2 pkg/apis/core/validation/validation.go validateResourceRequirements,
validatePodResourceConsistency.
"""

from collections.abc import Iterator, Mapping

from holdfast.kubelet.field_rules import NEGATIVE
from holdfast.kubelet.qos import container_requests
from holdfast.kubelet.violation import Violation, invalid, not_supported, required
from holdfast.model.container import Resources
from holdfast.model.pod import Pod
from holdfast.model.quantity import Quantity, canonical, read_quantity

Written = Mapping[str, str | int | float]
# pkg/apis/core/helper/helpers.go standardContainerResources
_STANDARD = {"cpu", "memory", "ephemeral-storage"}
# component-helpers/resource/helpers.go supportedPodLevelResources
_POD_LEVEL = ("cpu", "memory")
_HUGE = "hugepages-"
# apimachinery pkg/api/resource/quantity.go ErrFormatWrong
_FORM = (
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
)


def check_resources(
    path: str, resources: Resources | None, *, of_pod: bool = False
) -> Iterator[Violation]:
    """The resources of one container, or of the pod as a whole."""
    if resources is None:
        return
    limits, requests = resources.limits or {}, resources.requests or {}
    for side, written in (("limits", limits), ("requests", requests)):
        for name, text in written.items():
            yield from _check_name(f"{path}.{side}[{name}]", name, of_pod=of_pod)
            yield from _check_quantity(f"{path}.{side}[{name}]", name, text)
    for name, text in requests.items():
        yield from _check_against_limit(path, name, text, limits)


def check_pod_level(pod: Pod) -> Iterator[Violation]:
    """Pod-level requests cover the containers, pod-level limits no single container exceeds."""
    resources = pod.spec.resources
    if resources is None or not _readable(pod):
        return
    requests = {name: Quantity.parse(text) for name, text in (resources.requests or {}).items()}
    for name, amount in container_requests(pod).items():
        if name in requests and amount > requests[name].amount:
            yield invalid(
                f"spec.resources.requests[{name}]",
                _text((resources.requests or {})[name]),
                "must be greater than or equal to aggregate container requests of "
                f"{canonical(Quantity(amount), binary=name != 'cpu')}",
            )
    for number, container in enumerate(pod.spec.containers):
        for name, whole in (resources.limits or {}).items():
            own = container.limit(name)
            if own is not None and Quantity.parse(own) > Quantity.parse(whole):
                # The API server names this odd path, and so do we.
                yield invalid(
                    f"spec.resources.containers[{number}][{name}].limits",
                    _text(own),
                    f"must be less than or equal to pod limits of {_text(whole)}",
                )


def _check_name(path: str, name: str, *, of_pod: bool) -> Iterator[Violation]:
    if of_pod:
        if name not in _POD_LEVEL and not name.startswith(_HUGE):
            yield not_supported(path, name, _POD_LEVEL)
    elif "/" not in name and name not in _STANDARD and not name.startswith(_HUGE):
        # The API server asks twice, and so it says both.
        yield invalid(path, name, "must be a standard resource type or fully qualified")
        yield invalid(path, name, "must be a standard resource for containers")


def _check_quantity(path: str, name: str, text: str | float) -> Iterator[Violation]:
    quantity = read_quantity(text)
    if quantity is None:
        yield invalid(path, _text(text), _FORM)
    elif quantity.amount < 0:
        yield invalid(path, _text(text), NEGATIVE)
    elif not _divisible(name) and quantity.amount.denominator != 1:
        yield invalid(path, _text(text), "must be an integer")


def _check_against_limit(
    path: str, name: str, text: str | float, limits: Written
) -> Iterator[Violation]:
    request = read_quantity(text)
    if name not in limits:
        if not _overcommits(name):
            yield required(f"{path}.limits", "Limit must be set for non overcommitable resources")
        return
    limit = read_quantity(limits[name])
    if request is None or limit is None:
        return
    shown = _text(limits[name])
    if request != limit and not _overcommits(name):
        yield invalid(f"{path}.requests", _text(text), f"must be equal to {name} limit of {shown}")
    elif request > limit:
        yield invalid(
            f"{path}.requests",
            _text(text),
            f"must be less than or equal to {name} limit of {shown}",
        )


def _overcommits(name: str) -> bool:
    """Whether a request may be below its limit: not for huge pages and devices."""
    return "/" not in name and not name.startswith(_HUGE)


def _divisible(name: str) -> bool:
    """Whether thousandths make sense: not for devices, which are counted."""
    return "/" not in name


def _readable(pod: Pod) -> bool:
    parts = [pod.spec.resources, *(spec.resources for spec in pod.spec.containers)]
    parts += [spec.resources for spec in pod.spec.init_containers or ()]
    return all(
        read_quantity(text) is not None
        for part in parts
        if part is not None
        for written in (part.limits, part.requests)
        for text in (written or {}).values()
    )


def _text(value: str | float) -> str:
    return str(value)
