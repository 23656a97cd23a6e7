"""The stop signal is not the one on which this program ends as it should.

What happens
------------
Some servers end at once on SIGTERM and drain on another signal, others wait on SIGTERM for clients
that never leave. Images set STOPSIGNAL for that; an image of one's own, or a wrapper, loses it.

Why it hurts
------------
Requests are cut off, or each stop lasts the whole grace and ends with 137.

How we know
-----------
The log names the signal that arrived and the kind of stop it led to, or the pod sets a stop signal
on which the program did not end.

What else it could be
---------------------
A drain that is right but too long (G04).

Fix
---
Set STOPSIGNAL in the image (SIGQUIT for nginx and php-fpm, SIGINT for PostgreSQL, SIGWINCH for
httpd) or send the signal from a preStop hook.

When the fix is wrong
---------------------
Below a shell or a supervisor the signal must be set for PID 1, which is not the server.

References
----------
docs/specs/causes.md 8 (G06), docs/specs/kubelet.md 2.4.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.slow_stop import AskedStop, asked_stop
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Role, Verdict

CAUSE = Cause(
    id="G06",
    title="the stop signal is not the one the program needs",
    lookalikes=("G04", "G02"),
    signatures=(
        Signature("sigterm", "nginx", r"signal 15 \(SIGTERM\) received"),
        Signature("caught sigterm", "httpd", r"\bcaught SIGTERM, shutting down"),
        Signature("smart shutdown", "postgres", r"received smart shutdown request"),
        Signature("terminating ...", "php", r"NOTICE: Terminating \.\.\."),
    ),
)

# What waits on SIGTERM instead of ending: its stop then uses up the grace.
_WAITS = "postgres"


def judge(case: Case) -> Verdict | None:
    """A stop whose signal the log names, or a stop signal of the pod that did not work."""
    stop = asked_stop(case) if case.life is not None else None
    if stop is None:
        return None
    matches = case.matches(CAUSE.id)
    waits = any(match.signature.runtime == _WAITS for match in matches)
    if matches and waits == stop.used_grace:
        claim = Claim(CAUSE).quotes(*matches)
        if not waits:
            return claim.verdict(
                f"{case.kind} {case.name} takes SIGTERM as an order to end at once; it drains on "
                "another signal",
                Role.HAZARD,
            )
        return claim.verdict(
            f"{case.kind} {case.name} waits on SIGTERM for its clients to leave, until SIGKILL "
            f"after {stop.grace_seconds} s; another signal ends it in order",
            Role.CONTRIBUTING,
        )
    return _judge_setting(case, stop)


def _judge_setting(case: Case, stop: AskedStop) -> Verdict | None:
    lifecycle = case.spec.lifecycle if case.spec else None
    signal = lifecycle.stop_signal if lifecycle else None
    if not signal or signal == "SIGTERM" or not stop.used_grace:
        return None
    claim = Claim(CAUSE).observed(
        f"the pod sets the stop signal {signal}, and SIGKILL ended it after {stop.asked}",
        Weight.MODERATE,
        case.spec_origin("lifecycle.stopSignal"),
    )
    return claim.verdict(
        f"{case.kind} {case.name} does not end on {signal}, the stop signal that its pod sets",
        Role.CONTRIBUTING,
    )
