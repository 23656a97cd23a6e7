"""What the API server fills in when a pod is created (kubelet.md 7.2, 8).

Rules: pods only, templates are stored as written; an image policy is fixed here and never looked at
again (Q42). Source: kubernetes v1.36.2 pkg/apis/core/v1/defaults.go, plugin/pkg/admission/
limitranger.
"""

from fractions import Fraction

import msgspec
from msgspec.structs import replace

from holdfast.kubelet.behaviour import Behaviour
from holdfast.kubelet.qos import container_requests
from holdfast.model.container import Container, ContainerPort, HttpGetAction, Probe, Resources
from holdfast.model.pod import DEFAULT_GRACE_SECONDS, Pod
from holdfast.model.quantity import Quantity, canonical

Written = dict[str, str | int | float]
_THOUSANDTH = Fraction(1, 1000)


class LimitRangeItem(msgspec.Struct, frozen=True):
    """The Container item of a LimitRange of the pod's namespace: resource -> quantity."""

    default: Written = {}
    default_request: Written = {}
    minimum: Written = {}
    maximum: Written = {}


def pull_policy(image: str) -> str:
    """imagePullPolicy of a container that names none.

    Always for the tag latest, or neither tag nor digest; IfNotPresent otherwise.
    """
    if "@" in image:
        return "IfNotPresent"
    _, colon, tag = image.rpartition("/")[2].partition(":")
    return "Always" if not colon or tag == "latest" else "IfNotPresent"


def apply_defaults(pod: Pod, behaviour: Behaviour) -> Pod:
    """The pod as the API server stores it. Quantities must be readable (`admission.py`)."""
    spec = pod.spec
    grace = spec.termination_grace_period_seconds
    full = replace(
        spec,
        containers=tuple(_container(one, pod) for one in spec.containers),
        init_containers=_all(spec.init_containers, pod),
        ephemeral_containers=spec.ephemeral_containers,
        restart_policy=spec.policy,
        termination_grace_period_seconds=DEFAULT_GRACE_SECONDS if grace is None else grace,
    )
    defaulted = replace(pod, spec=full)
    return _pod_level(defaulted) if behaviour.pod_level_resources else defaulted


def apply_limit_range(container: Container, item: LimitRangeItem) -> Container:
    """What LimitRanger adds, after the defaults of the API: only what is missing.

    An item without default takes its maximum, one without defaultRequest its default, then its
    minimum. A container with a limit has a request by now, so it never gets defaultRequest (Q30).
    """
    default = {**item.maximum, **item.default}
    default_request = {**item.minimum, **default, **item.default_request}
    own = container.resources or Resources()
    limits = {**default, **(own.limits or {})}
    requests = {**default_request, **(own.requests or {})}
    return replace(container, resources=Resources(limits=limits, requests=requests))


def _all(containers: tuple[Container, ...] | None, pod: Pod) -> tuple[Container, ...] | None:
    return None if containers is None else tuple(_container(one, pod) for one in containers)


def _container(container: Container, pod: Pod) -> Container:
    return replace(
        container,
        image_pull_policy=container.image_pull_policy or pull_policy(container.image),
        liveness_probe=_probe(container.liveness_probe),
        readiness_probe=_probe(container.readiness_probe),
        startup_probe=_probe(container.startup_probe),
        ports=_ports(container.ports, on_host=bool(pod.spec.host_network)),
        resources=_resources(container.resources),
        termination_message_policy=container.termination_message_policy or "File",
    )


def _probe(probe: Probe | None) -> Probe | None:
    """Zero means the default, as absence does (kubelet.md 1.1)."""
    if probe is None:
        return None
    return replace(
        probe,
        http_get=_http_get(probe.http_get),
        initial_delay_seconds=probe.initial_delay,
        period_seconds=probe.period,
        timeout_seconds=probe.timeout,
        failure_threshold=probe.failures,
        success_threshold=probe.successes,
    )


def _http_get(action: HttpGetAction | None) -> HttpGetAction | None:
    if action is None:
        return None
    return replace(action, path=action.path or "/", scheme=action.scheme or "HTTP")


def _ports(
    ports: tuple[ContainerPort, ...] | None, *, on_host: bool
) -> tuple[ContainerPort, ...] | None:
    if ports is None:
        return None
    return tuple(
        replace(
            port,
            protocol=port.protocol or "TCP",
            host_port=port.host_port or (port.container_port if on_host else port.host_port),
        )
        for port in ports
    )


def _resources(resources: Resources | None) -> Resources | None:
    if resources is None:
        return None
    limits = _rounded(resources.limits)
    requests = {**(limits or {}), **(_rounded(resources.requests) or {})}
    return Resources(limits=limits, requests=requests or None)


def _rounded(written: Written | None) -> Written | None:
    """Quantities finer than a thousandth are rounded up to one."""
    if written is None:
        return None
    return {name: _round_up(text) for name, text in written.items()}


def _round_up(text: str | float) -> str | int | float:
    amount = Quantity.parse(text).amount
    if (amount / _THOUSANDTH).denominator == 1:
        return text
    return canonical(Quantity(Quantity(amount).millicores * _THOUSANDTH))


def _pod_level(pod: Pod) -> Pod:
    """Pod-level requests: what the containers request, else the pod-level limits."""
    resources = pod.spec.resources
    if resources is None:
        return pod
    limits = _rounded(resources.limits) or {}
    requests = dict(_rounded(resources.requests) or {})
    for name, amount in container_requests(pod).items():
        if name in ("cpu", "memory"):
            requests.setdefault(name, canonical(Quantity(amount), binary=name == "memory"))
    for name, text in limits.items():
        requests.setdefault(name, text)
    full = Resources(limits=limits or None, requests=requests or None)
    return replace(pod, spec=replace(pod.spec, resources=full))
