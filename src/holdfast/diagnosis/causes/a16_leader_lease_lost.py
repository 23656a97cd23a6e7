"""A controller loses its lease and ends, so that another replica can lead.

What happens
------------
A controller with leader election renews a lease through the API server. When it cannot do so in
time it must not go on as leader, and most programs then end at once.

Why it hurts
------------
The restart is harmless alone. Many at once tell of a control plane that was away or slow, and
whoever blames the pods loses time.

How we know
-----------
The last lines say that the lease could not be renewed or that the process stopped leading; codes
are 0, 1 or 255.

What else it could be
---------------------
The root is nearly always elsewhere: an API server that is down or slow (A29), a stalled disk of
etcd, or throttled CPU of the pod. A changed file that the program watches (F03) ends in the same
last line.

Fix
---
Look at the API server and etcd at that time. Lengthen the lease where the control plane is known to
be slow.

When the fix is wrong
---------------------
A longer lease also makes every failover slower, and hides a control plane that is ill.

References
----------
docs/specs/causes.md 8 (A16) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.claim import quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import self_end_claim, subject
from holdfast.model.evidence import Grounds, Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="A16",
    title="it lost its leader lease",
    lookalikes=("A29", "F03", "C05", "A28"),
    signatures=(
        Signature("leaderelection lost", "go"),
        Signature("leader election lost", "go"),
        Signature("leader-election lost", "go"),
        Signature("failed to renew lease", "go"),
        Signature("stopped leading", "go", r"^(?!.*new leader).*\bstopped leading\b"),
        Signature("lost lease", "any", r"\blost (the )?lease\b"),
        Signature("lost leader", "any", r"\blost (the )?leader(ship)?\b(?!.*\b(raft|partition)\b)"),
        Signature("leadership lost", "any"),
        Signature("lost master", "any", r"\blost master( lease| lock|,)"),
        Signature(
            "no longer the leader", "any", r"no longer the leader.*(exit|stop|shut|quit|terminat)"
        ),
        Signature(
            "renew", "any", r"(fail\w*|unable|could not) to renew (the )?(leader )?(lease|lock)"
        ),
    ),
)


def judge(case: Case) -> Verdict | None:
    """The words of a lost lease; the root is looked for elsewhere."""
    claim = self_end_claim(CAUSE, case, (0, 1, 2, 255))
    if claim is None:
        return None
    claim.leads_to("A29")
    refused = case.matches("A29")
    if refused:
        text = f'before it the API server did not answer: "{quote(refused[-1].line)}"'
        claim.read(text, Weight.WEAK, refused[-1].origin)
    else:
        claim.would_decide(
            "whether the API server was away: kubectl get pods -n kube-system "
            "-l component=kube-apiserver, and other controllers that ended in the same minute"
        )
    changed = case.matches("F03")
    if changed:
        text = f'before it the log says "{quote(changed[-1].line)}"'
        claim.against(text, Weight.STRONG, changed[-1].origin, Grounds.READ)
    return claim.verdict(f"{subject(case)} lost its leader lease and ended: look at the API server")
