"""Container specifications and statuses (k8s.io/api core/v1), reduced to what holdfast uses.

Rules: names are those of the API in snake case; absent stays None, and the properties without
"_spec" give the value that the API server would default it to (core/v1 defaults.go). Anything the
API calls IntOrString is `int | str`. Quantities stay text here: see model/quantity.py.
"""

from enum import StrEnum
from typing import ClassVar

import msgspec

from holdfast.model.instant import Instant, parse_instant


class ApiStruct(msgspec.Struct, frozen=True, gc=False, rename="camel", omit_defaults=True):
    """A part of an API object: camel case on the wire, unknown fields ignored."""


class HttpHeader(ApiStruct, frozen=True):
    """core/v1 HTTPHeader."""

    name: str = ""
    value: str = ""


class HttpGetAction(ApiStruct, frozen=True):
    """core/v1 HTTPGetAction."""

    port: int | str = ""
    path: str | None = None
    host: str | None = None
    scheme: str | None = None
    http_headers: tuple[HttpHeader, ...] | None = None


class TcpSocketAction(ApiStruct, frozen=True):
    """core/v1 TCPSocketAction."""

    port: int | str = ""
    host: str | None = None


class GrpcAction(ApiStruct, frozen=True):
    """core/v1 GRPCAction."""

    port: int | str = ""
    service: str | None = None


class ExecAction(ApiStruct, frozen=True):
    """core/v1 ExecAction."""

    command: tuple[str, ...] | None = None


class SleepAction(ApiStruct, frozen=True):
    """core/v1 SleepAction."""

    seconds: int = 0


class Probe(ApiStruct, frozen=True):
    """core/v1 Probe; the properties apply the defaults of kubelet.md 1.1."""

    http_get: HttpGetAction | None = None
    tcp_socket: TcpSocketAction | None = None
    grpc: GrpcAction | None = None
    exec: ExecAction | None = None
    initial_delay_seconds: int | None = None
    period_seconds: int | None = None
    timeout_seconds: int | None = None
    failure_threshold: int | None = None
    success_threshold: int | None = None
    termination_grace_period_seconds: int | None = None

    @property
    def initial_delay(self) -> int:
        """Seconds; 0 unless set."""
        return self.initial_delay_seconds or 0

    @property
    def period(self) -> int:
        """Seconds; 10 unless set."""
        return self.period_seconds or 10

    @property
    def timeout(self) -> int:
        """Seconds; 1 unless set."""
        return self.timeout_seconds or 1

    @property
    def failures(self) -> int:
        """Failures in a row that make the verdict; 3 unless set."""
        return self.failure_threshold or 3

    @property
    def successes(self) -> int:
        """Successes in a row that make the verdict; 1 unless set."""
        return self.success_threshold or 1

    @property
    def handler(self) -> str:
        """The API name of the handler that is set: httpGet, tcpSocket, grpc, exec; or ""."""
        if self.http_get is not None:
            return "httpGet"
        if self.tcp_socket is not None:
            return "tcpSocket"
        if self.grpc is not None:
            return "grpc"
        return "exec" if self.exec is not None else ""

    @property
    def port(self) -> int | str | None:
        """The port that the handler asks, None for exec."""
        action = self.http_get or self.tcp_socket or self.grpc
        return action.port if action is not None else None


class LifecycleHandler(ApiStruct, frozen=True):
    """core/v1 LifecycleHandler."""

    exec: ExecAction | None = None
    http_get: HttpGetAction | None = None
    tcp_socket: TcpSocketAction | None = None
    sleep: SleepAction | None = None


class Lifecycle(ApiStruct, frozen=True):
    """core/v1 Lifecycle."""

    post_start: LifecycleHandler | None = None
    pre_stop: LifecycleHandler | None = None
    stop_signal: str | None = None


class Resources(ApiStruct, frozen=True):
    """core/v1 ResourceRequirements."""

    limits: dict[str, str | int | float] | None = None
    requests: dict[str, str | int | float] | None = None


class ContainerPort(ApiStruct, frozen=True):
    """core/v1 ContainerPort."""

    container_port: int = 0
    name: str = ""
    host_port: int | None = None
    protocol: str | None = None


class ObjectReference(ApiStruct, frozen=True):
    """A ConfigMap or Secret that a container or volume names."""

    name: str = ""
    key: str | None = None
    optional: bool | None = None


class ObjectFieldSelector(ApiStruct, frozen=True):
    """core/v1 ObjectFieldSelector."""

    field_path: str = ""


class ResourceFieldSelector(ApiStruct, frozen=True):
    """core/v1 ResourceFieldSelector."""

    resource: str = ""
    container_name: str = ""
    divisor: str | int | float | None = None


class EnvVarSource(ApiStruct, frozen=True):
    """core/v1 EnvVarSource."""

    field_ref: ObjectFieldSelector | None = None
    resource_field_ref: ResourceFieldSelector | None = None
    config_map_key_ref: ObjectReference | None = None
    secret_key_ref: ObjectReference | None = None


class EnvVar(ApiStruct, frozen=True):
    """core/v1 EnvVar. The value may be a secret: see model/redaction.py before printing it."""

    name: str = ""
    value: str | None = None
    value_from: EnvVarSource | None = None


class EnvFromSource(ApiStruct, frozen=True):
    """core/v1 EnvFromSource."""

    prefix: str = ""
    config_map_ref: ObjectReference | None = None
    secret_ref: ObjectReference | None = None


class Capabilities(ApiStruct, frozen=True):
    """core/v1 Capabilities."""

    add: tuple[str, ...] | None = None
    drop: tuple[str, ...] | None = None


class SecurityContext(ApiStruct, frozen=True):
    """core/v1 SecurityContext and PodSecurityContext, the fields that change how a process ends."""

    run_as_user: int | None = None
    run_as_group: int | None = None
    run_as_non_root: bool | None = None
    read_only_root_filesystem: bool | None = None
    fs_group: int | None = None
    privileged: bool | None = None
    allow_privilege_escalation: bool | None = None
    capabilities: Capabilities | None = None


class VolumeMount(ApiStruct, frozen=True):
    """core/v1 VolumeMount."""

    name: str = ""
    mount_path: str = ""
    read_only: bool | None = None
    sub_path: str | None = None


class ExitCodeRule(ApiStruct, frozen=True):
    """core/v1 ContainerRestartRuleOnExitCodes."""

    operator: str = ""
    values: tuple[int, ...] | None = None


class RestartRule(ApiStruct, frozen=True):
    """core/v1 ContainerRestartRule (gate ContainerRestartRules, on since 1.35)."""

    action: str = ""
    exit_codes: ExitCodeRule | None = None


class ResizePolicy(ApiStruct, frozen=True):
    """core/v1 ContainerResizePolicy."""

    resource_name: str = ""
    restart_policy: str = ""


class Container(ApiStruct, frozen=True):
    """core/v1 Container."""

    name: str = ""
    image: str = ""
    image_pull_policy: str | None = None
    command: tuple[str, ...] | None = None
    args: tuple[str, ...] | None = None
    working_dir: str | None = None
    env: tuple[EnvVar, ...] | None = None
    env_from: tuple[EnvFromSource, ...] | None = None
    ports: tuple[ContainerPort, ...] | None = None
    resources: Resources | None = None
    resize_policy: tuple[ResizePolicy, ...] | None = None
    liveness_probe: Probe | None = None
    readiness_probe: Probe | None = None
    startup_probe: Probe | None = None
    lifecycle: Lifecycle | None = None
    restart_policy: str | None = None
    restart_policy_rules: tuple[RestartRule, ...] | None = None
    security_context: SecurityContext | None = None
    volume_mounts: tuple[VolumeMount, ...] | None = None
    termination_message_path: str | None = None
    termination_message_policy: str | None = None

    def limit(self, resource: str) -> str | int | float | None:
        """The limit as written, or None."""
        return (self.resources.limits or {}).get(resource) if self.resources else None

    def request(self, resource: str) -> str | int | float | None:
        """The request as written, or None."""
        return (self.resources.requests or {}).get(resource) if self.resources else None

    @property
    def pre_stop(self) -> LifecycleHandler | None:
        """The preStop hook."""
        return self.lifecycle.pre_stop if self.lifecycle is not None else None

    @property
    def post_start(self) -> LifecycleHandler | None:
        """The postStart hook."""
        return self.lifecycle.post_start if self.lifecycle is not None else None

    def restarts_on_resize(self, before: "Container") -> bool:
        """Whether the change of resources from another version of it needs a restart (7.6)."""
        return any(
            rule.restart_policy == "RestartContainer"
            and (
                self.limit(rule.resource_name) != before.limit(rule.resource_name)
                or self.request(rule.resource_name) != before.request(rule.resource_name)
            )
            for rule in self.resize_policy or ()
        )

    def env_value(self, name: str) -> str | None:
        """The literal value of an environment variable, or None."""
        for entry in self.env or ():
            if entry.name == name:
                return entry.value
        return None


class ContainerKind(StrEnum):
    """Which list of the pod a container stands in, and how it behaves."""

    APP = "container"
    INIT = "init container"
    SIDECAR = "sidecar container"
    EPHEMERAL = "ephemeral container"


class StateWaiting(ApiStruct, frozen=True):
    """core/v1 ContainerStateWaiting."""

    reason: str = ""
    message: str = ""


class StateRunning(ApiStruct, frozen=True):
    """core/v1 ContainerStateRunning."""

    started_at: str | None = None


class StateTerminated(ApiStruct, frozen=True):
    """core/v1 ContainerStateTerminated."""

    exit_code: int = 0
    signal: int | None = None
    reason: str = ""
    message: str = ""
    started_at: str | None = None
    finished_at: str | None = None
    container_id: str = msgspec.field(name="containerID", default="")

    @property
    def started(self) -> Instant | None:
        """When the process started; None for the zero times of StartError and lost containers."""
        return parse_instant(self.started_at)

    @property
    def finished(self) -> Instant | None:
        """When the process ended, or None where the API does not say."""
        return parse_instant(self.finished_at)


class ContainerState(ApiStruct, frozen=True):
    """core/v1 ContainerState: at most one of the three."""

    waiting: StateWaiting | None = None
    running: StateRunning | None = None
    terminated: StateTerminated | None = None


class ContainerStatus(ApiStruct, frozen=True):
    """core/v1 ContainerStatus."""

    EMPTY: ClassVar[ContainerState] = ContainerState()

    name: str = ""
    state: ContainerState = EMPTY
    last_state: ContainerState = EMPTY
    ready: bool = False
    restart_count: int = 0
    image: str = ""
    image_id: str = msgspec.field(name="imageID", default="")
    container_id: str = msgspec.field(name="containerID", default="")
    started: bool | None = None
    resources: Resources | None = None
