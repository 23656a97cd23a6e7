"""The preStop hook uses up the grace period, or fails, before the program hears of the stop.

What happens
------------
The kubelet runs the hook first and counts its time against the grace. When the hook takes all of
it, SIGTERM comes at the end and SIGKILL two seconds later.

Why it hurts
------------
The program has two seconds to drain, whatever it was promised.

How we know
-----------
An event FailedPreStopHook, or a hook that sleeps as long as the grace or longer, and an end with
137 at about the grace and two seconds.

What else it could be
---------------------
A program that drains too long by itself (G04) has a short hook or none.

Fix
---
Shorten the hook, or raise the grace above hook and drain together.

When the fix is wrong
---------------------
Without the hook, requests may arrive after the stop has begun (G08): keep a few seconds of it.

References
----------
docs/specs/causes.md 6.3 and 8 (G03), docs/specs/kubelet.md 2.3, 4.3 and Q14.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.slow_stop import SLACK_SECONDS, asked_stop
from holdfast.model.evidence import Weight
from holdfast.model.hook_length import slept_seconds
from holdfast.model.verdict import Role, Verdict

CAUSE = Cause(
    id="G03",
    title="the preStop hook uses up the grace period",
    lookalikes=("G04", "G01"),
)


def judge(case: Case) -> Verdict | None:
    """A failed hook, or one that sleeps through the whole grace."""
    hook = case.spec.pre_stop if case.spec else None
    failed = case.events.about(case.name, "FailedPreStopHook") if case.member else ()
    if not failed and hook is None:
        return None
    stop = asked_stop(case)
    hook_seconds = slept_seconds(hook) or 0.0
    grace = stop.grace_seconds if stop is not None else case.pod.spec.grace_seconds
    claim = Claim(CAUSE).with_parameter("grace_seconds", float(grace))
    for event in failed[-1:]:
        text = f'the kubelet says "{event.message}"'
        claim.observed(text, Weight.STRONG, case.events.origin(event))
    if hook_seconds >= grace and (stop is not None or failed):
        claim.observed(
            f"its preStop hook sleeps {hook_seconds:.0f} s and the grace is {grace} s",
            Weight.STRONG,
            case.spec_origin("lifecycle.preStop"),
        )
    if not claim.score:
        return None
    if hook_seconds:
        claim.with_parameter("hook_seconds", hook_seconds)
    if stop is not None and stop.seconds is not None and stop.life.killed:
        text = f"SIGKILL ended it {stop.seconds:.0f} s after the stop began"
        if grace - 1 <= stop.seconds <= grace + SLACK_SECONDS:
            claim.inferred(text, Weight.MODERATE, stop.origin)
    what = "fails or outlasts" if failed else "uses up"
    return claim.verdict(
        f"the preStop hook of {case.kind} {case.name} {what} the grace of {grace} s, which leaves "
        "the program 2 s for its own stop",
        Role.CONTRIBUTING,
    )
