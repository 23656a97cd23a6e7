"""Whether an image is pulled before a start, and the back-off of pulls that fail (kubelet.md 8).

Rules: the back-off counts from the last failed attempt and belongs to pod and image; attempts are
made when the pod is synced. Plain data: copied, compared and printed like the rest of the state.
Source: kubernetes v1.36.2 pkg/kubelet/images/image_manager.go, client-go flowcontrol/backoff.go.
"""

from dataclasses import dataclass, field
from enum import Enum

# pkg/kubelet/kubelet.go: imageBackOffPeriod, MaxImageBackOff
PULL_BASE_SECONDS = 10
PULL_CAP_SECONDS = 300
_FACTOR = 2
# flowcontrol/backoff.go: an entry is forgotten after twice the cap
PULL_EXPIRY_SECONDS = 2 * PULL_CAP_SECONDS


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


@dataclass(slots=True)
class PullEntry:
    """How long an image waits after a failure, since when, and what the runtime said."""

    seconds: float
    updated_at: float
    error: str


@dataclass(slots=True)
class PullBackOff:
    """The pulls of one pod that failed, by image."""

    entries: dict[str, PullEntry] = field(default_factory=dict)

    def remaining(self, image: str, now: float) -> float:
        """Seconds until the next attempt is allowed; 0 when it is allowed now."""
        entry = self.entries.get(image)
        if entry is None or now - entry.updated_at > PULL_EXPIRY_SECONDS:
            return 0.0
        return max(0.0, entry.updated_at + entry.seconds - now)

    def error(self, image: str) -> str:
        """What the runtime said at the last attempt, for the message of ImagePullBackOff."""
        entry = self.entries.get(image)
        return entry.error if entry is not None else ""

    def fail(self, image: str, error: str, now: float) -> None:
        """A pull has failed: the next one waits 10 s, then twice as long, up to 300 s."""
        entry = self.entries.get(image)
        if entry is None or now - entry.updated_at > PULL_EXPIRY_SECONDS:
            seconds: float = PULL_BASE_SECONDS
        else:
            seconds = min(entry.seconds * _FACTOR, PULL_CAP_SECONDS)
        self.entries[image] = PullEntry(seconds, now, error)

    def succeed(self, now: float) -> None:
        """A pull has succeeded: what is old is forgotten, the entry of the image itself is not."""
        for image in list(self.entries):
            if now - self.entries[image].updated_at > PULL_EXPIRY_SECONDS:
                del self.entries[image]
