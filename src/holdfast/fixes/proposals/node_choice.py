"""Nodes that can run the image at all (B03, B16).

Rules: a selector is proposed only where the message or the verdict names what the image is made
for."""

from holdfast.fixes.facts import Facts
from holdfast.fixes.proposal import Proposal
from holdfast.model.edit import Change, Safety
from holdfast.model.regex import regex

CAUSES = ("B03", "B16")

_LABELS = {"B03": "kubernetes.io/arch", "B16": "kubernetes.io/os"}
_VALUES = {
    "B03": regex(r"amd64|arm64|arm|ppc64le|s390x|riscv64"),
    "B16": regex(r"linux|windows"),
}
# A node of one system refuses an image of the other (causes.md 8, B16).
_OTHER_SYSTEM = {"linux": "windows", "windows": "linux"}


def propose(facts: Facts) -> Proposal | None:
    """A node selector for the platform of the image."""
    cause = facts.verdict.cause
    value = facts.text("architecture")
    if cause == "B16":
        value = _OTHER_SYSTEM.get(facts.text("operating_system"), "")
    label = _LABELS[cause]
    if not _VALUES[cause].fullmatch(value) or label in (facts.pod.spec.node_selector or {}):
        return None
    explanation = (
        f"the image is made for {value}, the node is not; the selector keeps the pod on nodes that "
        "can run it. Right if there are such nodes; an image for both platforms needs no selector"
    )
    return Proposal(Safety.REVIEW, explanation, (Change(("nodeSelector", label), value),))
