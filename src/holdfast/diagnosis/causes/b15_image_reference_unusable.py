"""The image cannot be used as it is named: a bad name, a policy of Never, or a broken local copy.

What happens
------------
The kubelet cannot parse the image's name, may not pull an image that is not on the node, or cannot
read the copy that is there.

Why it hurts
------------
The container never starts, and unlike a failing registry no waiting helps.

How we know
-----------
The container waits with InvalidImageName, ErrImageNeverPull or ImageInspectError.

What else it could be
---------------------
A registry that does not give the image is B08.

Fix
---
Correct the name (lower case, one tag, no `https://`); load the image onto the node or change
`imagePullPolicy`; remove a broken copy with `crictl rmi`.

When the fix is wrong
---------------------
With locally built images (kind, minikube) a change of the policy only turns this into B08.

References
----------
docs/specs/causes.md 8 (B15), docs/specs/kubelet.md 3.9 and 8.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.start_failure import start_failures, weigh_failure, who
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="B15",
    title="its image cannot be used as it is named",
    lookalikes=("B08",),
)

_WHY = {
    "InvalidImageName": "is no valid image name",
    "ErrImageNeverPull": "is not on the node, and imagePullPolicy Never forbids to pull it",
    "ImageInspectError": "is on the node but cannot be read",
}


def judge(case: Case) -> Verdict | None:
    """A container that waits with one of the three reasons."""
    why = _WHY.get(case.waiting_reason)
    if why is None:
        return None
    claim = Claim(CAUSE)
    for failure in start_failures(case):
        weigh_failure(claim, case, failure)
        break
    image = case.spec.image if case.spec else (case.status.image if case.status else "")
    claim.with_parameter("image", image).with_parameter("reason", case.waiting_reason)
    return claim.verdict(f"{who(case)} cannot start: image {image or '(not read)'} {why}")
