"""An init container fails again and again, or never ends, so the main containers never start.

What happens
------------
Init containers run one after another and each must end with 0. One that fails is restarted with
back-off, one that waits for something waits for ever; the pod stays Pending.

Why it hurts
------------
The service never comes up, and the main container's log is empty because it never ran.

How we know
-----------
The container stands among the init containers, its last life failed (or was out of memory, even
with code 0), and its count grows; or it has been running for many minutes.

What else it could be
---------------------
What its log says is the deeper cause: a dependency that is down (A05), a missing command (B01). A
sidecar among the init containers (F08) is meant to stay.

Fix
---
Correct what the init container does; give tools that wait a time limit and a clear message.

When the fix is wrong
---------------------
If it waits for another service, repair that service; taking the wait away moves the crash into the
main container.

References
----------
docs/specs/causes.md 8 (F09), docs/specs/kubelet.md 4.1 and Q41.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.crash import in_words, uptime_text
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.lives import Life
from holdfast.diagnosis.node_signs import LOST_REASONS
from holdfast.model.container import ContainerKind
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Mechanism, Role, Verdict

CAUSE = Cause(
    id="F09",
    title="an init container fails or never ends",
    lookalikes=("A01", "A05", "F08", "B01"),
    ends_by=Mechanism.SELF_EXIT,
)

# Groups whose signatures say why a process ended or could not start.
_REASONS_GROUPS = ("A", "B", "D")
# Migrations may take minutes; after ten nobody watches any more (a judgement, not a measurement).
_LONG_SECONDS = 600.0
# B01, B02: the program never started, which says it all (causes.md 5.1).
_NEVER_STARTED = frozenset({"StartError", "ContainerCannotRun"})


def judge(case: Case) -> Verdict | None:
    """A failed life of an init container, or one that runs for very long."""
    if case.kind is not ContainerKind.INIT or case.status is None:
        return None
    life = case.life
    if life is not None and _failed(life):
        return _judge_loop(case, life)
    if case.status.state.running is not None:
        return _judge_hang(case)
    return None


def _failed(life: Life) -> bool:
    if life.reason in LOST_REASONS:
        return False
    return life.exit_code != 0 or life.reason == "OOMKilled"


def _judge_loop(case: Case, life: Life) -> Verdict | None:
    claim = Claim(CAUSE).observed(
        f"it is an init container and failed with exit code {life.exit_code}{uptime_text(case)}",
        Weight.STRONG,
        life.origin,
    )
    if case.restarts:
        text = f"it was restarted {case.restarts} times; the main containers have not started"
        claim.observed(text, Weight.WEAK, case.status_origin("restartCount"))
    deeper = dict.fromkeys(m.cause for m in case.log_matches if m.cause[0] in _REASONS_GROUPS)
    claim.leads_to(*(deeper or ("A01",)))
    if not case.has_ended_log:
        claim.would_decide(
            "what it wrote: kubectl logs --previous "
            f"-n {case.pod.key.namespace} {case.pod.key.name} -c {case.name}"
        )
    explained = bool(deeper) or life.reason == "OOMKilled" or life.reason in _NEVER_STARTED
    return claim.verdict(
        f"init container {case.name} fails with exit code {life.exit_code}{uptime_text(case)}, "
        "so the main containers never start",
        Role.CONTRIBUTING if explained else Role.CAUSE,
    )


def _judge_hang(case: Case) -> Verdict | None:
    running = case.running_seconds
    if running is None or running < _LONG_SECONDS:
        return None
    claim = Claim(CAUSE).observed(
        f"it has been running for {in_words(running)} and the main containers wait for its end",
        Weight.MODERATE,
        case.status_origin("state.running"),
    )
    claim.with_parameter("running_seconds", running)
    claim.would_decide(
        f"what it waits for: kubectl logs -n {case.pod.key.namespace} {case.pod.key.name} "
        f"-c {case.name}"
    )
    return claim.verdict(
        f"init container {case.name} has been running for {running / 60:.0f} min, so the main "
        "containers have not started",
        Role.HAZARD,
    )
