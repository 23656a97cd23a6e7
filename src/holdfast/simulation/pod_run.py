"""One pod of a simulation: its machine, its processes, and what is known of them.

Rules: the driver alone changes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from holdfast.kubelet.inputs import HookKind, Outcome, ProbeKind
from holdfast.kubelet.machine import PodMachine
from holdfast.kubelet.outputs import RunHook
from holdfast.kubelet.probing import probe_of
from holdfast.kubelet.wording import exec_error
from holdfast.model.container import Container
from holdfast.model.pod import Pod
from holdfast.simulation.process import Process, Surroundings
from holdfast.simulation.workload import ContainerWorkload

if TYPE_CHECKING:
    from holdfast.simulation.storage import StorageWatch

_KILLED = 137


@dataclass(slots=True)
class PodRun:
    """One pod on its way through time."""

    name: str
    pod: Pod
    machine: PodMachine
    workloads: Mapping[str, ContainerWorkload]
    surroundings: Surroundings
    processes: dict[str, Process] = field(default_factory=dict)
    lives: dict[str, int] = field(default_factory=dict)
    ends: dict[str, float] = field(default_factory=dict)
    told_at: dict[str, float] = field(default_factory=dict)
    """When the kubelet hears of the present life of a container: it cannot end before."""
    hooks: dict[str, RunHook] = field(default_factory=dict)
    """The preStop hook that runs in a container: it ends with it at the latest."""
    steady: dict[tuple[str, ProbeKind], tuple[float, Outcome]] = field(default_factory=dict)
    """Until when a probe is answered alike: until then, unless the process starts, ends or hears a
    signal."""
    wake_at: float = inf
    storage: "StorageWatch | None" = None
    """The kubelet's look at its files; None where it writes none."""

    def spec(self, container: str) -> Container:
        """The container's specification."""
        return self.machine.state.records[container].spec

    def steady_until(self, now: float, container: str, kind: ProbeKind) -> tuple[float, Outcome]:
        """Until when a probe is answered alike, and how."""
        known = self.steady.get((container, kind))
        if known is not None and now < known[0]:
            return known
        probe = probe_of(self.spec(container), kind)
        process = self.processes.get(container)
        if probe is None or process is None:
            return now, Outcome.FAILURE
        outcome = process.answer(probe, now).outcome
        found = process.steady_until(probe, now), outcome
        self.steady[container, kind] = found
        return found

    def hook_error(self, output: RunHook) -> str:
        """What is said of a hook that failed; one whose container ended is killed with it."""
        lifecycle = self.spec(output.container).lifecycle
        handler = None
        if lifecycle is not None:
            post = output.kind is HookKind.POST_START
            handler = lifecycle.post_start if post else lifecycle.pre_stop
        if handler is None or handler.exec is None:
            return "dial tcp: connect: connection refused"
        hook = self.workloads.get(output.container, ContainerWorkload()).hooks.get(output.kind)
        code = hook.exit if hook is not None and output.container in self.processes else _KILLED
        return exec_error(handler.exec.command or (), code, "")
