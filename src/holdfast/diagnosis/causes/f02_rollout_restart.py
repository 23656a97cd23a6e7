"""Somebody asked for a rollout restart, and the pods were replaced one after another.

What happens
------------
`kubectl rollout restart` writes the time into the template's annotations. The template differs, so
the controller replaces every pod, although nothing else changed.

Why it hurts
------------
It does not, unless the new pods fail: then what they read at the start (configuration, secrets,
schema) has changed since the old ones started.

How we know
-----------
The annotation restartedAt of the template, and a pod that was created or deleted shortly after.

What else it could be
---------------------
A new revision (F01) changes more than the annotation.

Fix
---
None; it is intended.

When the fix is wrong
---------------------
If the new pods crash, look for what they read at the start, not at the restart.

References
----------
docs/specs/causes.md 6.1 and 8 (F02).
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.pod_end import deletion_asked
from holdfast.model.evidence import Weight
from holdfast.model.instant import Instant, parse_instant
from holdfast.model.verdict import Role, Verdict

CAUSE = Cause(
    id="F02",
    title="a rollout restart was asked for",
    lookalikes=("F01", "F18"),
)

# kubectl: pkg/polymorphichelpers/objectrestarter.go
_ANNOTATION = "kubectl.kubernetes.io/restartedAt"
# apps/v1 progressDeadlineSeconds defaults to 600 s: a rolling replacement takes minutes.
_ROLLING_SECONDS = 600.0


def judge(case: Case) -> Verdict | None:
    """A pod that a rollout restart replaced, or that it created and that fails since."""
    owner = case.context.template_owner(case.pod)
    template = owner.spec.template if owner else None
    wanted = _restarted_at(template.metadata.annotations if template else None)
    own = _restarted_at(case.pod.metadata.annotations)
    leaving = deletion_asked(case.pod)
    if leaving is not None and wanted is not None and _follows(leaving, wanted) and own != wanted:
        claim = Claim(CAUSE).observed(
            f"the template was marked for a restart {leaving - wanted:.0f} s before the pod was "
            "deleted",
            Weight.STRONG,
        )
        return claim.verdict(f"a rollout restart replaced pod {case.pod.key.name}")
    created = case.pod.created
    if own is None or created is None or not case.restarts or not _follows(created, own):
        return None
    claim = Claim(CAUSE).observed(
        f"the pod was created {created - own:.0f} s after a rollout restart was asked for",
        Weight.MODERATE,
        case.spec_origin("annotations"),
    )
    return claim.verdict(
        f"{case.kind} {case.name} fails since a rollout restart: what it reads at its start may "
        "have changed before",
        Role.CONTRIBUTING,
    )


def _restarted_at(annotations: dict[str, str] | None) -> Instant | None:
    return parse_instant((annotations or {}).get(_ANNOTATION))


def _follows(later: Instant, earlier: Instant) -> bool:
    return -1 <= later - earlier <= _ROLLING_SECONDS
