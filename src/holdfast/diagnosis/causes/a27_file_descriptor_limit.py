"""The program has as many files and sockets open as it may have.

What happens
------------
Every file and every connection needs a descriptor. At the limit open and accept fail with EMFILE,
and the program gives up or hangs.

Why it hurts
------------
The limit is reached under load first, so the replicas fail one after the other when they are needed
most.

How we know
-----------
The log says too many open files.

What else it could be
---------------------
The text too many open files in system (ENFILE) is a limit of the node. Watches of inotify have
limits of their own, with a similar text.

Fix
---
Look for connections or files that are never closed; raise the limit in the runtime for a known
need.

When the fix is wrong
---------------------
If the number of open files grows steadily, a larger limit only makes the next end later.

References
----------
docs/specs/causes.md 8 (A27) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import caught, self_end_claim, subject
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="A27",
    title="it reaches its limit of open files",
    lookalikes=("A26", "A21", "E14"),
    signatures=(
        Signature("too many open files", "any"),
        Signature("emfile", "node", r"\bEMFILE\b"),
        Signature("enfile", "node", r"\bENFILE\b"),
        Signature("errno 24", "python"),
        Signature(
            "file descriptors",
            "any",
            r"(ran |run )?out of file descriptors|no more file descriptors",
        ),
        Signature(
            "inotify",
            "any",
            r"inotify.*(no space left|limit|too many|ENOSPC)|(no space left|limit|too many"
            r"|ENOSPC).*(inotify|watch)",
        ),
        Signature("file watchers reached", "node", r"number of file watchers reached"),
        Signature("max file descriptors", "elastic", r"max file descriptors \[\d+\].*too low"),
        Signature("max virtual memory areas", "elastic"),
    ),
)


def judge(case: Case) -> Verdict | None:
    """The words of an open or accept that found no descriptor."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    if caught(case, CAUSE.id, r"(vm\.max_map_count|virtual memory areas)"):
        return claim.verdict(f"{subject(case)} needs a larger vm.max_map_count on its node")
    if caught(case, CAUSE.id, r"(inotify|file watchers)"):
        return claim.verdict(f"{subject(case)} reaches the inotify limits of its node")
    whole = caught(case, CAUSE.id, r"(open files in system|ENFILE)")
    if whole:
        claim.observed("the text is that of the limit of the whole node (ENFILE)", Weight.WEAK)
    whose = "the node's" if whole else "its"
    return claim.verdict(f"{subject(case)} reaches {whose} limit of open files")
