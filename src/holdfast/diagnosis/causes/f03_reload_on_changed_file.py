"""The process restarts itself because a configuration, secret or certificate changed.

What happens
------------
The program watches its files and ends when one of them changes, so that the next life reads it. Or
a reloader edits the template of the workload when a ConfigMap or Secret changes.

Why it hurts
------------
All replicas see the change at the same moment and may restart together.

How we know
-----------
The log of the ended life says that a watched file changed and that it restarts for this reason; or
the pod carries the mark of a reloader.

What else it could be
---------------------
A lost lease (A16) is often only the last line: the text about the changed file comes before it.

Fix
---
None; it is intended. Stagger the restarts, or reload in place.

When the fix is wrong
---------------------
If nobody changed the file, find out who writes it: a rotating certificate has a fixed period.

References
----------
docs/specs/causes.md 8 (F03) and 9.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.crash import log_claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Role, Verdict

# "changed, no restart needed" is the opposite of the cause.
_NOT_DENIED = r"^(?!.*\b(no|not|without|skip\w*|ignor\w*)\b)"
_ENDS = r"(restart|exit|shut\w* ?down|terminat|quit|stopping|re-?exec)"
_CHANGED = r"(chang|modif|rotat|updat|renew)"
_THING = r"(file|config\w*|secret|cert\w*|ca bundle|token|credential\w*)"

CAUSE = Cause(
    id="F03",
    title="it restarts itself because a watched file changed",
    lookalikes=("A16", "A25", "F15"),
    signatures=(
        # openshift/library-go pkg/controller/fileobserver
        Signature("triggered because of file", "go", r"restart triggered because of file"),
        Signature("observed file change", "go", weight=Weight.MODERATE),
        Signature(
            "chang", "any", rf"{_NOT_DENIED}.*\b{_THING}\b.{{0,80}}\b{_CHANGED}.{{0,80}}\b{_ENDS}"
        ),
        Signature(
            "chang", "any", rf"{_NOT_DENIED}.*\b{_ENDS}.{{0,60}}\b{_THING}\b.{{0,80}}\b{_CHANGED}"
        ),
        Signature(
            "modif", "any", rf"{_NOT_DENIED}.*\b{_THING}\b.{{0,80}}\bmodif.{{0,80}}\b{_ENDS}"
        ),
        Signature(
            "rotat", "any", rf"{_NOT_DENIED}.*\b{_THING}\b.{{0,80}}\brotat.{{0,80}}\b{_ENDS}"
        ),
        Signature("renew", "any", rf"{_NOT_DENIED}.*\bcert\w*\b.{{0,80}}\brenew.{{0,80}}\b{_ENDS}"),
    ),
)

# stakater/Reloader: the annotation and the prefix of the environment variables that it writes.
_RELOADED_FROM = "reloader.stakater.com/last-reloaded-from"
_RELOADER_VARIABLE = "STAKATER_"


def judge(case: Case) -> Verdict | None:
    """A log that says so, or the mark of a reloader on a pod that fails since."""
    claim = log_claim(CAUSE, case)
    if claim is not None:
        _weigh_lost_lease(claim, case)
        if case.life is not None and case.exit_code in (0, 1, 143):
            text = f"it ended by itself with exit code {case.exit_code}"
            claim.observed(text, Weight.WEAK, case.life.origin)
        return claim.verdict(
            f"{case.kind} {case.name or 'of the log'} restarts itself because a file that it "
            "watches changed"
        )
    if not case.restarts or not _has_reloader_mark(case):
        return None
    claim = Claim(CAUSE).observed("a reloader edited its template", Weight.MODERATE)
    return claim.verdict(
        f"pod {case.pod.key.name} was made anew after a ConfigMap or Secret changed",
        Role.CONTRIBUTING,
    )


def _weigh_lost_lease(claim: Claim, case: Case) -> None:
    """causes.md 8 (A16): a lease given up after the text about the file is its consequence."""
    told = case.matches(CAUSE.id)[0]
    later = [m for m in case.matches("A16") if m.log is told.log and m.position > told.position]
    if later:
        text = "the lost lease comes after the changed file"
        claim.read(text, Weight.STRONG, later[0].origin)


def _has_reloader_mark(case: Case) -> bool:
    if _RELOADED_FROM in (case.pod.metadata.annotations or {}):
        return True
    environment = (case.spec.env or ()) if case.spec else ()
    return any(entry.name.startswith(_RELOADER_VARIABLE) for entry in environment)
