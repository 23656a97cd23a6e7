"""A volume cannot be mounted: what it is made from is missing, or a subPath is wrong.

What happens
------------
The kubelet sets up all volumes before it starts any container, and waits until that works.

Why it hurts
------------
The pod stays in ContainerCreating for ever, with nothing restarting and no log.

How we know
-----------
FailedMount events name the volume and the missing object, key, path or driver while the containers
wait; a wrong subPath shows as CreateContainerConfigError.

What else it could be
---------------------
A volume that is still attached to another node is B07. A missing object behind an environment
variable is B04.

Fix
---
Create the object or the path, or correct its name; mark what may be absent `optional: true`.

When the fix is wrong
---------------------
A secret that a controller writes later (cert-manager, external secrets) appears by itself; look at
that controller when it does not.

References
----------
docs/specs/causes.md 8 (B06), docs/specs/kubelet.md 10.
"""

import re

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.start_failure import is_stuck, pod_claim, pod_text, start_claim, who
from holdfast.model.event import Event
from holdfast.model.evidence import Weight
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="B06",
    title="a volume of the pod cannot be mounted",
    lookalikes=("B04", "B07", "B10"),
)

# kubernetes pkg/volume/*: texts of MountVolume.SetUp and of the checks before it.
_NAMED = regex(
    r'(?P<kind>configmap|secret|persistentvolumeclaim) "(?P<name>[^"]+)" not found'
    r"|references non-existent (?:secret|config) key: (?P<key>\S+)"
    r"|hostPath type check failed: (?P<path>\S+)"
    r"|driver name (?P<driver>\S+) not found|special device (?P<device>\S+) does not exist"
    r"|(?P<other>wrong fs type|mount failed|no such file or directory|permission denied"
    r"|access denied by server|connection timed out|Connection refused)",
    re.IGNORECASE,
)
_SUB_PATH = regex(r"subPath|failed to prepare subPath|must not contain '\.\.'", re.IGNORECASE)
_VOLUME = regex(r'for volume "(?P<name>[^"]+)"|unmounted volumes=\[(?P<list>[^\]]*)\]')
# Written while the kubelet's own cache fills after its start; the next attempt succeeds
# (kubernetes issue 105204).
_PASSING = regex(r"not registered")
# Said of attachments: B07.
_ATTACHMENT = regex(r"multi-attach|attachvolume|volumeattachment|NodeAffinity", re.IGNORECASE)


def judge(case: Case) -> Verdict | None:
    """A pod that waits with FailedMount, or a container whose subPath is refused."""
    sub_path = start_claim(CAUSE, case, _SUB_PATH)
    if sub_path is not None:
        return sub_path[0].verdict(
            f"{who(case)} cannot start: a subPath of its volume mounts is wrong"
        )
    if not is_stuck(case) or case.events.of("FailedAttachVolume"):
        return None
    events = tuple(event for event in case.events.of("FailedMount") if _counts(event))
    named = tuple(event for event in events if _NAMED.search(event.message))
    weight = Weight.CONCLUSIVE if named else Weight.STRONG
    found = pod_claim(CAUSE, case, named or events, weight)
    if found is None:
        return None
    claim, event = found
    volume = _VOLUME.search(event.message)
    what = (volume["name"] or volume["list"]) if volume else ""
    if what:
        claim.with_parameter("volume", what)
    claim.would_decide(f"kubectl events -n {case.pod.key.namespace} --for pod/{case.pod.key.name}")
    which = f"volume {what}" if what else "a volume"
    return claim.verdict(f"{pod_text(case)} cannot start: {which} cannot be mounted{_why(event)}")


def _counts(event: Event) -> bool:
    return not _PASSING.search(event.message) and not _ATTACHMENT.search(event.message)


def _why(event: Event) -> str:
    match = _NAMED.search(event.message)
    if match is None:
        return ""
    if match["name"]:
        return f", because {match['kind']} {match['name']} does not exist"
    if match["key"]:
        return f", because key {match['key']} does not exist"
    if match["path"]:
        return f", because the host path {match['path']} is not as expected"
    return f": {quote(match[0])}"
