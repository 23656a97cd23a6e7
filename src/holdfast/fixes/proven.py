"""What a proof does to the patch that it is about.

Rules: a patch that does not hold is not offered as safe, and says why; what was not replayed keeps
the word of its proposal.
"""

import msgspec

from holdfast.model.edit import Safety
from holdfast.model.finding import Finding
from holdfast.model.proof import PatchProof, Proof


def with_proof(finding: Finding, proven: PatchProof | str, kubernetes: str) -> Finding:
    """The finding with the proof of its patch, or with the reason why there is none.

    "" is no reason: there is nothing to prove.
    """
    if proven == "":
        return finding
    proof = finding.proof or Proof(kubernetes)
    patch = finding.patch
    if isinstance(proven, str):
        proof = msgspec.structs.replace(proof, not_replayed=proven)
    else:
        proof = msgspec.structs.replace(proof, patch=proven)
        if patch is not None and not proven.holds:
            doubt = f"it did not hold in replays: {proven.because}"
            safety = Safety.REVIEW if patch.safety is Safety.SAFE else patch.safety
            patch = msgspec.structs.replace(patch, safety=safety, caveats=(doubt, *patch.caveats))
    return msgspec.structs.replace(finding, patch=patch, proof=proof)
