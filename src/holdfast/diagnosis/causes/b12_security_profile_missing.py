"""A seccomp, AppArmor, SELinux or capability setting names something the node does not have.

What happens
------------
The runtime cannot load the profile, or does not know the capability, and creates no container.

Why it hurts
------------
The container never starts; with profiles that are copied to nodes by hand, only some nodes fail.

How we know
-----------
The runtime or the kubelet names the profile, the label or the capability in its refusal.

What else it could be
---------------------
A profile that loads and then forbids a call ends the program with 159 or a permission error (A20).

Fix
---
Put the profile on every node (security profiles operator, a DaemonSet), or use RuntimeDefault.

When the fix is wrong
---------------------
`Unconfined` also starts the container, without the protection: use it only to find the reason.

References
----------
docs/specs/causes.md 8 (B12).
"""

import re

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.start_failure import start_claim, who
from holdfast.model.evidence import Weight
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="B12",
    title="a security profile or capability it asks for is missing on the node",
    lookalikes=("A20", "B05", "B14"),
)

# containerd internal/cri (seccomp, apparmor), opencontainers/runc, opencontainers/selinux,
# kubernetes pkg/security/apparmor.
_PROFILE = regex(
    r"(?P<seccomp>seccomp)|(?P<apparmor>apparmor)"
    r"|(?P<selinux>selinux|setting label|set label|relabel|attr/(?:keycreate|exec)|lsetxattr)"
    r"|(?P<capability>unknown capability|capabilit(?:y|ies) .*(?:not (?:supported|found)|invalid))",
    re.IGNORECASE,
)


def judge(case: Case) -> Verdict | None:
    """A container that is not created because of a profile, or a pod refused for AppArmor."""
    if case.member is None:
        return _judge_pod(case)
    found = start_claim(CAUSE, case, _PROFILE)
    if found is None:
        return None
    claim, match = found
    what = {
        "seccomp": "a seccomp profile",
        "apparmor": "an AppArmor profile",
        "selinux": "an SELinux label",
        "capability": "a capability",
    }[match.lastgroup or "capability"]
    return claim.verdict(
        f"{who(case)} cannot start: {what} that it asks for cannot be applied on node "
        f"{case.pod.spec.node_name or '(not read)'}"
    )


def _judge_pod(case: Case) -> Verdict | None:
    status = case.pod.status
    if status.reason != "AppArmor":
        return None
    claim = Claim(CAUSE).observed(
        f'the kubelet refused the pod: "{quote(status.message)}"',
        Weight.CONCLUSIVE,
        case.status_origin("reason"),
    )
    return claim.verdict(
        f"pod {case.pod.key.name} cannot start: its AppArmor profile is not on its node"
    )
