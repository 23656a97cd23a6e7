"""A pod without what cannot change when its containers end: pods that differ in nothing else are
one question to the kubelet model.

Rules: what neither the machine nor a process of these workloads looks at is left out, and so is
what only the words of an event tell: names, images, paths and ports that all answer alike,
commands, limits that nothing comes near. The rest keeps its order, so that every draw of chance is
the same (a property test replays both). It is for a pod alone: no node, no traffic, and nothing
written to disk.
"""

from collections.abc import Mapping

import msgspec

from holdfast.kubelet.defaults import pull_policy
from holdfast.model.container import (
    Container,
    ExecAction,
    GrpcAction,
    HttpGetAction,
    Lifecycle,
    LifecycleHandler,
    Probe,
    Resources,
    TcpSocketAction,
)
from holdfast.model.pod import PodSpec
from holdfast.simulation.answering import resolve_port
from holdfast.simulation.consumption import Memory
from holdfast.simulation.cpu_share import LEAST_QUOTA_SECONDS
from holdfast.simulation.workload import ContainerWorkload

_COMMAND = ("asked-about",)
_PORT = 1
_PLAIN, _NO_MEMORY = ContainerWorkload(), Memory()
_ANY = frozenset("*")


def bare_names(spec: PodSpec) -> dict[str, str]:
    """What each container is called in the bare pod."""
    return {one.name: f"container-{number}" for number, one in enumerate(_containers(spec))}


def bare_spec(spec: PodSpec, workloads: Mapping[str, ContainerWorkload]) -> PodSpec:
    """What decides; the API's defaults are written out.

    `workloads` by name as the pod has it; nothing is special of a container that is not in it.
    """
    names = bare_names(spec)
    # Containers of one image share the back-off of its pulls.
    images: dict[str, str] = {}
    for one in _containers(spec):
        images.setdefault(one.image, f"image-{len(images)}")

    def bared(containers: tuple[Container, ...]) -> tuple[Container, ...]:
        return tuple(
            _Bared(one, workloads.get(one.name, _PLAIN)).container(
                names[one.name], images[one.image]
            )
            for one in containers
        )

    return PodSpec(
        containers=bared(spec.containers),
        init_containers=bared(spec.init_containers or ()) or None,
        restart_policy=spec.policy,
        termination_grace_period_seconds=spec.grace_seconds,
        active_deadline_seconds=spec.active_deadline_seconds,
    )


def _containers(spec: PodSpec) -> tuple[Container, ...]:
    return (*(spec.init_containers or ()), *spec.containers)


class _Bared(msgspec.Struct, frozen=True):
    """One container and what its process does."""

    given: Container
    work: ContainerWorkload

    def container(self, name: str, image: str) -> Container:
        """What decides of it."""
        given = self.given
        policy = given.image_pull_policy or pull_policy(given.image)
        return Container(
            name=name,
            image=image,
            image_pull_policy=policy if policy == "Always" else "IfNotPresent",
            resources=self._limits(),
            liveness_probe=self._probe(given.liveness_probe),
            readiness_probe=self._probe(given.readiness_probe),
            startup_probe=self._probe(given.startup_probe),
            lifecycle=self._lifecycle(),
            restart_policy=given.restart_policy,
            restart_policy_rules=given.restart_policy_rules,
        )

    def _limits(self) -> Resources | None:
        """The limits that the process may come near."""
        if self.given.resources is None:
            return None
        work, limits = self.work, self.given.resources.limits or {}
        kept = {}
        if "cpu" in limits and self._may_wait_for_quota():
            kept["cpu"] = limits["cpu"]
        if "memory" in limits and (work.memory != _NO_MEMORY or work.child is not None):
            kept["memory"] = limits["memory"]
        return Resources(limits=kept) if kept else None

    def _may_wait_for_quota(self) -> bool:
        """Whether a CPU limit slows anything: an answer may fit into the least quota there is."""
        work = self.work
        own = [answer.cpu for answers in work.answers.values() for answer in answers]
        own += [answer.cpu for answers in work.exec.values() for answer in answers]
        costs = (work.cpu.per_answer, *(cost for cost in own if cost is not None))
        return bool(
            work.cpu.demand
            or work.start.cpu.high > 0
            or any(cost.high > LEAST_QUOTA_SECONDS for cost in costs)
        )

    def _probe(self, probe: Probe | None) -> Probe | None:
        if probe is None:
            return None
        tcp = probe.tcp_socket
        return Probe(
            http_get=self._http(probe.http_get),
            tcp_socket=None if tcp is None else TcpSocketAction(self._port(tcp.port)),
            grpc=self._grpc(probe.grpc),
            exec=self._exec(probe.exec),
            initial_delay_seconds=probe.initial_delay,
            period_seconds=probe.period,
            timeout_seconds=probe.timeout,
            failure_threshold=probe.failures,
            success_threshold=probe.successes,
            termination_grace_period_seconds=probe.termination_grace_period_seconds,
        )

    def _port(self, port: int | str) -> int | str:
        """Any port where all are open alike; a name that leads nowhere stays."""
        number = resolve_port(self.given, port)
        if not isinstance(number, int):
            return port
        return _PORT if self.work.ports is None else number

    def _http(self, action: HttpGetAction | None) -> HttpGetAction | None:
        if action is None:
            return None
        if self.work.answers or self.work.needs:
            return HttpGetAction(self._port(action.port), action.path, action.host, action.scheme)
        return HttpGetAction(self._port(action.port))

    def _grpc(self, action: GrpcAction | None) -> GrpcAction | None:
        if action is None:
            return None
        return GrpcAction(self._port(action.port), action.service if self.work.grpc else None)

    def _exec(self, action: ExecAction | None) -> ExecAction | None:
        if action is None or not self.work.exec.keys() <= _ANY:
            return action
        return ExecAction(_COMMAND)

    def _lifecycle(self) -> Lifecycle | None:
        given = self.given.lifecycle
        if given is None:
            return None
        before_stop = self._hook(given.pre_stop, "preStop")
        # Of two that are equal, both count as preStop (`Process.run_hook`).
        same = given.post_start == given.pre_stop
        return Lifecycle(
            post_start=before_stop if same else self._hook(given.post_start, "postStart"),
            pre_stop=before_stop,
        )

    def _hook(self, hook: LifecycleHandler | None, name: str) -> LifecycleHandler | None:
        if hook is None:
            return None
        if hook.sleep is not None:
            return LifecycleHandler(sleep=hook.sleep)
        if hook.http_get is not None:
            return LifecycleHandler(http_get=self._http(hook.http_get))
        return LifecycleHandler(exec=ExecAction((name,)))
