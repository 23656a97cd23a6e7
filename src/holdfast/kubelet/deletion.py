"""What the API server makes of a delete call (kubelet.md 5.1).

Source: kubernetes v1.36.2 pkg/registry/core/pod/strategy.go CheckGracefulDelete,
apiserver pkg/registry/rest/delete.go.
"""

import msgspec

from holdfast.model.pod import Pod

# rest/delete.go: a negative grace
_NEGATIVE_MEANS = 1


class Deletion(msgspec.Struct, frozen=True):
    """metadata of a pod that is being deleted: times in seconds, as the caller counts them.

    `at` is deletionTimestamp: the request and the whole grace, so it lies in the future (Q38).
    """

    at: float
    grace_seconds: int


def delete(
    pod: Pod, now: float, grace_seconds: int | None = None, earlier: Deletion | None = None
) -> Deletion:
    """The deletion after this call; a later call can only make it shorter.

    Args: `grace_seconds` of the call, else the pod's own; `earlier` is what stood there already.
    """
    grace = pod.spec.grace_seconds if grace_seconds is None else grace_seconds
    if grace < 0:
        grace = _NEGATIVE_MEANS
    if not pod.spec.node_name or pod.status.phase in ("Succeeded", "Failed"):
        grace = 0
    if earlier is not None and grace >= earlier.grace_seconds:
        return earlier
    return Deletion(now + grace, grace)
