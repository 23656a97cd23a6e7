"""The load balancer is told to wait for requests in flight for longer than the pod has to stop.

What happens
------------
After a pod is deregistered the load balancer leaves its connections open for the deregistration
delay. The pod is killed when its grace period is over.

Why it hurts
------------
Requests that the load balancer still waits for are cut off with 502, at each rollout.

How we know
-----------
The annotation of the Service, of the Ingress or of the BackendConfig, against
terminationGracePeriodSeconds of the pods behind it. A delay that is longer than the hook alone does
no harm: new requests come no more.

What else it could be
---------------------
Requests that never take as long as the delay.

Fix
---
A deregistration delay of at most the grace period, or a grace period that holds it.

When the fix is wrong
---------------------
Where every request ends within seconds: then shorten the delay, which makes rollouts faster.

References
----------
docs/specs/rules.md HF219, docs/specs/service.md 8.6; AWS Load Balancer Controller, target group
attributes; GKE BackendConfig.
"""

from collections.abc import Iterator

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF219",
    "the load balancer keeps connections for longer than the pod lives",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("G08",),
)


_ATTRIBUTES = (
    "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes",
    "alb.ingress.kubernetes.io/target-group-attributes",
)
_DRAINING = "service.beta.kubernetes.io/aws-load-balancer-connection-draining-timeout"
_DELAY = regex(r"deregistration_delay\.timeout_seconds=(\d+)")


def check_world(world: World) -> Iterator[Problem]:
    """Delays of load balancers against the pods behind them."""
    for subject in (*world.of_kind("Service"), *world.of_kind("Ingress")):
        for annotation, delay in _delays(subject):
            names, namespace = _services(subject), subject.namespace
            behind = [pod for name in names for pod in world.behind(name, namespace)]
            short = min(behind, key=lambda pod: pod.spec.grace_seconds, default=None)
            if short is not None and delay > short.spec.grace_seconds:
                yield subject.problem(
                    f"it waits {delay} s for requests in flight, and {short.owner} is killed "
                    f"{short.spec.grace_seconds} s after its stop began",
                    "metadata",
                    "annotations",
                    annotation,
                    fix=Fix(f"{short.spec.grace_seconds} s at most, or a longer grace period"),
                )


def _delays(subject: ObjectSubject) -> Iterator[tuple[str, int]]:
    annotations = subject.annotations
    for name in _ATTRIBUTES:
        for seconds in _DELAY.findall(annotations.get(name, "")):
            yield name, int(seconds)
    classic = annotations.get(_DRAINING, "")
    if classic.isdecimal():
        yield _DRAINING, int(classic)


def _services(subject: ObjectSubject) -> set[str]:
    """The Service itself, or those that the rules of an Ingress name."""
    if subject.kind == "Service":
        return {subject.name}
    found = set()
    for rule in range(len(subject.items("spec", "rules"))):
        paths = ("spec", "rules", rule, "http", "paths")
        for path in range(len(subject.items(*paths))):
            found.add(str(subject.get(*paths, path, "backend", "service", "name")))
    return found
