"""The limit of processes and threads of the container or the node is reached.

What happens
------------
Threads count as processes. When the limit of the pod (podPidsLimit) or the user is reached, clone
fails with EAGAIN, and the program cannot start a thread or a child.

Why it hurts
------------
Probes of kind exec and kubectl exec need a process too: both fail while the program may still look
alive.

How we know
-----------
The log has the words of the runtime: unable to create native thread, can't start new thread, fork:
Resource temporarily unavailable.

What else it could be
---------------------
It looks like a lack of memory, and Java even calls it OutOfMemoryError; but the reason is not
OOMKilled. Zombies left by exec probes are C09. A node without process ids is E04.

Fix
---
Find what leaks threads or children; reap children with a small init; raise podPidsLimit only for a
known need.

When the fix is wrong
---------------------
A larger limit for one pod can starve the node: see E04.

References
----------
docs/specs/causes.md 8 (A26) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import self_end_claim, subject
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="A26",
    title="it reaches its limit of threads or processes",
    lookalikes=("A13", "D01", "C09", "E04"),
    signatures=(
        Signature("unable to create native thread", "jvm"),
        Signature("unable to create new native thread", "jvm"),
        Signature("failed to start thread", "jvm", r"Failed to start thread .*EAGAIN"),
        Signature(
            "pthread_create failed", "any", r"pthread_create failed.*(EAGAIN|\b11\b|temporarily)"
        ),
        Signature("can't start new thread", "any"),
        Signature("cannot fork", "any"),
        Signature("can't fork", "any"),
        Signature(
            "fork: ", "any", r"\bfork: (retry: )?(resource temporarily unavailable|cannot allocate)"
        ),
        Signature("fork failed", "any", r"fork failed.*(resource|temporarily|EAGAIN)"),
        Signature("failed to create new os thread", "go"),
        Signature("newosproc", "go", r"runtime\.newosproc", Weight.MODERATE),
        Signature("eagain", "node", r"\b(spawn|uv_thread_create|fork)\b.*\bEAGAIN\b"),
        Signature(
            "resource temporarily unavailable", "any", r"thread.*resource temporarily unavailable"
        ),
        Signature("failed to spawn thread", "rust"),
        Signature("unable to start thread", "any"),
        Signature("can't create thread", "ruby"),
        Signature("pids.max", "any", r"pids\.max.*(hit|reached|limit)"),
    ),
)


def judge(case: Case) -> Verdict | None:
    """The words of a runtime that could not start a thread or a process."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    claim.would_decide(
        "how many it may have: kubectl exec into it, cat /sys/fs/cgroup/pids.max "
        "/sys/fs/cgroup/pids.current"
    )
    return claim.verdict(f"{subject(case)} reaches its limit of threads or processes")
