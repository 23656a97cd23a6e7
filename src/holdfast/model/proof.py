"""What replays say of a diagnosis and of its patch: the claim tested, the fix proven.

Rules: numbers over seeds are medians with the interval of nine tenths; seeds are 0, 1, 2 and so on,
so that their count and the version are enough to replay it. A patch that was not replayed has no
proof, and says why.
"""

import msgspec

from holdfast.model.agreement import Agreement
from holdfast.model.simulated import Spread


class FaultTrial(msgspec.Struct, frozen=True):
    """One fault that begins, lasts and ends, and what it does to the pod.

    `restarts_*` are of a process that is well but for the fault; `recovers` says whether every
    replay after the change was ready in the end, without another restart; `ready_again` is how
    many seconds after the fault.
    """

    container: str
    told: str
    restarts_before: Spread
    restarts_after: Spread
    recovers: bool
    ready_again: Spread
    seeds: int

    @property
    def is_worse(self) -> bool:
        """Whether the change lets the fault restart more than before."""
        before, after = self.restarts_before.high, self.restarts_after.high
        return before is not None and after is not None and after > before


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
    faults: tuple[FaultTrial, ...] = ()
    leaking_before: Spread | None = None
    """Restarts per day of a process whose memory never levels off; None where that is no matter."""
    leaking_after: Spread | None = None


class Proof(msgspec.Struct, frozen=True):
    """The tests of one finding. `not_replayed` says why there is none of the patch, or ""."""

    kubernetes: str
    """The minor version of the kubelet that was modelled."""
    diagnosis: Agreement | None = None
    patch: PatchProof | None = None
    not_replayed: str = ""
