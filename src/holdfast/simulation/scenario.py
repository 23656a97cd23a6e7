"""What is replayed: pods, what their processes do, nodes, a version, a length of time.

Rules: a scenario and a seed give the same replay on every machine. Names of containers that the
workload does not know are found before anything runs.
"""

import msgspec

from holdfast.kubelet.behaviour import Behaviour
from holdfast.model.duration import Duration
from holdfast.model.errors import HoldfastError
from holdfast.model.node import Node
from holdfast.model.pod import Pod
from holdfast.simulation.distribution import constant
from holdfast.simulation.latency import Latency
from holdfast.simulation.subject import Replacement, Subject
from holdfast.simulation.workload import ContainerWorkload, Exit, Workload

ANY = "*"
# What an init container does about which nothing is said: an assumption, told in docs/workloads.md.
_INIT = ContainerWorkload(exits=(Exit(after=constant(1.0), code=0),))
# And a container of a Job.
_WORK = ContainerWorkload(exits=(Exit(after=constant(60.0), code=0),))


class ScenarioError(HoldfastError):
    """A combination that cannot be simulated."""


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """One state of affairs. Times are seconds from the beginning.

    `subject` is what is measured; `neighbours` run beside it, on the same nodes.
    """

    subject: Subject
    neighbours: tuple[Subject, ...] = ()
    workload: Workload
    behaviour: Behaviour
    seconds: float
    latency: Latency = Latency()
    nodes: tuple[Node, ...] = ()
    rollouts: tuple[float, ...] = ()
    cgroup_v1: bool = False


def check_scenario(scenario: Scenario) -> None:
    """Raises ScenarioError for what cannot work."""
    subjects = (scenario.subject, *scenario.neighbours)
    names = {key for subject in subjects for key in _keys(subject)}
    for name in scenario.workload.containers:
        if name not in names and name != ANY:
            owned = " ".join(subject.name for subject in subjects)
            raise ScenarioError(
                "matching the workload with the manifest",
                f"containers[{name}]",
                f"no container of {owned} has that name; known names: {', '.join(sorted(names))}",
                "use the name of a container, or * for all others",
            )
    _check_volumes(scenario)
    owners = [subject.pod.key for subject in subjects]
    twice = next((key for key in owners if owners.count(key) > 1), None)
    if twice is not None:
        raise ScenarioError(
            "placing neighbours",
            "/".join(twice),
            "two objects of that name; expected different names",
            "rename one of them",
        )
    if not scenario.subject.replicas:
        raise ScenarioError(
            "replaying",
            scenario.subject.name,
            "0 replicas; expected at least one pod",
            "say how many: --replicas 1",
        )
    late = [time for time in scenario.rollouts if time >= scenario.seconds]
    if late:
        raise ScenarioError(
            "planning a rollout",
            f"at {Duration(late[0])}",
            f"not before the end of the replay at {Duration(scenario.seconds)}",
            "replay longer (--for), or roll out sooner",
        )
    if scenario.rollouts and scenario.subject.replacement is Replacement.NEVER:
        raise ScenarioError(
            "planning a rollout",
            scenario.subject.name,
            f"a {scenario.subject.kind}; expected a Deployment, StatefulSet or DaemonSet",
            "leave out --rollout, or give the owner of the pods",
        )


def _check_volumes(scenario: Scenario) -> None:
    """A process can write only to emptyDirs that its pod has."""
    for subject in (scenario.subject, *scenario.neighbours):
        volumes = subject.pod.spec.volumes or ()
        known = [volume.name for volume in volumes if volume.empty_dir is not None]
        for name, workload in workloads_of(scenario, subject).items():
            for volume in workload.disk.empty_dirs:
                if volume not in known:
                    raise ScenarioError(
                        "matching the workload with the manifest",
                        f"containers[{name}].disk.emptyDirs[{volume}]",
                        f"{subject.name} has no emptyDir of that name; known names: "
                        f"{', '.join(known) or 'none'}",
                        "use the name of a volume of the pod",
                    )


def workloads_of(scenario: Scenario, subject: Subject) -> dict[str, ContainerWorkload]:
    """What each container of one of the subjects does: "api/app" counts before "app"."""
    given = scenario.workload.containers

    def find(name: str, default: ContainerWorkload) -> ContainerWorkload:
        return given.get(f"{subject.pod.metadata.name}/{name}", given.get(name, default))

    found = {}
    for spec in subject.pod.spec.containers:
        default = _WORK if subject.finite else ContainerWorkload()
        found[spec.name] = find(spec.name, given.get(ANY, default))
    for spec in subject.pod.spec.init_containers or ():
        default = given.get(ANY, ContainerWorkload()) if _is_sidecar(spec.restart_policy) else _INIT
        found[spec.name] = find(spec.name, default)
    return found


def run_name(pod: Pod) -> str:
    """What a pod is called in a world: namespace and name."""
    return f"{pod.key.namespace}/{pod.metadata.name}"


def _keys(subject: Subject) -> list[str]:
    """How a workload may call the containers of a subject."""
    names = [member.name for member in subject.pod.members()]
    return [*names, *(f"{subject.pod.metadata.name}/{name}" for name in names)]


def placed(pod: Pod, node: str) -> Pod:
    """The pod, bound to a node."""
    spec = msgspec.structs.replace(pod.spec, node_name=node)
    return msgspec.structs.replace(pod, spec=spec)


def _is_sidecar(policy: str | None) -> bool:
    return policy == "Always"
