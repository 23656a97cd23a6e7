"""A restart rule of the container, or one that restarts the whole pod, took effect.

What happens
------------
restartPolicyRules name exit codes after which the container is restarted although the policy would
leave it, or after which all containers of the pod are killed, removed and started anew.

Why it hurts
------------
RestartAllContainers knows no back-off: a trigger that fails at once becomes a hot loop. The other
containers end with 137 through no fault of their own.

How we know
-----------
The exit code matches a rule and the policy alone would not restart; or the reason of the last life
is RestartingAllContainers.

What else it could be
---------------------
A lost node (E05) restarts everything as well, with the reason Unknown.

Fix
---
None when the rule is meant; otherwise narrow its exit codes. Why the process ends with that code
has a cause of its own.

When the fix is wrong
---------------------
Without the rule a container under policy Never stays ended.

References
----------
docs/specs/causes.md 8 (F13), docs/specs/kubelet.md 3.1, 3.7 and Q24.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.lives import Life
from holdfast.diagnosis.evidence.stops import StopKind
from holdfast.model.container import Container, ContainerKind, RestartRule
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Mechanism, Verdict

CAUSE = Cause(
    id="F13",
    title="a restart rule of its pod took effect",
    lookalikes=("E05", "A01"),
    ends_by=Mechanism.SELF_EXIT,
)

_ALL = "RestartingAllContainers"
_ALL_ACTION = "RestartAllContainers"


def judge(case: Case) -> Verdict | None:
    """A life that a rule restarted, or that was removed with all others."""
    life = case.life
    if life is None:
        return None
    if life.reason == _ALL or case.waiting_reason == _ALL or _killed_with_all(case):
        return _judge_all(case, life)
    if _restarted_against_policy(case):
        return _judge_unseen_rule(case, life)
    rule = _matching(case, life)
    if rule is None or (rule.action != _ALL_ACTION and _policy_restarts(case, life)):
        return None
    claim = Claim(CAUSE).observed(
        f"its exit code {life.exit_code} matches a restart rule with the action {rule.action}",
        Weight.CONCLUSIVE,
        case.spec_origin("restartPolicyRules"),
    )
    what = "all containers of its pod" if rule.action == _ALL_ACTION else "it"
    return claim.verdict(
        f"{case.kind} {case.name} ended with exit code {life.exit_code}, and its restart rule for "
        f"this code restarts {what}"
    )


def _judge_all(case: Case, life: Life) -> Verdict | None:
    claim = Claim(CAUSE)
    if life.reason == _ALL:
        text = f"its last life ended with the reason {_ALL}, exit code {life.exit_code}"
        claim.observed(text, Weight.CONCLUSIVE, life.origin)
    if case.waiting_reason == _ALL:
        text = f"it waits with the reason {_ALL}"
        claim.observed(text, Weight.CONCLUSIVE, case.status_origin("state.waiting"))
    if _killed_with_all(case):
        claim.observed("the kubelet killed all containers of the pod", Weight.STRONG)
    trigger = next(
        (c.name for c in case.pod.spec.containers if any(map(_restarts_all, _rules(c)))), ""
    )
    by = f" by the rule of container {trigger}" if trigger else ""
    return claim.verdict(
        f"{case.kind} {case.name} was restarted together with all containers of its pod{by}"
    )


def _restarted_against_policy(case: Case) -> bool:
    """A restart of a container that its pod's policy would have left ended.

    `kubectl cluster-info dump` of a client older than the server leaves the rules out.
    """
    if case.kind is not ContainerKind.APP or case.spec is None or case.spec.restart_policy_rules:
        return False
    return case.pod.spec.restart_policy == "Never" and case.restarts > 0


def _judge_unseen_rule(case: Case, life: Life) -> Verdict | None:
    text = "its pod has restartPolicy Never, and yet it was restarted: only a restart rule does so"
    claim = Claim(CAUSE).observed(text, Weight.STRONG, case.spec_origin("restartPolicy"))
    namespace, name = case.pod.key
    claim.would_decide(
        f"restartPolicyRules of the live pod: kubectl get pod -n {namespace} {name} -o yaml, by a "
        "kubectl as new as the cluster"
    )
    return claim.verdict(
        f"{case.kind} {case.name} ended with exit code {life.exit_code} and was restarted although "
        "its pod has restartPolicy Never: a restart rule that the input does not show"
    )


def _killed_with_all(case: Case) -> bool:
    stop = case.stop
    return stop is not None and stop.direct and stop.kind is StopKind.RESTART_ALL


def _matching(case: Case, life: Life) -> RestartRule | None:
    for rule in _rules(case.spec):
        codes = rule.exit_codes
        if codes is None or codes.values is None:
            continue
        if (life.exit_code in codes.values) == (codes.operator == "In"):
            return rule
    return None


def _policy_restarts(case: Case, life: Life) -> bool:
    """Whether the policy would restart it without any rule (kubelet.md 3.1)."""
    own = case.spec.restart_policy if case.spec else None
    policy = own or case.pod.spec.policy
    return policy == "Always" or (policy == "OnFailure" and life.exit_code != 0)


def _rules(container: Container | None) -> tuple[RestartRule, ...]:
    return (container.restart_policy_rules or ()) if container is not None else ()


def _restarts_all(rule: RestartRule) -> bool:
    return rule.action == _ALL_ACTION
