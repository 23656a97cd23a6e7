"""A burst of memory, in one phase of the start or for one request, exceeds the limit.

What happens
------------
Loading a cache or a model, compiling, a migration or one large request needs much more memory for a
short time than ordinary work does.

Why it hurts
------------
If it is the start, the container never gets past it; if it is a request, one client can end the
service for all.

How we know
-----------
The runtime reports OOMKilled with exit code 137, and the last lines of the ended life name such a
phase. Silence after "loading ..." is how a killed process ends its log; the memory series decides.

What else it could be
---------------------
A need that stays above the limit is D01, growth over a long life D02.

Fix
---
Load in smaller parts or with less concurrency; otherwise a limit above the measured burst.

When the fix is wrong
---------------------
If the line is only the last thing that is ever logged at start, the burst may be elsewhere.

References
----------
docs/specs/causes.md 8 (D03) and 9.
"""

import re

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import quote
from holdfast.diagnosis.crash import uptime_text
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.memory_kill import limit_text, own_limit_claim
from holdfast.model.evidence import Weight
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="D03",
    title="a burst of memory while it loads or serves one request exceeds the limit",
    lookalikes=("D01", "D02", "D04"),
)

# Work in progress, named by its verb: "loaded" or "loading done" is over and does not count.
_PHASE = regex(
    r"\b(?:(?:pre-?)?loading|warming(?: up)?|building (?:index|cache)|(?:re)?indexing|importing"
    r"|compiling|optimizing|migrating|(?:running|applying) migrations?|deserializing|decompressing"
    r"|extracting|unpacking|reading (?:snapshot|dump|model|dataset)|restoring|replaying|bulk"
    r"|generating (?:report|export)|exporting|rendering)\b",
    re.IGNORECASE,
)
_OVER = regex(r"\b(?:done|finished|complete[d]?|succeeded|ready|took \d)", re.IGNORECASE)
# A killed process writes nothing more, so the phase must be among the very last lines.
_LAST_LINES = 3
# Two lives that ended in the same phase last about equally long (a judgement, see 6.1 of
# causes.md: "OOM at the same phase").
_SAME_SHARE = 0.2


def judge(case: Case) -> Verdict | None:
    """A kill at the own limit whose last words name a phase of heavy work."""
    line = _phase(case)
    if line is None:
        return None
    claim = own_limit_claim(CAUSE, case)
    if claim is None:
        return None
    claim.read(f'its last words are "{quote(line)}"', Weight.STRONG)
    uptimes = [life.uptime_seconds for life in case.lives]
    known = [uptime for uptime in uptimes if uptime is not None]
    if len(known) > 1 and max(known) - min(known) <= max(1.0, _SAME_SHARE * max(known)):
        shown = " and ".join(f"{uptime:.0f} s" for uptime in known)
        claim.inferred(f"its lives last equally long: {shown}", Weight.WEAK, case.lives[-1].origin)
    return claim.verdict(
        f"{case.kind} {case.name} exceeds {limit_text(case)} in one burst{uptime_text(case)}, "
        f'after "{quote(line)}"'
    )


def _phase(case: Case) -> str | None:
    words = [line for line in case.last_words if line.strip()][-_LAST_LINES:]
    for line in reversed(words):
        if _PHASE.search(line) and not _OVER.search(line):
            return line
    return None
