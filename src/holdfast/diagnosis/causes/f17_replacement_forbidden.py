"""The pod ended, and a policy of the namespace keeps its controller from making a new one.

What happens
------------
A quota, a pod security level, an admission webhook or the deletion of the namespace refuses the
replacement. The controller tries again and again.

Why it hurts
------------
The loss of one pod, which would be nothing, becomes a loss for good.

How we know
-----------
FailedCreate events of the pod's owner quote the refusal.

What else it could be
---------------------
A pod that is created and then refused by the kubelet (B17) exists in the API.

Fix
---
Satisfy the policy in the template, raise the quota, or repair the webhook.

When the fix is wrong
---------------------
If the namespace is being deleted, no replacement is wanted.

References
----------
docs/specs/causes.md 8 (F17).
"""

import re

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.pod_end import has_left, speaks_for_pod
from holdfast.model.evidence import Weight
from holdfast.model.regex import regex
from holdfast.model.verdict import Role, Verdict

CAUSE = Cause(
    id="F17",
    title="a policy keeps its replacement from being made",
    lookalikes=("B17",),
)

# What the API server's admission answers: quota, PodSecurity, webhooks, namespace lifecycle.
_REFUSED = regex(
    r"exceeded quota|violates PodSecurity|admission webhook .* denied|is being terminated"
    r"|is forbidden|failed calling webhook",
    re.IGNORECASE,
)


def judge(case: Case) -> Verdict | None:
    """A pod that left while its owner's attempts to replace it are refused."""
    if not has_left(case.pod) or not speaks_for_pod(case):
        return None
    namespace = case.pod.key.namespace
    for kind, name in case.context.owner_chain(case.pod):
        refused = [
            event
            for event in case.context.object_events(kind, name, namespace)
            if event.reason == "FailedCreate" and _REFUSED.search(event.message)
        ]
        if refused:
            claim = Claim(CAUSE).observed(
                f'{kind} {name} could not make a pod: "{quote(refused[-1].message)}"',
                Weight.STRONG,
            )
            return claim.verdict(
                f"pod {case.pod.key.name} is not replaced: {kind} {name} is refused by a policy of "
                f"namespace {namespace}",
                Role.CONTRIBUTING,
            )
    return None
