"""Pods that the API server would refuse are refused here, all faults at once, in its words.

Rules: checked are the fields that the model uses; a template of a workload is checked as the pod
that it makes. Where we refuse more than the API server does, a comment says why. Source: kubernetes
v1.36.2 pkg/apis/core/validation/validation.go; docs/specs/kubelet.md 1.1, 4.1, 4.3, 5.1, 7.2.
"""

from collections.abc import Iterator

from holdfast.kubelet.behaviour import Behaviour
from holdfast.kubelet.defaults import apply_defaults
from holdfast.kubelet.field_rules import (
    INT32_MAX,
    NEGATIVE,
    check_int64,
    check_label,
    check_port_name,
    check_port_number,
    check_subdomain,
)
from holdfast.kubelet.probe_rules import check_probes_and_hooks, forbid_probes_and_hooks
from holdfast.kubelet.resource_rules import check_pod_level, check_resources
from holdfast.kubelet.violation import (
    Violation,
    duplicate,
    forbidden,
    invalid,
    not_found,
    not_supported,
    refusal,
    required,
    too_long,
)
from holdfast.model.container import Container, ContainerPort, RestartRule
from holdfast.model.pod import Pod, PodSpec

_POLICIES = ("Always", "OnFailure", "Never")
_PULL_POLICIES = ("Always", "IfNotPresent", "Never")
_MESSAGE_POLICIES = ("File", "FallbackToLogsOnError")
_MOST_RULES, _MOST_EXIT_CODES = 20, 255


def admit(pod: Pod, behaviour: Behaviour) -> Pod:
    """The pod as it is stored, with defaults; raises AdmissionError with every violation."""
    found = violations(pod, behaviour)
    if found:
        raise refusal(pod, found)
    return apply_defaults(pod, behaviour)


def violations(pod: Pod, behaviour: Behaviour) -> tuple[Violation, ...]:
    """Everything that the API server would refuse, in the order in which it lists it."""
    return tuple(_violations(pod, behaviour))


def _violations(pod: Pod, behaviour: Behaviour) -> Iterator[Violation]:
    if not pod.metadata.name:
        yield required("metadata.name", "name or generateName is required")
    else:
        yield from check_subdomain("metadata.name", pod.metadata.name)
    spec = pod.spec
    yield from _check_grace(spec)
    yield from _check_containers(spec, behaviour)
    yield from _check_init_containers(spec, behaviour)
    if spec.resources is not None:
        if behaviour.pod_level_resources:
            yield from check_resources("spec.resources", spec.resources, of_pod=True)
            yield from check_pod_level(pod)
        else:
            yield forbidden(
                "spec.resources",
                f"pod-level resources are not enabled in Kubernetes {behaviour.version}",
            )
    if spec.policy not in _POLICIES:
        yield not_supported("spec.restartPolicy", spec.policy, _POLICIES)
    deadline = spec.active_deadline_seconds
    if deadline is not None and not 1 <= deadline <= INT32_MAX:
        detail = f"must be between 1 and {INT32_MAX}, inclusive"
        yield invalid("spec.activeDeadlineSeconds", deadline, detail)


def _check_grace(spec: PodSpec) -> Iterator[Violation]:
    """The API server stores a negative grace and takes it for 1 (5.1); nobody means that."""
    path = "spec.terminationGracePeriodSeconds"
    if spec.grace_seconds < 0:
        yield invalid(path, spec.grace_seconds, NEGATIVE, "write the grace period in seconds")
    yield from check_int64(path, spec.grace_seconds)


def _check_containers(spec: PodSpec, behaviour: Behaviour) -> Iterator[Violation]:
    if not spec.containers:
        yield required("spec.containers")
    seen: set[str] = set()
    for number, container in enumerate(spec.containers):
        path = f"spec.containers[{number}]"
        yield from _check_any(path, container, spec)
        if container.name in seen:
            yield duplicate(f"{path}.name", container.name)
        seen.add(container.name)
        yield from check_probes_and_hooks(path, container, spec.grace_seconds, behaviour)
        if behaviour.restart_rules:
            yield from _check_restart_policy(path, container, behaviour)
        elif container.restart_policy is not None:
            yield forbidden(f"{path}.restartPolicy", "may not be set for non-init containers")
    yield from _check_host_ports("spec.containers", spec.containers)


def _check_init_containers(spec: PodSpec, behaviour: Behaviour) -> Iterator[Violation]:
    seen = {container.name for container in spec.containers}
    for number, container in enumerate(spec.init_containers or ()):
        path = f"spec.initContainers[{number}]"
        yield from _check_any(path, container, spec)
        yield from _check_init_policy(path, container, behaviour)
        if container.name and container.name in seen:
            yield duplicate(f"{path}.name", container.name)
        seen.add(container.name)
        # Each by itself: init containers run one after the other.
        yield from _check_host_ports("spec.initContainers", (container,), number)
        if container.restart_policy == "Always":
            yield from check_probes_and_hooks(path, container, spec.grace_seconds, behaviour)
        else:
            yield from forbid_probes_and_hooks(path, container)


def _check_any(path: str, container: Container, spec: PodSpec) -> Iterator[Violation]:
    """What holds for containers of every kind."""
    if not container.name:
        yield required(f"{path}.name")
    else:
        yield from check_label(f"{path}.name", container.name)
    if not container.image:
        yield required(f"{path}.image")
    elif container.image != container.image.strip():
        detail = "must not have leading or trailing whitespace"
        yield invalid(f"{path}.image", container.image, detail)
    if container.termination_message_policy not in (None, *_MESSAGE_POLICIES):
        yield not_supported(
            f"{path}.terminationMessagePolicy",
            container.termination_message_policy,
            _MESSAGE_POLICIES,
        )
    yield from _check_ports(f"{path}.ports", container.ports or ())
    for number, entry in enumerate(container.env or ()):
        if not entry.name:
            yield required(f"{path}.env[{number}].name")
    yield from _check_mounts(f"{path}.volumeMounts", container, spec)
    if container.image_pull_policy not in (None, "", *_PULL_POLICIES):
        yield not_supported(f"{path}.imagePullPolicy", container.image_pull_policy, _PULL_POLICIES)
    yield from check_resources(f"{path}.resources", container.resources)


def _check_ports(path: str, ports: tuple[ContainerPort, ...]) -> Iterator[Violation]:
    """Names are unique within a container, numbers may repeat."""
    seen: set[str] = set()
    for number, port in enumerate(ports):
        place = f"{path}[{number}]"
        if port.name:
            wrong = tuple(check_port_name(f"{place}.name", port.name))
            yield from wrong
            if not wrong and port.name in seen:
                yield duplicate(f"{place}.name", port.name)
            seen.add(port.name)
        if port.container_port == 0:
            yield required(f"{place}.containerPort")
        else:
            yield from check_port_number(f"{place}.containerPort", port.container_port)
        if port.host_port:
            yield from check_port_number(f"{place}.hostPort", port.host_port)
        if port.protocol not in (None, "", "TCP", "UDP", "SCTP"):
            yield not_supported(f"{place}.protocol", port.protocol, ("SCTP", "TCP", "UDP"))


def _check_host_ports(
    path: str, containers: tuple[Container, ...], first: int = 0
) -> Iterator[Violation]:
    seen: set[str] = set()
    for number, container in enumerate(containers, first):
        for place, port in enumerate(container.ports or ()):
            if not port.host_port:
                continue
            key = f"{port.protocol or 'TCP'}//{port.host_port}"
            if key in seen:
                yield duplicate(f"{path}[{number}].ports[{place}].hostPort", key)
            seen.add(key)


def _check_mounts(path: str, container: Container, spec: PodSpec) -> Iterator[Violation]:
    volumes = {volume.name for volume in spec.volumes or ()}
    seen: set[str] = set()
    for number, mount in enumerate(container.volume_mounts or ()):
        place = f"{path}[{number}]"
        if not mount.name:
            yield required(f"{place}.name")
        elif mount.name not in volumes:
            yield not_found(f"{place}.name", mount.name)
        if not mount.mount_path:
            yield required(f"{place}.mountPath")
        elif mount.mount_path in seen:
            yield invalid(f"{place}.mountPath", mount.mount_path, "must be unique")
        seen.add(mount.mount_path)


def _check_init_policy(
    path: str, container: Container, behaviour: Behaviour
) -> Iterator[Violation]:
    policy, rules = container.restart_policy, container.restart_policy_rules or ()
    if policy == "Always" and not behaviour.sidecars:
        # Such a version drops the field, and the container then holds up the pod for ever.
        yield forbidden(f"{path}.restartPolicy", "sidecar containers begin with Kubernetes 1.29")
    elif behaviour.restart_rules:
        if policy == "Always" and rules and not behaviour.restart_all_containers:
            yield forbidden(
                f"{path}.restartPolicyRules",
                "restartPolicyRules are not allowed for init containers with restart policy Always",
            )
        else:
            yield from _check_restart_policy(path, container, behaviour)
    elif policy is None and rules:
        yield required(
            f"{path}.restartPolicy", "must specify restartPolicy when restart rules are used"
        )
    elif policy not in (None, "Always"):
        yield not_supported(f"{path}.restartPolicy", policy, ("Always",))


def _check_restart_policy(
    path: str, container: Container, behaviour: Behaviour
) -> Iterator[Violation]:
    policy, rules = container.restart_policy, container.restart_policy_rules or ()
    if policy is None:
        if rules:
            detail = "must specify restartPolicy when restart rules are used"
            yield required(f"{path}.restartPolicy", detail)
    elif policy not in _POLICIES:
        yield not_supported(f"{path}.restartPolicy", policy, sorted(_POLICIES))
    if len(rules) > _MOST_RULES:
        yield too_long(f"{path}.restartPolicyRules", _MOST_RULES)
    for number, rule in enumerate(rules):
        yield from _check_rule(f"{path}.restartPolicyRules[{number}]", rule, behaviour)


def _check_rule(path: str, rule: RestartRule, behaviour: Behaviour) -> Iterator[Violation]:
    allowed = {"Restart", "RestartAllContainers"} if behaviour.restart_all_containers else {
        "Restart"
    }  # fmt: skip
    if rule.action not in allowed:
        # Upstream lists only Restart, whatever the gate is.
        yield not_supported(f"{path}.action", rule.action, ("Restart",))
    codes = rule.exit_codes
    if codes is None:
        yield required(f"{path}.exitCodes", "must be specified")
        return
    if codes.operator not in ("In", "NotIn"):
        yield not_supported(f"{path}.exitCodes.operator", codes.operator, ("In", "NotIn"))
    if len(codes.values or ()) > _MOST_EXIT_CODES:
        yield too_long(f"{path}.exitCodes.values", _MOST_EXIT_CODES)
