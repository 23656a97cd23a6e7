"""Memory usage stands at the limit because of the page cache, and nothing is wrong.

What happens
------------
Files that were read or written stay cached in memory and count as usage. The kernel gives that
memory back before it kills anything.

Why it hurts
------------
It does not. Only a dashboard or an alert that compares usage with the limit is alarmed.

How we know
-----------
Lines of the container's memory.stat and memory.events that were printed or pasted into a log: most
of the usage is file cache, and oom_kill is 0. Nothing else in a snapshot tells of page cache, so
without such lines this cause stays silent.

What else it could be
---------------------
Anonymous memory near the limit is D01 or D02. Files on a memory-backed volume (D07) are counted as
cache too, but are shmem and cannot be given back.

Fix
---
None. Watch the working set and the oom_kill counter instead of the usage.

When the fix is wrong
---------------------
A program that reads the same files all day gets slower when the cache has no room.

References
----------
docs/specs/causes.md 5.4 and 8 (D08); docs/specs/tuning.md 5.1 and 5.2.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.memory_kill import killed_for_memory
from holdfast.model.evidence import Weight
from holdfast.model.quantity import format_bytes
from holdfast.model.regex import regex
from holdfast.model.snapshot import Log
from holdfast.model.span import Origin
from holdfast.model.verdict import Role, Verdict

CAUSE = Cause(
    id="D08",
    title="the page cache fills its memory up to the limit, which is harmless",
    lookalikes=("D01", "D02", "D07"),
)

# linux Documentation/admin-guide/cgroup-v2.rst (memory.stat, memory.events) and cgroup-v1: a name
# and a number per line, with "total_" in front of sums on v1.
_ENTRY = regex(
    r"^\s*(?:total_)?(?P<name>anon|file|shmem|rss|cache|inactive_file|oom_kill)\s+(?P<count>\d+)\s*$"
)
# Most of it: the measured case had more than nine tenths (causes.md 5.4).
_MOSTLY = 0.5


def judge(case: Case) -> Verdict | None:
    """Printed memory counters that show file cache and no kill."""
    if killed_for_memory(case):
        return None
    for log in case.logs:
        if not any("inactive_file" in line for line in log.lines):
            continue
        counters = _counters(log)
        anonymous = counters.get("anon", counters.get("rss"))
        cached = counters.get("file", counters.get("cache"))
        if anonymous is None or cached is None:
            continue
        freeable = cached - counters.get("shmem", 0)
        if freeable > _MOSTLY * (anonymous + cached):
            return _verdict(case, log, counters, freeable, anonymous)
    return None


def _counters(log: Log) -> dict[str, int]:
    matches = (_ENTRY.match(line) for line in log.lines)
    return {match["name"]: int(match["count"]) for match in matches if match is not None}


def _verdict(
    case: Case, log: Log, counters: dict[str, int], freeable: int, anonymous: int
) -> Verdict | None:
    origin = Origin(log.source)
    shown = f"{format_bytes(freeable)} are file cache and {format_bytes(anonymous)} its own memory"
    claim = Claim(CAUSE).read(f"the printed memory.stat says {shown}", Weight.STRONG, origin)
    kills = counters.get("oom_kill")
    if kills == 0:
        claim.read("oom_kill is 0: nothing was ever killed for memory", Weight.STRONG, origin)
    elif kills:
        claim.against(f"oom_kill is {kills}", Weight.CONCLUSIVE, origin)
    else:
        claim.would_decide("the counter oom_kill in the container's memory.events")
    who = f"{case.kind} {case.name}" if case.name else "the container"
    return claim.verdict(
        f"the memory usage of {who} is mostly page cache ({shown}): no action is needed",
        Role.HAZARD,
    )
