"""Translates a proof into the published document, field by field."""

from holdfast.model.agreement import Agreement
from holdfast.model.proof import PatchProof, Proof
from holdfast.model.simulated import Spread
from holdfast.reports.document import (
    Compared,
    Proven,
    ReplayedAsIs,
    ReplayedPatch,
    Spreading,
    TriedFault,
)


def publish_proof(proof: Proof) -> Proven:
    """The document's part about one finding's proof."""
    return Proven(
        kubernetes=proof.kubernetes,
        diagnosis=_as_is(proof.diagnosis) if proof.diagnosis else None,
        patch=publish_patch_proof(proof.patch) if proof.patch else None,
        not_replayed=proof.not_replayed,
    )


def publish_patch_proof(proof: PatchProof) -> ReplayedPatch:
    """The document's part about one patch."""
    before, after = proof.detects_before, proof.detects_after
    leaking = proof.leaking_before, proof.leaking_after
    return ReplayedPatch(
        holds=proof.holds,
        because=proof.because,
        told=proof.told,
        assumes=proof.assumes,
        seconds=proof.seconds,
        seeds_before=proof.seeds_before,
        seeds_after=proof.seeds_after,
        restarts_per_day_before=_spread(proof.restarts_before),
        restarts_per_day_after=_spread(proof.restarts_after),
        ready_share_before=_spread(proof.ready_before),
        ready_share_after=_spread(proof.ready_after),
        detects_seconds_before=_spread(before) if before is not None else None,
        detects_seconds_after=_spread(after) if after is not None else None,
        restarts_per_day_if_leaking_before=_spread(leaking[0]) if leaking[0] else None,
        restarts_per_day_if_leaking_after=_spread(leaking[1]) if leaking[1] else None,
        faults=tuple(
            TriedFault(
                container=fault.container,
                told=fault.told,
                restarts_before=_spread(fault.restarts_before),
                restarts_after=_spread(fault.restarts_after),
                recovers=fault.recovers,
                ready_again_seconds=_spread(fault.ready_again),
                seeds=fault.seeds,
            )
            for fault in proof.faults
        ),
    )


def _as_is(agreement: Agreement) -> ReplayedAsIs:
    return ReplayedAsIs(
        told=agreement.told,
        assumes=agreement.assumes,
        seeds=agreement.seeds,
        compared=tuple(
            Compared(c.fact.value, c.predicted, c.observed, c.holds) for c in agreement.comparisons
        ),
    )


def _spread(numbers: Spread) -> Spreading:
    return Spreading(numbers.median, numbers.low, numbers.high)
