"""Data about time zones or a locale are missing in the image.

What happens
------------
The program loads a time zone or sets a locale at its start. A slim image has neither the data nor
the locale, and the program ends.

Why it hurts
------------
Every replica of the image fails; with a date that only some replicas meet, only those do.

How we know
-----------
The last lines name a time zone that is unknown or a locale that is not supported.

What else it could be
---------------------
Any other error of a new image is A01. A clock that is wrong is A28.

Fix
---
Install tzdata or the locale in the image, embed the zone data (Go: time/tzdata), or use UTC and
C.UTF-8.

When the fix is wrong
---------------------
If the name of the zone is misspelt, no package helps: the value comes from the environment.

References
----------
docs/specs/causes.md 8 (A37) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import caught, self_end_claim, subject
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="A37",
    title="time zone or locale data are missing",
    lookalikes=("A01", "A28", "A02"),
    signatures=(
        Signature("unknown time zone", "any"),
        Signature("zoneinfonotfounderror", "python"),
        Signature("no time zone found with key", "python"),
        Signature("unknowntimezoneerror", "python"),
        Signature("timezonenotfoundexception", "dotnet"),
        Signature("time zone id", "dotnet", r"time zone ID '.*' was not found"),
        Signature("unknown time-zone id", "jvm", r"ZoneRulesException: Unknown time-zone"),
        Signature("zonerulesexception", "jvm"),
        Signature("invalid time zone", "any", r"invalid time zone( specified)?: "),
        Signature('invalid value for parameter "timezone"', "postgres"),
        Signature("unsupported locale setting", "python"),
        Signature("locale.error", "python"),
        Signature(
            "invalid locale",
            "any",
            r"\b(fatal|error|fail\w*)\b.*invalid locale|invalid locale (name|settings)",
        ),
        Signature("locale::facet::_s_create_c_locale", "native"),
        Signature("could not set locale", "any"),
        Signature("setlocale", "any", r"(fatal|error|failed)\b.*setlocale|setlocale.*failed"),
        Signature("globalization-invariant mode", "dotnet"),
        Signature("culturenotfoundexception", "dotnet"),
        Signature("configured to use ascii encoding", "python"),
    ),
)


def judge(case: Case) -> Verdict | None:
    """The words of a library that lacks a zone or a locale."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    zone = caught(
        case, CAUSE.id, r"(?:time[- ]zone|key|ID|Timezone)\"?:? ['\"]?([A-Z]\w+/[\w/+-]+)"
    )
    what = f"time zone {zone}" if zone else "time zone or locale data"
    return claim.verdict(f"{subject(case)} ends because its image lacks {what}")
