"""RestartAllContainers begins the whole pod anew, at once and for ever.

What happens
------------
When the container ends with one of the exit codes, all containers of the pod are stopped and
started again, init containers included. There is no back-off between such rounds.

Why it hurts
------------
A fault that comes back makes a loop without a pause, which loads nodes, registries and databases.

How we know
-----------
restartPolicyRules with the action RestartAllContainers.

What else it could be
---------------------
A program that ends with this code once in a while, after long work.

Fix
---
A back-off inside the program before it ends with the code; or the action Restart of the container
alone.

When the fix is wrong
---------------------
Where the code is sent rarely by design.

References
----------
docs/specs/kubelet.md 3.7 and Q24.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem, Replay
from holdfast.model.container import RestartRule
from holdfast.model.node import KubernetesVersion
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF628",
    "a rule restarts all containers, and no back-off slows it",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("F13",),
    since=KubernetesVersion(1, 35),
)


def check_container(container: ContainerSubject) -> Iterator[Problem]:
    """Rules with that action."""
    for index, rule in enumerate(container.spec.restart_policy_rules or ()):
        if rule.action == "RestartAllContainers":
            yield container.problem(
                "all containers begin anew each time it ends so, without any wait between rounds",
                "restartPolicyRules",
                index,
                "action",
                fix=Fix("a pause in the program before it ends with this code"),
                replay=_replay(rule),
            )


def _replay(rule: RestartRule) -> Replay | None:
    codes = rule.exit_codes
    if codes is None or codes.operator != "In" or not codes.values:
        return None
    code = codes.values[0]
    return Replay(f"it ends with {code} after 5 s", {"exits": [{"after": "5s", "code": code}]})
