"""Objects that own pods: Deployment, ReplicaSet, StatefulSet, DaemonSet, Job, CronJob and others.

One shape serves all of them: what matters is who they are, who owns them, and the pod template.
"""

import msgspec

from holdfast.model.container import ApiStruct
from holdfast.model.metadata import Metadata
from holdfast.model.pod import PodCondition, PodSpec

_TEMPLATE = ("spec", "template", "spec")
POD_SPEC_PATHS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"),
        _TEMPLATE,
    ),
    "CronJob": ("spec", "jobTemplate", *_TEMPLATE),
    "Pod": ("spec",),
}
"""Where the kinds of Kubernetes keep the specification of their pods."""


class PodTemplate(ApiStruct, frozen=True):
    """core/v1 PodTemplateSpec."""

    metadata: Metadata = Metadata()
    spec: PodSpec = PodSpec()


class UpdateStrategy(ApiStruct, frozen=True):
    """apps/v1 DeploymentStrategy and StatefulSetUpdateStrategy: the type only."""

    type: str = ""


class WorkloadSpec(ApiStruct, frozen=True):
    """The part of apps/v1 and batch/v1 specs that a diagnosis uses."""

    replicas: int | None = None
    template: PodTemplate | None = None
    strategy: UpdateStrategy | None = None
    update_strategy: UpdateStrategy | None = None
    backoff_limit: int | None = None
    active_deadline_seconds: int | None = None


class WorkloadStatus(ApiStruct, frozen=True):
    """The part of the status that a diagnosis uses."""

    replicas: int | None = None
    ready_replicas: int | None = None
    conditions: tuple[PodCondition, ...] | None = None


class Workload(ApiStruct, frozen=True):
    """An object that owns pods. `kind` is filled by the reader when the list did not repeat it."""

    kind: str = ""
    metadata: Metadata = Metadata()
    spec: WorkloadSpec = WorkloadSpec()
    status: WorkloadStatus = msgspec.field(default_factory=WorkloadStatus)


class JobTemplate(ApiStruct, frozen=True):
    """batch/v1 JobTemplateSpec."""

    spec: WorkloadSpec = WorkloadSpec()


class CronJobSpec(ApiStruct, frozen=True):
    """batch/v1 CronJobSpec: the template only, one level deeper than in other owners."""

    job_template: JobTemplate = JobTemplate()


class CronJob(ApiStruct, frozen=True):
    """batch/v1 CronJob as it is written; readers turn it into a Workload."""

    metadata: Metadata = Metadata()
    spec: CronJobSpec = CronJobSpec()
