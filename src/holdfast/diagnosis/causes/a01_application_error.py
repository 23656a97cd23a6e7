"""The process ends by itself with an error that no other cause explains.

What happens
------------
The main process of the container exits with a code other than 0, and the kubelet starts it again
with growing pauses (10 s, 20 s, 40 s ... 5 min).

Why it hurts
------------
Each life serves for a shorter share of the time; at the cap of the back-off a container that fails
at once is up for about one per cent of the time.

How we know
-----------
The API reports the exit code, and no event of the kubelet tells of a stop. An uncaught exception or
a panic of Rust in the log of the ended life makes it certain that the application itself gave up.

What else it could be
---------------------
A trace that names a host, a file, a port or a permission has its own cause: A03 to A08, A18, A20.
Exit 2 of a Go program without any dump is a SIGTERM without a handler (A12), not an error.

Fix
---
Correct the error in the code or its input. Roll back when the crash began with a release.

When the fix is wrong
---------------------
A rollback helps only if the crash began with the release; the start of the first crash tells.

References
----------
docs/specs/causes.md 8 (A01), docs/specs/kubelet.md 3.1 and 3.3.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.crash import uptime_text, weigh_stop
from holdfast.diagnosis.evidence.case import Case
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="A01",
    title="the application ends with an error of its own",
    lookalikes=("A11", "A12", "A02", "A05", "F01"),
    signatures=(
        Signature("traceback (most recent call last)", "python"),
        Signature("exception in thread", "jvm", r'^Exception in thread "'),
        Signature("panicked at", "rust", r"^thread '.*' (\(\d+\) )?panicked at "),
        Signature("unhandled exception", "dotnet"),
        Signature("uncaught", "node", r"\bUncaught\b|uncaughtException"),
        Signature("unhandledrejection", "node"),
        Signature("error: ", "node", r"^(?:Uncaught )?(?:[A-Z]\w*)?Error: \S", Weight.MODERATE),
        Signature("unsupportedclassversionerror", "jvm"),
        Signature("kernel pid terminated", "elixir"),
        Signature("php fatal error", "php"),
    ),
    # Whatever names a reason beats this one: it is the name for "nothing more is known".
    prior=-12,
)

# Codes that say more than "an error": signals, start failures and states the runtime lost.
_NOT_AN_ERROR = frozenset({0, 137, 143, 130})
_NOT_ITS_OWN = frozenset({"OOMKilled", "StartError", "ContainerStatusUnknown", "Unknown"})


def judge(case: Case) -> Verdict | None:
    """Every end with an error code of its own, and every log that ends in an uncaught error."""
    life = case.life
    matches = case.matches(CAUSE.id)
    claim = Claim(CAUSE)
    if life is None:
        return (
            claim.quotes(*matches).verdict("the log shows an uncaught error") if matches else None
        )
    if life.exit_code in _NOT_AN_ERROR or life.reason in _NOT_ITS_OWN:
        return None
    text = f"the process ended by itself with exit code {life.exit_code}{uptime_text(case)}"
    claim.observed(text, Weight.STRONG, life.origin)
    claim.quotes(*matches)
    if not case.has_ended_log:
        claim.would_decide(
            "the log of the ended life: kubectl logs --previous "
            f"-n {case.pod.key.namespace} {case.pod.key.name} -c {case.name}"
        )
    weigh_stop(claim, case)
    return claim.verdict(
        f"{case.kind} {case.name} ends by itself with exit code {life.exit_code}{uptime_text(case)}"
    )
