"""What replays say of a diagnosis and of its patch: the claim tested, the fix proven.

Rules: numbers over seeds are medians with the interval of nine tenths; seeds are 0, 1, 2 and so on,
so that their count and the version are enough to replay it. A patch that was not replayed has no
proof, and says why.
"""

import msgspec

from holdfast.model.agreement import Agreement
from holdfast.model.simulated import Spread


class PatchProof(msgspec.Struct, frozen=True):
    """The pod before and after its patch, under the same workload.

    `told` is what the process does, `assumes` what of it nobody observed. `detects_*` is how many
    seconds a process that hangs lives on; None where nothing would notice it.
    """

    holds: bool
    because: str
    told: str
    assumes: str
    seconds: float
    seeds_before: int
    seeds_after: int
    restarts_before: Spread
    restarts_after: Spread
    ready_before: Spread
    ready_after: Spread
    detects_before: Spread | None = None
    detects_after: Spread | None = None


class Proof(msgspec.Struct, frozen=True):
    """The tests of one finding. `not_replayed` says why there is none of the patch, or ""."""

    kubernetes: str
    """The minor version of the kubelet that was modelled."""
    diagnosis: Agreement | None = None
    patch: PatchProof | None = None
    not_replayed: str = ""
