"""spec.selector misses the pods of its own template, or selects those of another workload.

What happens
------------
Where the labels of the template differ, the API refuses the object. Where the pods of another
workload have them too, each of the two adopts pods without an owner of either, and an autoscaler,
which asks for pods by the selector, counts the load of both.

Why it hurts
------------
The deploy fails; or the number of replicas follows pods that are others', and a budget or a
`kubectl` command by the same labels means both.

How we know
-----------
Both stand in the manifest. That two selectors overlap is likely only: pods stay with their owner,
and a canary may be meant to be counted. Nothing is said of objects that may never meet, in two
directories without a namespace.

What else it could be
---------------------
Examples in one directory, of which a cluster has one at a time.

Fix
---
The same labels in selector and template; one label more for each of two workloads. A selector
cannot be changed in place: the object is made anew.

When the fix is wrong
---------------------
Where an autoscaler is meant to count both.

References
----------
docs/specs/rules.md HF620, kubernetes v1.36 pkg/apis/apps/validation ValidateDeploymentSpec,
pkg/controller/controller_ref_manager.go, pkg/controller/podautoscaler/replica_calculator.go.
"""

from collections.abc import Iterator

from holdfast.lint.documents import texts
from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World, matches
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF620",
    "the selector misses its own pods, or takes those of another",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("B17",),
)


KINDS = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"})


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """A selector that its own pods do not meet."""
    selector = pod.owner.mapping("spec", "selector")
    if selector and not matches(selector, pod.labels):
        yield pod.owner.problem(
            f"the template's labels are {dict(pod.labels)}: the API refuses the object",
            "spec",
            "selector",
            fix=Fix("the same labels in selector and template"),
        )


def check_pod_in(pod: PodSubject, world: World) -> Iterator[Problem]:
    """A selector that pods of another workload meet as well; of two equal ones the later one."""
    selector = pod.owner.mapping("spec", "selector")
    labels = texts(selector.get("matchLabels"))
    if not labels or not matches(selector, pod.labels):
        return
    mine = _key(pod)
    for other in world.selected(labels, pod.namespace):
        theirs = _key(other)
        if other.kind not in KINDS or theirs == mine or not matches(selector, other.labels):
            continue
        both = matches(other.owner.mapping("spec", "selector"), pod.labels)
        if (both and theirs > mine) or not pod.owner.meets_surely(other.owner):
            continue
        yield pod.owner.problem(
            f"the pods of {other.owner} have these labels too: an autoscaler counts them with its "
            "own, and whichever comes first adopts those that have no owner",
            "spec",
            "selector",
            fix=Fix("a label of its own in selector and template, as a new object"),
            less_sure=Confidence.LIKELY,
        )
        return


def _key(pod: PodSubject) -> tuple[str, str]:
    return (pod.owner.name, pod.kind)
