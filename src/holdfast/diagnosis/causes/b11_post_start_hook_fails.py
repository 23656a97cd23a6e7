"""The postStart hook fails, and the kubelet kills the container for it.

What happens
------------
The kubelet runs the hook right after the start. When the hook fails, the kubelet stops the
container with its full grace period and starts it again later.

Why it hurts
------------
A healthy program is killed in a loop; its own exit code (often 0 or 143) and log look harmless.

How we know
-----------
The kubelet reports FailedPostStartHook, and says so when it kills the container.

What else it could be
---------------------
A program that ends by itself while its hook runs makes the hook fail as well: then the log shows an
error and there is no Killing event (A01).

Fix
---
Make the hook tolerate a program that is not up yet, or move its work into the program or an init
container; readiness belongs into a startupProbe.

When the fix is wrong
---------------------
If the hook prepares what the program needs, an ignored failure shows later and further away.

References
----------
docs/specs/causes.md 8 (B11), docs/specs/kubelet.md 4.3.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.stops import StopKind
from holdfast.diagnosis.start_failure import who
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Mechanism, Verdict

CAUSE = Cause(
    id="B11",
    title="its postStart hook fails and the kubelet kills it",
    lookalikes=("A01", "C08", "A09"),
    ends_by=Mechanism.HOOK_FAILS,
)

# causes.md 5.3: what a process ends with when it is stopped.
_STOP_CODES = frozenset({0, 2, 137, 143})


def judge(case: Case) -> Verdict | None:
    """A container that the kubelet stopped, or reports, for its postStart hook."""
    if case.member is None:
        return None
    claim = Claim(CAUSE)
    if case.waiting_reason == "PostStartHookError":
        said = f': "{quote(case.waiting_message)}"' if case.waiting_message else ""
        text = f"it waits with PostStartHookError{said}"
        claim.observed(text, Weight.CONCLUSIVE, case.status_origin("state.waiting"))
    stop = case.stop
    if stop is not None and stop.kind is StopKind.POST_START:
        weight = Weight.CONCLUSIVE if stop.direct else Weight.MODERATE
        whose = "it" if stop.direct else "an earlier life"
        text = f'the kubelet killed {whose}: "{stop.event.message}"'
        claim.observed(text, weight, case.events.origin(stop.event))
    for event in case.events.about(case.name, "FailedPostStartHook")[-1:]:
        direct = stop is None or stop.kind is StopKind.POST_START
        weight = Weight.CONCLUSIVE if direct and _has_hook(case) else Weight.MODERATE
        claim.observed(
            f'the hook failed at least {event.times} times: "{quote(event.message)}"',
            weight,
            case.events.origin(event),
        )
    if not claim.score and _could_be(case) and case.life is not None:
        text = "it has a postStart hook, and ended as a container does that is stopped"
        claim.suggested(text, Weight.WEAK, case.life.origin)
        claim.would_decide(
            f"kubectl events -n {case.pod.key.namespace} --for pod/{case.pod.key.name}"
        )
    return claim.verdict(f"{who(case)} is killed after each start because its postStart hook fails")


def _could_be(case: Case) -> bool:
    """A short life that ended as on SIGTERM or SIGKILL, where no event of the hook was read."""
    life, uptime = case.life, case.uptime_seconds
    if life is None or uptime is None or case.spec is None or not _has_hook(case):
        return False
    within = uptime <= case.pod.spec.grace_seconds
    return within and life.exit_code in _STOP_CODES and life.reason in ("Error", "Completed")


def _has_hook(case: Case) -> bool:
    """Whether the specification has such a hook, or was not read."""
    if case.spec is None:
        return True
    return case.spec.lifecycle is not None and case.spec.lifecycle.post_start is not None
