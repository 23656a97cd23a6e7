"""The requests of the pod are above a quota of its namespace, or above every node that was read.

What happens
------------
The scheduler finds no node, or the API refuses the pod: no rollout, no restart on another node, no
replacement after an eviction.

Why it hurts
------------
The workload runs until its pods are replaced for the first time, and never again.

How we know
-----------
The requests of all containers in sum, ResourceQuotas of the namespace and Nodes, as far as they are
in what was read.

What else it could be
---------------------
Nodes or quotas that come later.

Fix
---
Smaller requests, larger nodes, or a larger quota.

When the fix is wrong
---------------------
Never.

References
----------
docs/specs/rules.md HF627, docs/specs/kubelet.md 7.5, docs/specs/causes.md B17.
"""

from collections.abc import Iterator
from fractions import Fraction

from holdfast.kubelet.qos import pod_requests
from holdfast.lint.limit_ranges import quotas
from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.values import amount_of
from holdfast.lint.world import World
from holdfast.model.metadata import Metadata
from holdfast.model.pod import Pod
from holdfast.model.quantity import Quantity, canonical
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF627",
    "the pod asks for more than its namespace or any node has",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=(
        "B17",
        "S01",
    ),
)


_RESOURCES = ("cpu", "memory")


def check_pod_in(pod: PodSubject, world: World) -> Iterator[Problem]:
    """What all replicas, and what one of them, need against what there is."""
    for resource in _RESOURCES:
        bounds = quotas(pod, resource, world)
        largest = world.once(_largest).get(resource)
        if not bounds and largest is None:
            continue
        one = pod_requests(Pod(Metadata(name="asked"), pod.spec)).get(resource, Fraction(0))
        count = pod.replicas if pod.kind in ("Deployment", "StatefulSet") else 1
        for quota in bounds:
            if count * one > quota.amount.amount:
                yield pod.owner.problem(
                    f"{count} x {_words(one, resource)} of {resource}, and {quota.of} allows "
                    f"{_words(quota.amount.amount, resource)}",
                    "spec",
                    "replicas",
                    fix=Fix("smaller requests, or a larger quota"),
                )
        if largest is not None and one > largest:
            yield pod.problem(
                f"it requests {_words(one, resource)} of {resource}, and the largest node that was "
                f"read has {_words(largest, resource)}",
                "containers",
                fix=Fix("smaller requests, or larger nodes"),
            )


def _largest(world: World) -> dict[str, Fraction]:
    """The most of each resource that a node of the set has."""
    found: dict[str, Fraction] = {}
    for node in world.of_kind("Node"):
        for resource in _RESOURCES:
            amount = amount_of(node.get("status", "allocatable", resource))
            if amount is not None:
                found[resource] = max(found.get(resource, Fraction(0)), amount.amount)
    return found


def _words(amount: Fraction, resource: str) -> str:
    return canonical(Quantity(amount), binary=resource == "memory")
