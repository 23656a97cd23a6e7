"""A new pod can only start on another node than each old one, and no old one may go first.

What happens
------------
A host port, or a required anti-affinity over kubernetes.io/hostname, lets one pod onto each node.
maxUnavailable is 0, so that the new pod must start before an old one ends: it needs a node more
than there are replicas.

Why it hurts
------------
The rollout stands still with a pod that is Pending, until its deadline is over; a cluster upgrade
that drains nodes does so as well.

How we know
-----------
A hostPort in the manifest; or the anti-affinity, where nodes were read and there are no more than
replicas.

What else it could be
---------------------
A cluster with nodes to spare, or an autoscaler that adds one.

Fix
---
maxSurge 0 and maxUnavailable 1; or a DaemonSet, a Service or a preferred anti-affinity instead.

When the fix is wrong
---------------------
Where there are always more nodes than replicas.

References
----------
docs/specs/rules.md HF610, docs/specs/causes.md F18.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject, PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World, matches
from holdfast.model.int_or_percent import share_of
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF610",
    "a rollout needs a node that is free of the pods it replaces",
    Severity.HIGH,
    Confidence.LIKELY,
    prevents=(
        "F18",
        "S01",
    ),
)
KINDS = frozenset({"Deployment"})


_HOSTNAME = "kubernetes.io/hostname"
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
# apps/v1 defaults.go
_DEFAULT_SHARE = "25%"


def check_pod_in(pod: PodSubject, world: World) -> Iterator[Problem]:
    """One pod for each node, and a rollout that begins with a new one."""
    owner, nodes = pod.owner, len(world.of_kind("Node"))
    taken = next(_host_ports(pod), None)
    if taken is None and not nodes:
        return
    if owner.get("spec", "strategy", "type") == "Recreate":
        return
    rolling = owner.mapping("spec", "strategy", "rollingUpdate")
    gone = share_of(rolling.get("maxUnavailable", _DEFAULT_SHARE), pod.replicas, up=False)
    surge = share_of(rolling.get("maxSurge", _DEFAULT_SHARE), pod.replicas, up=True)
    if gone != 0 or not surge or not pod.replicas:
        return
    if nodes > pod.replicas:
        return
    fix = Fix("maxSurge 0 and maxUnavailable 1")
    needs = f"a rollout of {pod.replicas} needs {pod.replicas + 1} nodes, because no pod may go"
    if taken is not None:
        container, index, port = taken
        yield container.problem(
            f"host port {port} is there once on each node: {needs} first",
            "ports",
            index,
            "hostPort",
            fix=fix,
        )
    elif nodes and _keeps_apart(pod):
        yield pod.problem(
            f"each node takes one pod, and {nodes} nodes were read: {needs} first",
            "affinity",
            "podAntiAffinity",
            fix=fix,
        )


def _host_ports(pod: PodSubject) -> Iterator[tuple[ContainerSubject, int, int]]:
    for container in pod.containers:
        for index, port in enumerate(container.spec.ports or ()):
            if port.host_port:
                yield container, index, port.host_port


def _keeps_apart(pod: PodSubject) -> bool:
    """Whether a required anti-affinity keeps two of these pods from one node."""
    terms = (*pod.path, "affinity", "podAntiAffinity", _REQUIRED)
    return any(
        pod.owner.get(*terms, index, "topologyKey") == _HOSTNAME
        and matches(pod.owner.mapping(*terms, index, "labelSelector"), pod.labels)
        for index in range(len(pod.owner.items(*terms)))
    )
