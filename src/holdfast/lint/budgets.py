"""Which pods a PodDisruptionBudget counts: those of all workloads that it selects, together.

Rules: of several versions of one workload in a run the largest counts. Nothing is said where the
number of pods is not in the manifest: a DaemonSet has one for each node, a Job as many as are left.
Source: kubernetes pkg/controller/disruption/disruption.go, getExpectedPodCount.
"""

from collections.abc import Callable

import msgspec

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.pods import PodSubject
from holdfast.lint.world import World

_KINDS = ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController")


class Counted(msgspec.Struct, frozen=True):
    """A budget, and the pods that it counts."""

    budget: ObjectSubject
    pods: tuple[PodSubject, ...]

    @property
    def owners(self) -> str:
        """ "Deployment/web and Deployment/canary"."""
        return " and ".join(dict.fromkeys(str(pod.owner) for pod in self.pods))

    @property
    def meet_surely(self) -> bool:
        """Whether there is no doubt about the namespace."""
        return all(self.budget.meets_surely(pod.owner) for pod in self.pods)

    def number(self, replicas: Callable[[PodSubject], int | None]) -> int | None:
        """How many pods there are, by the number of each workload; None where one has none."""
        found: dict[str, int] = {}
        for pod in self.pods:
            asked = replicas(pod)
            if asked is None:
                return None
            found[str(pod.owner)] = max(asked, found.get(str(pod.owner), 0))
        return sum(found.values())


def counted(world: World) -> list[Counted]:
    """Every budget that selects pods of the run."""
    if not world.of_kind("PodDisruptionBudget"):
        return []
    found: dict[int, tuple[ObjectSubject, list[PodSubject]]] = {}
    for pod in world.pods:
        for budget in world.budgets_of(pod):
            found.setdefault(id(budget), (budget, []))[1].append(pod)
    return [Counted(budget, tuple(pods)) for budget, pods in found.values()]


def replicas_of(pod: PodSubject) -> int | None:
    """How many pods a manifest asks for."""
    if pod.kind in _KINDS:
        return pod.replicas
    given = pod.owner.get("spec", "replicas")
    return 1 if pod.kind == "Pod" else given if isinstance(given, int) else None
