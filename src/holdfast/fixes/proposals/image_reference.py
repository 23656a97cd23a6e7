"""Images that cannot be pulled or may not be (B08, B15).

Rules: a reference is never guessed: what is proposed is a policy that uses the image on the node, a
credential, or the same reference in a form that parses.
"""

import re

from holdfast.fixes.facts import Facts
from holdfast.fixes.proposal import Proposal
from holdfast.model.edit import Change, Safety
from holdfast.model.regex import regex

CAUSES = ("B08", "B15")

_REFUSED = r"unauthorized|authentication required|pull access denied|denied: |no basic auth|403 "
# distribution/reference: the repository is lower case, without blanks.
_ODD = regex(r"[^a-z0-9._/:@-]")


def propose(facts: Facts) -> Proposal | None:
    """What the message of the kubelet asks for."""
    container = facts.container
    if container is None:
        return None
    if facts.said(r"ErrImageNeverPull|never pull|is not present with pull policy of Never"):
        return _may_pull(facts)
    if facts.verdict.cause == "B15":
        return _parsable(facts, container.image)
    if facts.said(_REFUSED):
        return _credentials()
    return _from_node(facts)


def _may_pull(facts: Facts) -> Proposal:
    explanation = (
        "imagePullPolicy Never forbids to pull an image that the node does not have; IfNotPresent "
        "pulls it once. Right if a registry has it; else load the image into every node"
    )
    change = facts.set("imagePullPolicy", "IfNotPresent")
    return Proposal(Safety.REVIEW, explanation, (change,))


def _from_node(facts: Facts) -> Proposal | None:
    """Always asks the registry at every start, also for an image that is there (kubelet.md 8)."""
    container = facts.container
    status = facts.member.status if facts.member else None
    if container is None or status is None or not status.restart_count:
        return None
    if container.image_pull_policy != "Always":
        return None
    explanation = (
        "the image ran on this node before, but imagePullPolicy Always asks the registry at every "
        "start; IfNotPresent takes the image that is there. Right if the tag is never moved"
    )
    change = facts.set("imagePullPolicy", "IfNotPresent")
    return Proposal(Safety.REVIEW, explanation, (change,))


def _credentials() -> Proposal:
    explanation = (
        "the registry refuses the pull; registry-credentials stands for a Secret of type "
        "kubernetes.io/dockerconfigjson in this namespace (kubectl create secret docker-registry). "
        "A misspelt repository is refused in the same words"
    )
    change = Change(("imagePullSecrets", "registry-credentials"), {})
    return Proposal(Safety.SKETCH, explanation, (change,))


def _parsable(facts: Facts, image: str) -> Proposal | None:
    """The reference in lower case, without blanks; the tag keeps its case."""
    trimmed = re.sub(r"\s+", "", image)
    repository, colon, tag = trimmed.rpartition(":")
    if not colon or "/" in tag:
        repository, colon, tag = trimmed, "", ""
    fixed = repository.lower() + colon + tag
    if fixed == image or not fixed or _ODD.search(fixed.partition("@")[0].rpartition(":")[0]):
        return None
    explanation = (
        "the image reference does not parse: repositories are lower case and hold no blanks; this "
        "is the same reference in that form"
    )
    return Proposal(Safety.SKETCH, explanation, (facts.set("image", fixed),))
