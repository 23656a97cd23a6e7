"""The fix for a hook that leaves no time: a grace period that holds the hook and a stop."""

import math

from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix
from holdfast.model.edit import Safety
from holdfast.model.pod import DEFAULT_GRACE_SECONDS


def grace_for(slept: float) -> int:
    """A grace period that leaves a process behind its hook what it would have had without one."""
    return math.ceil(slept) + DEFAULT_GRACE_SECONDS


def grace_fix(pod: PodSubject, slept: float) -> Fix:
    """The edit of the pod."""
    needed = grace_for(slept)
    return Fix(
        f"terminationGracePeriodSeconds {needed}: {slept:g} s for the hook, "
        f"{DEFAULT_GRACE_SECONDS} s for the stop",
        Safety.SAFE,
        {"terminationGracePeriodSeconds": needed},
        of=pod,
    )
