"""Whether an image is pulled before a start (kubelet.md 8); `back_off.py` spaces failed pulls.

Source: kubernetes v1.36.2 pkg/kubelet/images/image_manager.go.
"""

from enum import Enum


class Fetch(Enum):
    """What happens to the image of a container that is to be started."""

    USE = "use what is there"
    PULL = "pull"
    NEVER = "ErrImageNeverPull"


def fetch(policy: str, *, present: bool, verified: bool = True) -> Fetch:
    """What the policy asks for.

    `verified` is False where KubeletEnsureSecretPulledImages has not seen this pod's credentials
    pull the image yet; it then counts as absent.
    """
    if policy == "Always":
        return Fetch.PULL
    if present and verified:
        return Fetch.USE
    return Fetch.NEVER if policy == "Never" else Fetch.PULL
