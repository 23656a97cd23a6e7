"""Probes reach the program through a proxy that accepts mutual TLS only.

What happens
------------
The kubelet is no part of the mesh. Istio answers its probes in place of the program unless
sidecar.istio.io/rewriteAppHTTPProbers is false; then they meet the proxy, which refuses connections
without a certificate of the mesh.

Why it hurts
------------
Every probe fails: the pod is never ready, or is killed in a loop.

How we know
-----------
The annotation is "false", a PeerAuthentication of the set that applies demands STRICT, and no rule
of its ports excludes the probe's.

What else it could be
---------------------
A pod without a proxy, by an injection policy that the manifests do not show.

Fix
---
Leave the annotation out: rewriting is the default. An exec probe is not affected.

When the fix is wrong
---------------------
Where the ports of the probes are excluded from the proxy
(traffic.sidecar.istio.io/excludeInboundPorts).

References
----------
docs/specs/rules.md HF125, docs/specs/kubelet.md Q10, docs/specs/causes.md C10, istio.io Health
Checking of Istio Services.
"""

from collections.abc import Iterator

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.pods import ContainerSubject, PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World, matches
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF125",
    "the mesh demands TLS of the kubelet, which has no certificate",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("C10",),
)


_REWRITE = "sidecar.istio.io/rewriteAppHTTPProbers"
_EXCLUDED = "traffic.sidecar.istio.io/excludeInboundPorts"
# A policy of the mesh's root namespace holds for all others (istio.io, PeerAuthentication).
_ROOT_NAMESPACE = "istio-system"


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """Probes over the network that a strict policy meets."""
    pod, policies = container.pod, world.of_kind("PeerAuthentication")
    if not policies or pod.annotations.get(_REWRITE) != "false":
        return
    excluded = pod.annotations.get(_EXCLUDED, "").split(",")
    for policy in policies:
        if not _applies(policy, pod) or policy.get("spec", "mtls", "mode") != "STRICT":
            continue
        ports = policy.mapping("spec", "portLevelMtls")
        for field, probe in container.probes:
            number = container.port_number(probe.port)
            if number is None or number in ports or str(number) in ports:
                continue
            if str(number) not in excluded:
                yield container.problem(
                    f"{policy} demands a certificate of the mesh, which the kubelet has not, and "
                    f"{_REWRITE} is false",
                    field,
                    probe.handler,
                    fix=Fix(f"leave {_REWRITE} out"),
                )
        return


def _applies(policy: ObjectSubject, pod: PodSubject) -> bool:
    """Whether a policy is about a pod: by its namespace, and its selector where it has one."""
    selector = policy.mapping("spec", "selector")
    if policy.namespace == pod.namespace:
        return matches(selector, pod.labels)
    return policy.namespace == _ROOT_NAMESPACE and not selector
