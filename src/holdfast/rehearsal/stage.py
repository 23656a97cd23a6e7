"""What a pod needs of this computer before its first sync, and what it has to do without.

Rules: a mistake of the person is an error before anything starts; a lack of the computer is a loss
that is told, and the rehearsal goes on.
"""

import os
import platform
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from holdfast.kubelet.behaviour import Behaviour
from holdfast.kubelet.cgroups import pod_cgroup
from holdfast.kubelet.inputs import ProbeKind
from holdfast.kubelet.probing import probe_of
from holdfast.kubelet.qos import oom_score_adj
from holdfast.model.container import Container
from holdfast.model.pod import Pod
from holdfast.model.quantity import Quantity, read_quantity
from holdfast.rehearsal.cgroups.find import find_cgroups
from holdfast.rehearsal.cgroups.group import Tree
from holdfast.rehearsal.commands import CommandLine, check_command
from holdfast.rehearsal.container_runtime import ContainerRuntime, RehearsalError
from holdfast.rehearsal.environment import Place
from holdfast.rehearsal.given_data import Data
from holdfast.rehearsal.guarantees import Loss
from holdfast.rehearsal.network import PodNetwork, check_ports, own_network, shared_network
from holdfast.rehearsal.record import NODE
from holdfast.rehearsal.rights import reads_only
from holdfast.rehearsal.runtime.wire import Abilities
from holdfast.rehearsal.termination_message import can_show, message_path
from holdfast.rehearsal.volumes import Volumes

_NO_IMAGE = Loss(
    "no image",
    "programs see the files of this computer; what they write stays there, and a restart does not "
    "begin with clean files",
)
_OWN_NETWORK = Loss(
    "a network of its own", "it reaches this computer only: no name server, no other machine"
)
_SWAPS = Path("/proc/swaps")
_OWN_SCORE = Path("/proc/self/oom_score_adj")
_FIRST_OPEN_PORT = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
_DELEGATE = "start it with: systemd-run --user --scope -p Delegate=yes holdfast rehearse ..."
# In a container with rights over its groups, as the entrypoint of docker:dind does.
_MAKE_ROOM = (
    "as root of a container: mkdir /sys/fs/cgroup/init && "
    "xargs -rn1 < /sys/fs/cgroup/cgroup.procs > /sys/fs/cgroup/init/cgroup.procs"
)


@dataclass(frozen=True)
class Plan:
    """What the person asked for. The pod was admitted; `directory` is where commands run."""

    pod: Pod
    behaviour: Behaviour
    commands: dict[str, CommandLine]
    data: Data
    directory: str
    own_network: bool = False
    seed: int = 1


@dataclass(frozen=True)
class Stage:
    """What was prepared."""

    plan: Plan
    runtime: ContainerRuntime
    network: PodNetwork
    tree: Tree | None
    volumes: Volumes
    scratch: Path
    """Where its files lie that nobody keeps."""
    losses: tuple[Loss, ...]

    @property
    def place(self) -> Place:
        """What fields of the pod's status and node say."""
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        cores = os.cpu_count() or 1
        return Place(self.network.pod_ip, NODE, self.network.node_ip, cores, memory)


def check_plan(plan: Plan) -> None:
    """Refuse what can be known to be wrong before anything is started. Raises RehearsalError."""
    if platform.system() != "Linux":
        raise RehearsalError(
            "rehearsing a pod",
            platform.system(),
            "no Linux kernel; namespaces and control groups are what makes it a rehearsal",
            "run it in a Linux machine, for instance the one that runs your containers",
        )
    for name, command in plan.commands.items():
        if command.given:
            path = os.environ.get("PATH", os.defpath)
            check_command(name, command, plan.directory, path)
    for spec in _containers(plan.pod):
        for kind in ProbeKind:
            probe = probe_of(spec, kind)
            if probe is not None and probe.grpc is not None and find_spec("h2") is None:
                raise RehearsalError(
                    "preparing the probes",
                    f"{spec.name}: {kind.value} probe",
                    "gRPC probes need the package h2",
                    "pip install 'holdfast[grpc]'",
                )
    if not plan.own_network:
        check_ports(port for spec in _containers(plan.pod) for port in ports_of(spec))


async def prepare(plan: Plan, runtime: ContainerRuntime) -> Stage:
    """Make what the pod needs. Raises RehearsalError."""
    scratch = tempfile.mkdtemp(prefix="holdfast-rehearsal-")
    await runtime.remember((), scratch)
    volumes = Volumes(plan.pod, plan.data, Path(scratch))
    volumes.check()
    if plan.own_network and not runtime.abilities.network_namespace:
        raise RehearsalError(
            "making the pod's own network",
            "--network own",
            "this user may not make a network that reaches the computer",
            "run as root, or leave out --network own",
        )
    network = await own_network(runtime) if plan.own_network else shared_network()
    label = Path(scratch).name.rpartition("-")[2]
    found = find_cgroups(label, pod_cgroup(plan.pod, plan.behaviour.cpu_weight))
    if found.tree is not None:
        await runtime.remember(found.tree.directories, scratch)
    losses = [
        _NO_IMAGE,
        *_namespace_losses(runtime),
        *_cgroup_losses(plan, found.tree, found.refusal),
        *_pod_losses(plan, runtime.abilities),
        *_user_losses(plan),
        *volumes.losses(plan.pod, mounting=runtime.abilities.pid_namespace),
        *_message_losses(plan, mounting=runtime.abilities.pid_namespace),
    ]
    return Stage(plan, runtime, network, found.tree, volumes, Path(scratch), tuple(losses))


def _namespace_losses(runtime: ContainerRuntime) -> Iterator[Loss]:
    abilities = runtime.abilities
    if not abilities.pid_namespace:
        yield Loss(
            f"no PID namespace ({abilities.refusal})",
            "programs are not PID 1: what a real PID 1 does with its children is not shown, and "
            "signals without a handler are held back instead of being ignored by the kernel",
            "run as root, or allow unprivileged user namespaces",
        )
        return
    if not abilities.own_proc:
        yield Loss("no /proc of its own", "programs see the processes of the computer in /proc")
    if abilities.user_namespace:
        yield Loss(
            "the namespaces lie in a user namespace",
            "programs have no rights of root: they cannot become another user nor change owners, "
            "and files of others seem to be nobody's",
            "run as root",
        )


def _cgroup_losses(plan: Plan, tree: Tree | None, refusal: str) -> Iterator[Loss]:
    containers = _containers(plan.pod)
    if tree is None:
        remedy = _MAKE_ROOM if os.geteuid() == 0 else _DELEGATE
        if any(spec.limit("memory") is not None for spec in containers):
            yield Loss(
                f"no control group for memory ({refusal})",
                "memory limits are watched ten times a second instead of enforced, and the "
                "kernel's own choice of a victim is not shown",
                remedy,
            )
        else:
            yield Loss(
                f"no control group ({refusal})",
                "what is resident is measured, and shared pages count for each process",
                remedy,
            )
        if any(spec.limit("cpu") is not None for spec in containers):
            yield Loss(
                f"no control group for CPU ({refusal})",
                "CPU limits do not hold: starts and probes are faster than in the cluster",
                remedy,
            )
        return
    if tree.version == 1 and plan.behaviour.memory_oom_group:
        yield Loss(
            "control groups of version 1",
            "an out-of-memory kill takes one process; a node with version 2 ends the whole "
            "container",
        )
    if not tree.limits_swap and _has_swap():
        yield Loss(
            "swap without limits",
            "a program over its memory limit is swapped out before it is killed",
            "swapoff -a, or boot with swapaccount=1",
        )
    for spec in containers:
        cores = read_quantity(spec.limit("cpu"))
        if cores is not None and cores > Quantity.parse(os.cpu_count() or 1):
            text = f"{os.cpu_count()} processors for {spec.name}'s limit of {spec.limit('cpu')}"
            yield Loss(text, "it cannot use more than there are")


def _has_swap() -> bool:
    """Whether memory of this computer can be swapped out: a line for each place, below a title."""
    return len(_SWAPS.read_text(encoding="utf-8").splitlines()) > 1


def _pod_losses(plan: Plan, abilities: Abilities) -> Iterator[Loss]:
    pod = plan.pod
    if plan.own_network:
        yield _OWN_NETWORK
    if pod.spec.share_process_namespace:
        text = "each container has a PID namespace of its own"
        yield Loss(text, "shareProcessNamespace is not rehearsed")
    for spec in _containers(pod):
        if reads_only(spec) and not abilities.read_only_files:
            text = f"{spec.name} can write to the computer's files"
            yield Loss(text, "readOnlyRootFilesystem is not rehearsed")
        if spec.working_dir and not Path(spec.working_dir).is_dir():
            text = f"{spec.name} runs in {plan.directory}"
            yield Loss(text, f"its workingDir {spec.working_dir} is not on this computer")


def _message_losses(plan: Plan, *, mounting: bool) -> Iterator[Loss]:
    for spec in _containers(plan.pod):
        path = message_path(spec)
        if not mounting:
            yield Loss(f"no {path} for {spec.name}", "its termination messages are not seen")
        elif not can_show(path):
            cost = "its termination messages are not seen; make that file to have it there"
            yield Loss(f"no {path} for {spec.name}", cost)


def _user_losses(plan: Plan) -> Iterator[Loss]:
    """What root alone may give to a program."""
    if os.geteuid() == 0:
        return
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    present = int(_OWN_SCORE.read_text(encoding="ascii"))
    first_open = int(_FIRST_OPEN_PORT.read_text(encoding="ascii"))
    for spec in _containers(plan.pod):
        user, group = identity(plan.pod, spec)
        if user not in (None, os.geteuid()):
            text = f"{spec.name} runs as user {os.geteuid()}"
            yield Loss(text, f"runAsUser {user} is not rehearsed", "run as root")
        if group not in (None, os.getegid()):
            text = f"{spec.name} runs with group {os.getegid()}"
            yield Loss(text, f"runAsGroup {group} is not rehearsed", "run as root")
        score = oom_score_adj(plan.pod, spec, memory)
        if score < present:
            text = f"{spec.name} has an oom_score_adj of {present} instead of {score}"
            yield Loss(
                text, "it is no safer than others when the whole computer runs out of memory"
            )
        for port in sorted(port for port in ports_of(spec) if port < first_open):
            text = f"{spec.name} cannot listen on port {port}"
            yield Loss(text, f"ports below {first_open} are root's on this computer", "run as root")


def _containers(pod: Pod) -> tuple[Container, ...]:
    return (*(pod.spec.init_containers or ()), *pod.spec.containers)


def identity(pod: Pod, spec: Container) -> tuple[int | None, int | None]:
    """The user and group that a container asks for: its own come before the pod's."""
    user = group = None
    for context in (pod.spec.security_context, spec.security_context):
        if context is not None:
            user = context.run_as_user if context.run_as_user is not None else user
            group = context.run_as_group if context.run_as_group is not None else group
    return user, group


def ports_of(spec: Container) -> set[int]:
    """The ports that a container says it listens on, and those that its own probes ask."""
    found = {entry.container_port for entry in spec.ports or ()}
    for kind in ProbeKind:
        probe = probe_of(spec, kind)
        if probe is None or not isinstance(probe.port, int):
            continue
        elsewhere = (probe.http_get and probe.http_get.host) or (
            probe.tcp_socket and probe.tcp_socket.host
        )
        if not elsewhere:
            found.add(probe.port)
    return found
