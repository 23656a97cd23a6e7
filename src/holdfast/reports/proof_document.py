"""The answer of `holdfast prove` as a document for programs (docs/schema/proof.v1.json)."""

from typing import Literal

from holdfast.model.proof import PatchProof
from holdfast.reports.document import API_VERSION, Part, ReplayedPatch
from holdfast.reports.publish_proof import publish_patch_proof


class ProofDocument(Part, frozen=True):
    """The whole answer of `holdfast prove`."""

    api_version: Literal["holdfast/v1"]
    kind: Literal["Proof"]
    holdfast_version: str
    subject: str
    kubernetes: str
    replayed: ReplayedPatch


def proof_document(proof: PatchProof, subject: str, kubernetes: str, version: str) -> ProofDocument:
    """The document of one proof; `version` is that of holdfast."""
    return ProofDocument(
        API_VERSION, "Proof", version, subject, kubernetes, publish_patch_proof(proof)
    )
