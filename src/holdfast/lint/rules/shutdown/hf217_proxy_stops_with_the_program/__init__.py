"""The program drains through a proxy that gets SIGTERM in the same moment as itself.

What happens
------------
All ordinary containers of a pod are stopped together. A proxy that ends at once leaves the program
without its database, its mesh or its requests while it still finishes what it has begun.

Why it hurts
------------
The last requests before each stop fail with refused connections, although the program itself stops
well.

How we know
-----------
A known proxy (cloud-sql-proxy, Envoy, PgBouncer, Istio, Linkerd, Dapr) stands among the ordinary
containers, without a preStop hook and without an option that makes it wait.

What else it could be
---------------------
A proxy that is configured to wait in a file that was not read.

Fix
---
An init container with restartPolicy: Always (Kubernetes 1.29 and later): it starts before the
program and stops after it. Before that version: a preStop hook of the proxy that waits.

When the fix is wrong
---------------------
Where the program finishes nothing after SIGTERM.

References
----------
docs/specs/rules.md HF217, docs/specs/kubelet.md 5.3, docs/specs/causes.md F08.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.sidecars import is_proxy, programs_in
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF217",
    "a proxy beside the program stops at the same moment",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("G08",),
)


_WAITS = regex(r"--(?:term_timeout|max-sigterm-delay|quitquitquit|wait-before-exit)")
_WAITING_VARIABLES = ("EXIT_ON_ZERO_ACTIVE_CONNECTIONS", "TERMINATION_DRAIN_DURATION_SECONDS")


def check_container(container: ContainerSubject) -> Iterator[Problem]:
    """A proxy among the ordinary containers of a pod that has others."""
    alone = len(container.pod.spec.containers) == 1
    if alone or container.spec.pre_stop is not None or not container.serves:
        return
    if not is_proxy(container):
        return
    names = {variable.name for variable in container.spec.env or ()}
    if names & {*_WAITING_VARIABLES} or _WAITS.search(" ".join(container.words)):
        return
    programs = programs_in(container.pod)
    # A workload that is named after the proxy is the proxy, with an exporter beside it.
    if programs and container.name not in container.pod.owner.name:
        yield container.problem(
            f"it gets SIGTERM together with {programs[0].name}, whose last requests then find it "
            "gone",
            fix=Fix("an init container with restartPolicy: Always (Kubernetes 1.29 and later)"),
        )
