"""The image of the container cannot be pulled.

What happens
------------
The kubelet asks the registry for the image and gets an error; it tries again with growing pauses
(10 s ... 5 min, kept per pod and image).

Why it hurts
------------
A new pod never starts. A running one is hit when its image was removed from the node, or when
`imagePullPolicy: Always` asks the registry at each restart.

How we know
-----------
The container waits with ErrImagePull or ImagePullBackOff; its message or the Failed event carries
the registry's answer: absent, refused, rate limited, unreachable, untrusted, no space, no platform.

What else it could be
---------------------
A name that cannot be parsed, or a policy of Never, is B15. An image for the other operating system
is B16.

Fix
---
By the registry's answer: correct the tag, give the right `imagePullSecrets`, use a mirror, repair
DNS or certificates, free the node's disk, publish the missing platform.

When the fix is wrong
---------------------
Registries answer "denied" for absent repositories too: check the name before the secret.

References
----------
docs/specs/causes.md 8 (B08), docs/specs/kubelet.md 8 and Q23.
"""

import re

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.start_failure import (
    OTHER_SYSTEM,
    StartFailure,
    start_failures,
    weigh_failure,
    who,
)
from holdfast.model.evidence import Weight
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="B08",
    title="its image cannot be pulled",
    lookalikes=("B15", "B16", "B03"),
)

_WAITING = frozenset(
    {"ErrImagePull", "ImagePullBackOff", "RegistryUnavailable", "SignatureValidationFailed"}
)
# Whole phrases of registries, containerd, CRI-O and docker; the first that matches names the kind.
_KINDS = (
    ("rate_limit", "the registry's rate limit is reached", r"toomanyrequests|\b429\b|rate limit"),
    (
        "platform",
        "the image has no build for the node's platform",
        r"no matching manifest|no match for platform|no image found in (?:manifest|image index)",
    ),
    ("disk", "the node's disk is full", r"no space left on device"),
    (
        "tls",
        "the registry's certificate is not trusted, or it speaks no TLS",
        r"x509:|tls: |failed to verify certificate|server gave HTTP response to HTTPS client",
    ),
    (
        "dns",
        "the registry's name is not resolved",
        r"no such host|server misbehaving|lookup \S+(?: on \S+)?: .*(?:timeout|refused)",
    ),
    (
        "auth",
        "the registry refuses access (or the repository does not exist)",
        (
            r"unauthorized|authentication required|no basic auth|access denied|authorization failed"
            r"|\bdenied\b|insufficient_scope|\b40[13]\b"
        ),
    ),
    (
        "absent",
        "the image or its tag does not exist",
        r"manifest unknown|not found|does not exist|name unknown|\b404\b",
    ),
    ("signature", "its signature is not accepted", r"signature"),
    (
        "unreachable",
        "the registry cannot be reached",
        (
            r"connection refused|i/o timeout|deadline exceeded|connection reset|no route to host"
            r"|Client\.Timeout|\b50[0-4]\b|unexpected EOF|TLS handshake timeout"
        ),
    ),
)
_PULLED = regex(
    r"(?:failed to pull|pulling) (?:and unpack )?image \"?(?P<image>[^\s\"]+)", re.IGNORECASE
)


def judge(case: Case) -> Verdict | None:
    """A container that waits for an image the registry does not give."""
    failures = [f for f in start_failures(case) if _is_pull(f)]
    if not failures or not any(f.reason in _WAITING for f in failures):
        return None
    claim = weigh_failure(Claim(CAUSE), case, failures[0])
    kind, why = "", ""
    for failure in failures:
        kind, why = _kind(failure.text)
        if kind:
            if failure is not failures[0]:
                weigh_failure(claim, case, failure)
            break
    if any(OTHER_SYSTEM.search(failure.text) for failure in failures):
        text = "the missing platform is another operating system"
        claim.against(text, Weight.STRONG, failures[0].origin)
    image = _image(case, failures)
    claim.with_parameter("image", image).with_parameter("kind", kind or "unknown")
    if not kind:
        namespace, name = case.pod.key
        claim.would_decide(f"the registry's answer: kubectl events -n {namespace} --for pod/{name}")
    if case.life is not None:
        text = (
            "it ran before, so the image was there: it was removed, or pulling is asked each time"
        )
        claim.suggested(text, Weight.WEAK, case.life.origin)
    because = f": {why}" if why else ""
    return claim.verdict(
        f"{who(case)} cannot start: image {image or '(not read)'} cannot be pulled{because}"
    )


def _is_pull(failure: StartFailure) -> bool:
    return failure.reason in _WAITING or "pull" in failure.text.lower()


def _kind(text: str) -> tuple[str, str]:
    for kind, why, pattern in _KINDS:
        if re.search(pattern, text, re.IGNORECASE):
            return kind, why
    return "", ""


def _image(case: Case, failures: list[StartFailure]) -> str:
    if case.spec is not None and case.spec.image:
        return case.spec.image
    for failure in failures:
        match = _PULLED.search(failure.text)
        if match is not None:
            return match["image"]
    return case.status.image if case.status else ""
