"""Neither activeDeadlineSeconds nor a limit of retries that fits.

What happens
------------
A Job that hangs counts as running; with a CronJob, the next one starts beside it or never.

Why it hurts
------------
Work that silently stops being done, or that piles up.

How we know
-----------
The fields are missing.

What else it could be
---------------------
A Job that always ends.

Fix
---
activeDeadlineSeconds; for CronJobs concurrencyPolicy Forbid.

When the fix is wrong
---------------------
Where the length cannot be bounded.

References
----------
docs/specs/rules.md HF624, docs/specs/causes.md F06.
"""

from collections.abc import Iterator

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF624",
    "a Job without a deadline can hang for ever",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("F06",),
    audience=Audience.PLATFORM,
)
KINDS = frozenset({"Job", "CronJob"})


def check_object(subject: ObjectSubject) -> Iterator[Problem]:
    """Jobs without a deadline."""
    path = ("spec",) if subject.kind == "Job" else ("spec", "jobTemplate", "spec")
    if subject.get(*path, "activeDeadlineSeconds") is not None:
        return
    overlaps = subject.kind == "CronJob" and subject.get("spec", "concurrencyPolicy") in (
        None,
        "Allow",
    )
    yield subject.problem(
        "it may run for ever" + (", and the next one starts beside it" if overlaps else ""),
        *path,
        fix=Fix("activeDeadlineSeconds" + (", and concurrencyPolicy Forbid" if overlaps else "")),
    )
