"""More time for one answer: timeoutSeconds before failureThreshold (C04, C09).

Rules: causes.md 11 puts the timeout before the threshold; causes.md 8 (C04) advises 3 to 5 s. A
command that fails for another reason than time gets nothing from it.
"""

from holdfast.fixes.facts import Facts
from holdfast.fixes.proposal import Proposal
from holdfast.model.edit import Safety

CAUSES = ("C04", "C09")

# causes.md 8 (C04): "timeout 3-5 s"; longer hangs are what the probe is there to find.
_STEPS_SECONDS = (3, 5)
_SLOW = r"timed? ?out|deadline exceeded|takes longer"


def propose(facts: Facts) -> Proposal | None:
    """The next step above the present timeout; none above the last one."""
    name = facts.killer
    probe = facts.probe(name) if name else None
    if probe is None:
        return None
    slow = facts.number("timeout_seconds") or facts.said(_SLOW)
    if facts.verdict.cause == "C09" and not slow:
        return None
    latency = facts.number("latency_seconds") or 0.0
    longer = [step for step in _STEPS_SECONDS if step > probe.timeout and step > latency]
    if not longer:
        return None
    seconds = longer[0]
    explanation = (
        f"timeoutSeconds of the {name} probe from {probe.timeout} to {seconds}: the answer comes, "
        f"but late. A process that hangs is still found after {probe.failures} x "
        f"{max(probe.period, seconds)} s"
    )
    caveats: tuple[str, ...] = ()
    if probe.period < seconds:
        caveats = (f"a probe that takes longer than periodSeconds {probe.period} delays the next",)
    change = facts.set_probe(name, "timeoutSeconds", seconds)
    return Proposal(Safety.SAFE, explanation, (change,), caveats)
