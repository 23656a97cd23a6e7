"""The image was built long ago.

What happens
------------
Everything in it is as old: certificates of authorities, time zones, libraries with known faults.

Why it hurts
------------
One day a connection to something new fails, as with the end of an authority's root certificate, and
a rebuild then brings months of changes at once.

How we know
-----------
The date in the configuration: more than 180 days ago.

What else it could be
---------------------
A build that sets a fixed date so that it can be repeated (1970, 1980): that is told apart.

Fix
---
Build it anew, on a schedule.

When the fix is wrong
---------------------
For a program without dependencies.

References
----------
docs/specs/rules.md HF515.
"""

from collections.abc import Iterator

from holdfast.lint.images import ImageSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF515",
    "the image is old",
    Severity.LOW,
    Confidence.MEASURE,
    prevents=("A17",),
    audience=Audience.PLATFORM,
)

# rules.md HF515.
_OLD_DAYS = 180
# Builders that make the same bytes each time write the beginning of a calendar instead of a date:
# 1970 (ko, Bazel, SOURCE_DATE_EPOCH), 1980 (jib, buildpacks).
_FIXED_DATES = ("0001-", "1970-", "1980-")


def check_image(image: ImageSubject) -> Iterator[Problem]:
    """The date of its configuration."""
    age, created = image.known.age_days, image.image.config.created
    if age is not None and age > _OLD_DAYS and not created.startswith(_FIXED_DATES):
        yield image.problem(
            f"built {age:.0f} days ago ({created[:10]}), with everything that it stands on",
            fix=Fix("build it anew, at least each month"),
        )
