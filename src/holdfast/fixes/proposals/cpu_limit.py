"""A CPU limit under which the probe can be answered in time (C05).

Rules: the limit is raised, not removed, and the request stays. Nobody has measured what the handler
costs, so the assumption is stated (tuning.md 4.5 step 7, 9.3).
"""

from holdfast.fixes.facts import Facts
from holdfast.fixes.proposal import Proposal
from holdfast.model.edit import Safety

CAUSES = ("C05",)

# tuning.md 9.3: probe CPU / limit must stay below half of the timeout. 250 ms is what the heavier
# handlers of its table cost (an interpreter that starts, an HTTP client).
_HANDLER_MILLISECONDS = 250
_SHARE_OF_TIMEOUT = 0.5
_STEP_MILLICORES = 50


def propose(facts: Facts) -> Proposal | None:
    """At least twice the present limit, and enough for one heavy handler per half timeout."""
    limit = facts.limit("cpu")
    probe = facts.probe(facts.killer) if facts.killer else None
    if limit is None or probe is None:
        return None
    old = limit.millicores
    wanted = _HANDLER_MILLISECONDS / (_SHARE_OF_TIMEOUT * probe.timeout)
    steps = -(-max(2 * old, round(wanted)) // _STEP_MILLICORES)
    new = steps * _STEP_MILLICORES
    explanation = (
        f"the CPU limit from {old}m to {new}m: it is the larger one of twice the present limit and "
        f"of {wanted:.0f}m, with which a handler that costs {_HANDLER_MILLISECONDS} ms of CPU "
        f"(assumed) is done in half of the timeout of {probe.timeout} s. Right if throttling is "
        "seen while the probe fails"
    )
    return Proposal(
        Safety.REVIEW, explanation, (facts.set("resources", "limits", "cpu", f"{new}m"),)
    )
