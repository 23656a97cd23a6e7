"""A ConfigMap, Secret or key that an environment variable is taken from does not exist.

What happens
------------
The kubelet cannot put the environment together and does not create the container.

Why it hurts
------------
The container never runs. Nothing restarts, so alerts on restarts stay silent.

How we know
-----------
The container waits with CreateContainerConfigError, and the message names the object or the key.

What else it could be
---------------------
A missing object behind a volume (B06) leaves the pod in ContainerCreating with FailedMount events.
A name that exists in another namespace counts as missing.

Fix
---
Create the object or the key, correct the name, or mark the reference `optional: true`.

When the fix is wrong
---------------------
`optional` only moves the failure into the program when it needs the value (A02).

References
----------
docs/specs/causes.md 8 (B04), docs/specs/kubelet.md 3.9.
"""

import re

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.start_failure import start_claim, who
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="B04",
    title="a ConfigMap, Secret or key of its environment is missing",
    lookalikes=("B06", "A02"),
)

# kubernetes pkg/kubelet/kubelet_pods.go makeEnvironmentVariables; API "not found" errors.
_MISSING = regex(
    r'(?P<kind>configmaps?|secrets?) "(?P<name>[^"]+)" (?:not found|is forbidden)'
    r"|couldn't find key (?P<key>\S+) in (?P<kind2>ConfigMap|Secret) (?:[^/\s]+/)?(?P<name2>\S+)"
    r"|failed to sync (?P<kind3>configmap|secret) cache",
    re.IGNORECASE,
)
_REASONS = frozenset({"CreateContainerConfigError", "Failed"})


def judge(case: Case) -> Verdict | None:
    """A container that waits with CreateContainerConfigError for an object or a key."""
    found = start_claim(CAUSE, case, _MISSING, _REASONS)
    if found is None:
        return None
    claim, match = found
    kind = (match["kind"] or match["kind2"] or match["kind3"]).lower().rstrip("s")
    kind = {"configmap": "ConfigMap", "secret": "Secret"}[kind]
    name = match["name"] or match["name2"] or ""
    if not name:
        return claim.verdict(
            f"{who(case)} cannot start: the kubelet could not read a {kind} that its "
            "environment needs"
        )
    claim.with_parameter("kind", kind).with_parameter("name", name)
    if match["key"]:
        claim.with_parameter("key", match["key"])
        claim.would_decide(
            f"its keys: kubectl describe {kind.lower()} -n {case.pod.key.namespace} {name}"
        )
        missing = f"key {match['key']} is missing in {kind} {name}"
    else:
        claim.would_decide(f"kubectl get {kind.lower()} -n {case.pod.key.namespace} {name}")
        missing = f"{kind} {name} does not exist in namespace {case.pod.key.namespace}"
    return claim.verdict(f"{who(case)} cannot start: {missing}")
