"""The program in the image is built for another processor architecture than the node's.

What happens
------------
The kernel does not understand the format of the executable and refuses it.

Why it hurts
------------
Every start on nodes of that architecture fails at once, while replicas on other nodes work.

How we know
-----------
The whole log is "exec format error", the life ends in the second it began (255 or 1), and the image
or the replicas point to another architecture than the node reports.

What else it could be
---------------------
A script without its first line "#!..." fails with the same words (A35). An image index without the
platform cannot even be pulled (B08).

Fix
---
Publish the image for both architectures, or restrict the pod with
`nodeSelector: kubernetes.io/arch`.

When the fix is wrong
---------------------
A nodeSelector for an architecture that has no free nodes leaves the pod pending.

References
----------
docs/specs/causes.md 5.1, 8 (B03).
"""

import re

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.crash import in_words, log_claim, weigh_stop
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.start_failure import start_claim, who
from holdfast.model.evidence import Grounds, Weight
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="B03",
    title="its image is built for another architecture",
    lookalikes=("A35", "B08", "B16"),
    signatures=(
        Signature("exec format error", "kernel"),
        Signature("could not open '/lib", "qemu", r"qemu-\w+(?:-static)?: Could not open '/lib"),
        Signature("rosetta error", "rosetta", r"rosetta error: failed to open elf"),
    ),
)

_FORMAT = regex(r"exec format error", re.IGNORECASE)
_SCRIPT = regex(r"\.(?:sh|bash|py|rb|pl|js)\b[^/]*exec format error", re.IGNORECASE)
# How tags and repositories name what node.status.nodeInfo.architecture calls by its Go name.
_NAMES = {
    "amd64": "amd64", "x86_64": "amd64", "x86-64": "amd64",
    "arm64": "arm64", "aarch64": "arm64", "arm64v8": "arm64",
    "arm32v7": "arm", "armv7": "arm", "armhf": "arm",
    "s390x": "s390x", "ppc64le": "ppc64le", "riscv64": "riscv64",
}  # fmt: skip
_NAMED = regex(r"(?<![a-z0-9])(" + "|".join(_NAMES) + r")(?![a-z0-9])")


def judge(case: Case) -> Verdict | None:
    """A log or a start failure that says "exec format error"."""
    claim = _claim(case)
    if claim is None:
        return None
    uptime = case.uptime_seconds
    if uptime is not None and case.life is not None:
        if uptime <= 1:
            text = "it ended in the second in which it began"
            claim.inferred(text, Weight.MODERATE, case.life.origin)
        else:
            text = f"it ran for {in_words(uptime)}, so its main program was executed"
            claim.against(text, Weight.STRONG, case.life.origin, Grounds.INFERRED)
    if any(_SCRIPT.search(line) for line in case.last_words):
        claim.against("the file is named like a script", Weight.STRONG, None, Grounds.READ)
    architecture = case.node.status.node_info.architecture if case.node else ""
    built_for = _architecture_of(case.spec.image if case.spec else "")
    _weigh_image(claim, case, architecture, built_for)
    _weigh_replicas(claim, case, architecture)
    weigh_stop(claim, case)
    on = f", but its node is {architecture}" if architecture else ""
    named = f"for {built_for}" if built_for else "for another architecture"
    return claim.verdict(
        f"{who(case)} cannot start: the program in its image is built {named}{on}"
        if built_for != architecture or not architecture
        else f"{who(case)} cannot start: the kernel refuses the format of its program"
    )


def _claim(case: Case) -> Claim | None:
    found = start_claim(CAUSE, case, _FORMAT)
    if found is not None:
        return found[0]
    return log_claim(CAUSE, case, (255, 1, 126, 127))


def _weigh_image(claim: Claim, case: Case, architecture: str, built_for: str) -> None:
    if not architecture or not built_for:
        node = case.pod.spec.node_name or "NODE"
        claim.would_decide(
            f"the node's architecture: kubectl get node {node} -o "
            "jsonpath={.status.nodeInfo.architecture}",
            "the platforms of the image: docker buildx imagetools inspect IMAGE",
        )
    elif built_for != architecture:
        text = f"the name of the image says {built_for}, the node is {architecture}"
        claim.suggested(text, Weight.STRONG, case.spec_origin("image"))
        claim.with_parameter("architecture", built_for)
    else:
        text = f"the name of the image says {built_for}, as the node is"
        claim.against(text, Weight.STRONG, case.spec_origin("image"))


def _weigh_replicas(claim: Claim, case: Case, architecture: str) -> None:
    """A replica that runs on a node of another architecture points at the image."""
    for pod in case.context.siblings(case.pod):
        node = case.context.node_of(pod)
        other = node.status.node_info.architecture if node else ""
        statuses = pod.status.container_statuses or ()
        works = any(s.name == case.name and s.state.running for s in statuses)
        if works and architecture and other and other != architecture:
            claim.observed(f"a replica runs on a node that is {other}", Weight.STRONG)
            claim.with_parameter("architecture", other)
            return


def _architecture_of(image: str) -> str:
    match = _NAMED.search(image.lower())
    return _NAMES[match[1]] if match else ""
