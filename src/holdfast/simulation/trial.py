"""A pod before and after a change, under one version of the kubelet."""

from typing import NamedTuple

from holdfast.kubelet.behaviour import Behaviour
from holdfast.simulation.scenario import Scenario
from holdfast.simulation.subject import Subject
from holdfast.simulation.workload import Workload


class Trial(NamedTuple):
    """Pods before and after a change. `broken` names the containers that faults are tried on."""

    before: Subject
    after: Subject
    broken: tuple[str, ...]
    kubelet: Behaviour

    def scenario(self, subject: Subject, workload: Workload, seconds: float) -> Scenario:
        """The pods with processes that do what the workload says."""
        return Scenario(subject=subject, workload=workload, behaviour=self.kubelet, seconds=seconds)
