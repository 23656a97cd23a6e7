"""Pods and their templates (k8s.io/api core/v1), reduced to what holdfast uses."""

from collections.abc import Iterator
from typing import ClassVar, NamedTuple

from holdfast.model.container import (
    ApiStruct,
    Container,
    ContainerKind,
    ContainerStatus,
    ObjectReference,
    Resources,
    SecurityContext,
)
from holdfast.model.instant import Instant, parse_instant
from holdfast.model.metadata import Metadata

# core/v1 defaults.go SetDefaults_PodSpec
DEFAULT_GRACE_SECONDS = 30


class EmptyDir(ApiStruct, frozen=True):
    """core/v1 EmptyDirVolumeSource."""

    medium: str | None = None
    size_limit: str | int | float | None = None


class SecretVolume(ApiStruct, frozen=True):
    """core/v1 SecretVolumeSource."""

    secret_name: str = ""
    optional: bool | None = None


class ClaimVolume(ApiStruct, frozen=True):
    """core/v1 PersistentVolumeClaimVolumeSource."""

    claim_name: str = ""


class Volume(ApiStruct, frozen=True):
    """core/v1 Volume."""

    name: str = ""
    config_map: ObjectReference | None = None
    secret: SecretVolume | None = None
    empty_dir: EmptyDir | None = None
    persistent_volume_claim: ClaimVolume | None = None


class Toleration(ApiStruct, frozen=True):
    """core/v1 Toleration."""

    key: str = ""
    operator: str = ""
    value: str = ""
    effect: str = ""


class PodSpec(ApiStruct, frozen=True):
    """core/v1 PodSpec."""

    containers: tuple[Container, ...] = ()
    init_containers: tuple[Container, ...] | None = None
    ephemeral_containers: tuple[Container, ...] | None = None
    restart_policy: str | None = None
    termination_grace_period_seconds: int | None = None
    active_deadline_seconds: int | None = None
    node_name: str = ""
    node_selector: dict[str, str] | None = None
    host_network: bool | None = None
    share_process_namespace: bool | None = None
    service_account_name: str = ""
    security_context: SecurityContext | None = None
    volumes: tuple[Volume, ...] | None = None
    resources: Resources | None = None
    overhead: dict[str, str | int | float] | None = None
    priority: int | None = None
    tolerations: tuple[Toleration, ...] | None = None

    @property
    def grace_seconds(self) -> int:
        """terminationGracePeriodSeconds with the API's default."""
        given = self.termination_grace_period_seconds
        return DEFAULT_GRACE_SECONDS if given is None else given

    @property
    def policy(self) -> str:
        """restartPolicy with the API's default."""
        return self.restart_policy or "Always"


class PodCondition(ApiStruct, frozen=True):
    """core/v1 PodCondition."""

    type: str = ""
    status: str = ""
    reason: str = ""
    message: str = ""
    last_transition_time: str | None = None


class PodStatus(ApiStruct, frozen=True):
    """core/v1 PodStatus."""

    phase: str = ""
    reason: str = ""
    message: str = ""
    start_time: str | None = None
    qos_class: str = ""
    pod_ip: str = ""
    conditions: tuple[PodCondition, ...] | None = None
    container_statuses: tuple[ContainerStatus, ...] | None = None
    init_container_statuses: tuple[ContainerStatus, ...] | None = None
    ephemeral_container_statuses: tuple[ContainerStatus, ...] | None = None


class PodKey(NamedTuple):
    """Namespace and name; a uid separates pods that had the same name one after the other."""

    namespace: str
    name: str


class Member(NamedTuple):
    """One container of a pod: what it is, what was asked for and what the kubelet reports.

    `spec` is None where only the status is known (`kubectl get pods` text), `status` is None for a
    pod that was never admitted or a manifest that was never applied.
    """

    name: str
    kind: ContainerKind
    spec: Container | None
    status: ContainerStatus | None


class Pod(ApiStruct, frozen=True):
    """core/v1 Pod."""

    NO_METADATA: ClassVar[Metadata] = Metadata()
    NO_SPEC: ClassVar[PodSpec] = PodSpec()
    NO_STATUS: ClassVar[PodStatus] = PodStatus()

    metadata: Metadata = NO_METADATA
    spec: PodSpec = NO_SPEC
    status: PodStatus = NO_STATUS

    @property
    def key(self) -> PodKey:
        """Namespace ("default" where none is written) and name."""
        return PodKey(self.metadata.namespace or "default", self.metadata.name)

    @property
    def created(self) -> Instant | None:
        """When the API server stored the pod."""
        return parse_instant(self.metadata.creation_timestamp)

    def condition(self, type_: str) -> PodCondition | None:
        """The condition of that type, or None."""
        for condition in self.status.conditions or ():
            if condition.type == type_:
                return condition
        return None

    def members(self) -> Iterator[Member]:
        """Every container in order of start: init containers, app containers, ephemeral ones."""
        status = self.status
        yield from _pair(self.spec.init_containers, status.init_container_statuses, init=True)
        yield from _pair(self.spec.containers, status.container_statuses)
        yield from _pair(
            self.spec.ephemeral_containers,
            status.ephemeral_container_statuses,
            ephemeral=True,
        )


def _pair(
    specs: tuple[Container, ...] | None,
    statuses: tuple[ContainerStatus, ...] | None,
    *,
    init: bool = False,
    ephemeral: bool = False,
) -> Iterator[Member]:
    by_name = {status.name: status for status in statuses or ()}
    for spec in specs or ():
        yield Member(spec.name, _kind(spec, init, ephemeral), spec, by_name.pop(spec.name, None))
    for status in by_name.values():
        yield Member(status.name, _kind(None, init, ephemeral), None, status)


def _kind(spec: Container | None, init: bool, ephemeral: bool) -> ContainerKind:
    if ephemeral:
        return ContainerKind.EPHEMERAL
    if not init:
        return ContainerKind.APP
    # kubelet.md 4.2: an init container with restartPolicy Always is a sidecar.
    sidecar = spec is not None and spec.restart_policy == "Always"
    return ContainerKind.SIDECAR if sidecar else ContainerKind.INIT
