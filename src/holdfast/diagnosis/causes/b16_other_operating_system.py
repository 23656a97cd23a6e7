"""The image is made for another operating system than the node's.

What happens
------------
A Windows image lands on a Linux node or the reverse, or a Windows image on a Windows node of
another build.

Why it hurts
------------
The image cannot be pulled or its container cannot be created, on those nodes only.

How we know
-----------
The runtime says that the operating systems do not match, or finds no manifest for windows.

What else it could be
---------------------
The same system on another processor is B03; a platform missing for other reasons is B08.

Fix
---
Set `nodeSelector: kubernetes.io/os` (and the Windows build), and `spec.os.name`.

When the fix is wrong
---------------------
A taint on the Windows nodes is needed too, or pods without a selector still land there.

References
----------
docs/specs/causes.md 8 (B16).
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.start_failure import OTHER_SYSTEM, start_claim, start_failures, who
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="B16",
    title="its image is made for another operating system",
    lookalikes=("B03", "B08"),
)

_NO_PLATFORM = ("no matching manifest", "no match for platform")


def judge(case: Case) -> Verdict | None:
    """A refusal that names the operating system, or a platform missing on a Windows node."""
    system = case.node.status.node_info.operating_system if case.node else ""
    found = start_claim(CAUSE, case, OTHER_SYSTEM)
    claim = found[0] if found else _missing_on_windows(case, system)
    if claim is None:
        return None
    if system:
        claim.observed(f"the operating system of its node is {system}", Weight.WEAK)
        claim.with_parameter("operating_system", system)
    image = case.spec.image if case.spec else "(not read)"
    node = f"node {case.pod.spec.node_name or '(not read)'}"
    on = f"{node} ({system})" if system else node
    return claim.verdict(
        f"{who(case)} cannot start: image {image} is not made for the operating system of {on}"
    )


def _missing_on_windows(case: Case, system: str) -> Claim | None:
    if system != "windows":
        return None
    for failure in start_failures(case):
        if any(text in failure.text.lower() for text in _NO_PLATFORM):
            text = "the image has no build for the platform of its node, which runs windows"
            return Claim(CAUSE).observed(text, Weight.STRONG, failure.origin)
    return None
