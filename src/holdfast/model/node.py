"""Nodes (k8s.io/api core/v1), reduced to what holdfast uses."""

import msgspec

from holdfast.model.container import ApiStruct
from holdfast.model.metadata import Metadata
from holdfast.model.pod import PodCondition
from holdfast.model.regex import regex


class NodeInfo(ApiStruct, frozen=True):
    """core/v1 NodeSystemInfo."""

    kubelet_version: str = ""
    container_runtime_version: str = ""
    kernel_version: str = ""
    os_image: str = ""
    architecture: str = ""
    operating_system: str = ""
    boot_id: str = msgspec.field(name="bootID", default="")


class NodeStatus(ApiStruct, frozen=True):
    """core/v1 NodeStatus."""

    conditions: tuple[PodCondition, ...] | None = None
    allocatable: dict[str, str | int | float] | None = None
    capacity: dict[str, str | int | float] | None = None
    node_info: NodeInfo = NodeInfo()


class Taint(ApiStruct, frozen=True):
    """core/v1 Taint."""

    key: str = ""
    value: str = ""
    effect: str = ""


class NodeSpec(ApiStruct, frozen=True):
    """core/v1 NodeSpec."""

    unschedulable: bool | None = None
    taints: tuple[Taint, ...] | None = None


class Node(ApiStruct, frozen=True):
    """core/v1 Node."""

    metadata: Metadata = Metadata()
    spec: NodeSpec = NodeSpec()
    status: NodeStatus = NodeStatus()

    def condition(self, type_: str) -> PodCondition | None:
        """The condition of that type, or None."""
        for condition in self.status.conditions or ():
            if condition.type == type_:
                return condition
        return None


class KubernetesVersion(msgspec.Struct, frozen=True, order=True):
    """A minor version of Kubernetes, such as 1.36."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


_VERSION = regex(r"v?(\d+)\.(\d+)")


def parse_version(text: str) -> KubernetesVersion | None:
    """Read "v1.36.2", "1.36" or "v1.31.1-eks-1"; None for anything else."""
    match = _VERSION.match(text.strip())
    return KubernetesVersion(int(match[1]), int(match[2])) if match else None
