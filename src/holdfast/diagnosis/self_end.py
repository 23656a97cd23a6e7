"""The start of the claims of group A: the process wrote why, and then ended by itself.

Rules: the line is worth most when the process ended with a code of its own soon after it. A signal,
an OOM kill or a probe that fits the uptime explains the end without the line, and a later line that
another cause recognises is nearer to the end. One owner's text may be another one's chatter, so
what a line names (a host, a file) is taken from recognised lines only.
"""

import re

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.crash import log_claim, uptime_text
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.log_lines import LogMatch
from holdfast.model.container import ContainerKind
from holdfast.model.evidence import Grounds, Weight
from holdfast.model.regex import regex

API_SERVER = (
    r"(?:\b(?:10|172)\.\d{1,3}\.0\.1\b(?!:(?!443\b))|\bkubernetes\.default\b|:6443\b|\bapi-int\."
    r"|\bKUBERNETES_SERVICE_HOST\b)"
)
"""The API server as in-cluster clients see it: the first address of the usual service ranges
(kubeadm 10.96.0.0/12, OpenShift 172.30.0.0/16), its DNS name, or its own port."""

NOT_API_SERVER = rf"^(?!.*{API_SERVER})"
"""The start of a pattern that leaves such lines to A29."""

# A stack trace or a goroutine dump stands between the line and the end; a judgement.
_NEAR_END_LINES = 80
# 128 + signal: SIGHUP, SIGINT, SIGKILL, SIGTERM come from outside (causes.md 7).
_FROM_OUTSIDE = frozenset({129, 130, 137, 143})
# Names for "nothing more is known": every other text in the log is more specific than they are.
_UNSPECIFIC = frozenset({"A01", "A11"})
# A trace that begins after the line tells of another error, unless it says that they are chained.
_BEGINS_ERROR = regex(r"panic: |fatal error: |traceback|exception|panicked", re.IGNORECASE)
_CHAINED = regex(r"the above exception|caused by: ", re.IGNORECASE)


def self_end_claim(cause: Cause, case: Case, exit_codes: tuple[int, ...] = ()) -> Claim | None:
    """A claim on the cause's signatures with the end weighed in, or None when none matched.

    `exit_codes` as for `log_claim`; without them every code but 0 and those of signals from outside
    counts as the process's own.
    """
    claim = log_claim(cause, case)
    if claim is None:
        return None
    matches = case.matches(cause.id)
    _weigh_end(claim, case, exit_codes, matches)
    _weigh_later_lines(claim, case, cause, matches)
    return claim


def subject(case: Case) -> str:
    """ "container api", or "the process" for a log that was pasted alone."""
    return f"{case.kind} {case.name}" if case.name else "the process"


def caught(case: Case, cause: str, *patterns: str) -> str:
    """The first group of the first of these patterns that a recognised line meets, newest first.

    "" where none does.
    """
    lines = [match.line for match in reversed(case.matches(cause))]
    for pattern in patterns:
        for line in lines:
            found = re.search(pattern, line, re.IGNORECASE)
            if found:
                return next((group for group in found.groups() if group), "").strip()
    return ""


def completed_under_always(case: Case) -> bool:
    """Whether an app container ended with 0 and is started again only because of Always.

    A container's own restartPolicy and rules go before the pod's (gate ContainerRestartRules).
    """
    if case.kind is not ContainerKind.APP or case.exit_code != 0 or case.status is None:
        return False
    own = case.spec.restart_policy if case.spec else None
    comes_back = bool(case.restarts or case.waiting_reason)
    ruled = case.spec is not None and bool(case.spec.restart_policy_rules)
    return (own or case.pod.spec.policy) == "Always" and comes_back and not ruled


def _weigh_end(
    claim: Claim, case: Case, exit_codes: tuple[int, ...], matches: tuple[LogMatch, ...]
) -> None:
    life = case.life
    if life is None or (case.stop is not None and case.stop.direct):
        return
    code = life.exit_code
    if life.reason == "OOMKilled":
        claim.against("the kernel killed it for memory (OOMKilled)", Weight.STRONG, life.origin)
    if exit_codes and code not in exit_codes:
        expected = " or ".join(str(expected) for expected in exit_codes)
        text = f"it ended with exit code {code}; this cause ends with {expected}"
        claim.against(text, Weight.MODERATE, life.origin)
    elif code in _FROM_OUTSIDE and code not in exit_codes:
        text = f"exit code {code} is a signal from outside"
        claim.against(text, Weight.STRONG, life.origin)
    elif code or exit_codes:
        near = any(len(m.log.lines) - m.position <= _NEAR_END_LINES for m in matches)
        alone = case.killing_story is None
        text = f"it ended by itself with exit code {code}{uptime_text(case)}"
        text += ", soon after this line" if near else ""
        claim.observed(text, Weight.STRONG if near and alone else Weight.MODERATE, life.origin)


def _weigh_later_lines(
    claim: Claim, case: Case, cause: Cause, matches: tuple[LogMatch, ...]
) -> None:
    last = matches[-1]
    for other in reversed(case.log_matches):
        if other.log is not last.log or other.position <= last.position:
            continue
        weight = _weight_of_later(other, last, cause)
        if weight is not None:
            text = f'later the log says "{quote(other.line)}" ({other.cause})'
            claim.against(text, weight, other.origin, Grounds.READ)
            return


def _weight_of_later(other: LogMatch, last: LogMatch, cause: Cause) -> Weight | None:
    """How much a later line takes from this one: an error of its own takes the most."""
    if other.cause == cause.id or not other.cause.startswith("A"):
        return None
    if other.cause not in _UNSPECIFIC:
        return Weight.WEAK
    if cause.id in _UNSPECIFIC or not _BEGINS_ERROR.search(other.line):
        return None
    between = last.log.lines[last.position : other.position]
    return None if any(_CHAINED.search(line) for line in between) else Weight.STRONG
