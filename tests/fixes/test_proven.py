"""What a proof does to its patch."""

from holdfast.fixes.proven import with_proof
from holdfast.model.edit import Patch, Safety
from holdfast.model.finding import Finding, State, Subject
from holdfast.model.proof import PatchProof
from holdfast.model.simulated import Spread

NONE = Spread(0.0, 0.0, 0.0)
FINDING = Finding(
    Subject("shop", "api", "app"), State.RESTARTS, "", patch=Patch("C03", Safety.SAFE, "")
)


def proof(*, holds: bool) -> PatchProof:
    """A proof with or without a result."""
    because = "" if holds else "3 of 200 seeds still restart"
    return PatchProof(holds, because, "", "", 86400.0, 10, 200, NONE, NONE, NONE, NONE)


def test_patch_that_holds_stays_safe() -> None:
    """A proof does not change what it proves."""
    found = with_proof(FINDING, proof(holds=True), "1.36")

    assert found.patch == FINDING.patch
    assert found.proof is not None
    assert found.proof.patch == proof(holds=True)


def test_patch_that_does_not_hold_is_not_offered_as_safe() -> None:
    """It becomes one to review, and says why."""
    found = with_proof(FINDING, proof(holds=False), "1.36")

    assert found.patch is not None
    assert found.patch.safety is Safety.REVIEW
    assert "3 of 200 seeds still restart" in found.patch.caveats[0]


def test_missing_proof_says_why() -> None:
    """No proof is told as no proof."""
    found = with_proof(FINDING, "its inputs are outside", "1.36")

    assert found.proof is not None
    assert found.proof.patch is None
    assert found.proof.not_replayed == "its inputs are outside"
