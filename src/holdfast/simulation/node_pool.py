"""The nodes of a world, and the scheduler that puts pods on them."""

from collections.abc import Sequence

import msgspec

from holdfast.kubelet.eviction import Pressure
from holdfast.kubelet.outputs import PublishEvent
from holdfast.model.node import Node, Taint
from holdfast.model.pod import Pod
from holdfast.simulation.driver import Happening
from holdfast.simulation.fit import fit
from holdfast.simulation.node import NodeWorld
from holdfast.simulation.pod_run import PodRun
from holdfast.simulation.scenario import run_name

# staging/src/k8s.io/api/core/v1/well_known_taints.go
_TAINTS = {
    Pressure.MEMORY: "node.kubernetes.io/memory-pressure",
    Pressure.DISK: "node.kubernetes.io/disk-pressure",
    Pressure.PIDS: "node.kubernetes.io/pid-pressure",
}


class NodePool:
    """At least one node. What the scheduler says to a pod that nobody takes is told once."""

    def __init__(self, nodes: Sequence[NodeWorld]) -> None:
        """Nothing runs yet."""
        self._nodes = nodes
        self._refused: dict[str, str] = {}

    def begin(self) -> None:
        """The kubelets look at their nodes from now on."""
        for node in self._nodes:
            node.begin()

    def place(self, pod: Pod) -> NodeWorld | None:
        """The node that the scheduler chooses, or None while none takes the pod."""
        present = [run.pod for node in self._nodes for run in node.runs if not _is_over(run)]
        nodes = [_tainted(node) if node.refuses(pod) else node.node for node in self._nodes]
        first = self._nodes[0]
        placement = fit((*present, pod), nodes, first.behaviour).placements[0]
        if placement.node is not None:
            self._refused.pop(run_name(pod), None)
            return next(n for n in self._nodes if n.node.metadata.name == placement.node)
        if self.refusal(pod) != placement.message:
            self._refused[run_name(pod)] = placement.message
            event = PublishEvent("FailedScheduling", "Warning", placement.message)
            first.watch(Happening(first.simulation.now, run_name(pod), event))
        return None

    def refusal(self, pod: Pod) -> str:
        """Why a pod has no node, or ""."""
        return self._refused.get(run_name(pod), "")


def _tainted(node: NodeWorld) -> Node:
    """The node as the scheduler sees it under pressure, for pods that do not tolerate it."""
    taints = [Taint(key=_TAINTS[one], effect="NoSchedule") for one in node.pressures]
    spec = node.node.spec
    spec = msgspec.structs.replace(spec, taints=(*(spec.taints or ()), *taints))
    return msgspec.structs.replace(node.node, spec=spec)


def _is_over(run: PodRun) -> bool:
    return run.machine.state.finished
