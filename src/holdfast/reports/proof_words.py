"""A proof as people read it: the pod as it is beside what was seen, then before and after a patch.

Rules: seeds and version are always told, so that the numbers can be replayed. What a proof assumes
is said in the same breath as what it proves.
"""

from collections.abc import Iterator

from holdfast.model.agreement import Agreement, Fact
from holdfast.model.duration import Duration
from holdfast.model.proof import FaultTrial, PatchProof, Proof
from holdfast.model.simulated import Spread

# The facts that say most about a loop of restarts.
_TOLD = {
    Fact.RESTARTS: "{} restarts",
    Fact.UPTIME: "a last life of {} s",
    Fact.PAUSE: "{} s until the next start",
    Fact.CODE: "exit code {}",
}


def proof_lines(proof: Proof) -> Iterator[tuple[str, str]]:
    """Lines and a word about each: which part of the proof it is."""
    if proof.diagnosis is not None:
        yield _as_it_is(proof.diagnosis), "as it is"
    if proof.patch is not None:
        yield from patch_lines(proof.patch, proof.kubernetes)
    elif proof.not_replayed:
        yield f"the patch was not replayed: {proof.not_replayed}", "patched"


def _as_it_is(agreement: Agreement) -> str:
    met = ", ".join(
        f"{_TOLD[c.fact].format(c.predicted)} (seen {c.observed})"
        for c in agreement.comparisons
        if c.fact in _TOLD
    )
    assumed = f", assuming {agreement.assumes}" if agreement.assumes else ""
    return (
        f"{agreement.told}{assumed}: {met} (Kubernetes {agreement.version}, "
        f"seeds 0 to {agreement.seeds - 1})"
    )


def patch_lines(proof: PatchProof, kubernetes: str) -> Iterator[tuple[str, str]]:
    """Lines about a pod before and after a change, each with a word about it."""
    word = "patched" if proof.holds else "does not hold"
    hours = f"{proof.seconds / 3600:.0f} h"
    why = "" if proof.holds else f"{proof.because}: "
    assumed = f", assuming {proof.assumes}" if proof.assumes else ""
    yield (
        (
            f"{why}restarts per day {_spread(proof.restarts_before)} before, "
            f"{_spread(proof.restarts_after)} after; ready {_share(proof.ready_before)} before, "
            f"{_share(proof.ready_after)} after{assumed} ({hours}, Kubernetes {kubernetes}, "
            f"seeds 0 to {proof.seeds_after - 1}, before 0 to {proof.seeds_before - 1})"
        ),
        word,
    )
    if proof.detects_before is not None and proof.detects_after is not None:
        yield (
            (
                f"a process that hangs is still ended, after {_seconds(proof.detects_after)} "
                f"(before {_seconds(proof.detects_before)})"
            ),
            word,
        )
    if proof.leaking_before is not None and proof.leaking_after is not None:
        yield (
            (
                "if its memory never levels off, the end is only put off: restarts per day "
                f"{_spread(proof.leaking_before)} before, {_spread(proof.leaking_after)} after"
            ),
            word,
        )
    for fault in proof.faults:
        yield f"{fault.container}, when {fault.told}: {_fault(fault)}", word


def _fault(fault: FaultTrial) -> str:
    """What a fault did before and after the change, and whether the pod came back."""
    after = _spread(fault.restarts_after)
    word = "restart" if after == "1" else "restarts"
    restarts = f"{after} {word} (before {_spread(fault.restarts_before)})"
    if not fault.recovers:
        return f"{restarts}, and it does not recover"
    if not fault.ready_again.median:
        return f"{restarts}, ready when it is over"
    return f"{restarts}, ready again {_seconds(fault.ready_again)} after it"


def _spread(numbers: Spread) -> str:
    low, high = numbers.low, numbers.high
    if numbers.median is None or low is None or high is None:
        return "unknown"
    if round(low) == round(high):
        return f"{numbers.median:.0f}"
    return f"{numbers.median:.0f} ({low:.0f} to {high:.0f})"


def _share(numbers: Spread) -> str:
    return "unknown" if numbers.median is None else f"{numbers.median * 100:.0f} %"


def _seconds(numbers: Spread) -> str:
    return "unknown" if numbers.median is None else str(Duration(round(numbers.median)))
