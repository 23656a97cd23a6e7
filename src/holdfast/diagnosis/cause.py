"""What a cause is: its identity, the log signatures it owns, and one function that judges.

A module below `causes/` opens with a docstring in seven parts (What happens, Why it hurts, How we
know, What else it could be, Fix, When the fix is wrong, References), which is its documentation
page, and defines `CAUSE` and `judge(case)`. It is found by import; nothing lists it.
"""

import re
from functools import cached_property

import msgspec

from holdfast.model.evidence import Weight
from holdfast.model.regex import regex
from holdfast.model.verdict import Mechanism, ProbeFailure


class Signature(msgspec.Struct, frozen=True, dict=True):
    """A text that a runtime writes when this cause is at work (causes.md 10).

    `needle` must occur in the line, whatever the case; it is what makes matching fast. `pattern`,
    a regular expression matched whatever the case, narrows it down. `runtime` names who writes it.
    """

    needle: str
    runtime: str
    pattern: str = ""
    weight: Weight = Weight.STRONG

    @cached_property
    def lowered(self) -> str:
        """The needle in small letters."""
        return self.needle.lower()

    @cached_property
    def word(self) -> str:
        """The longest run of letters in the needle: without it the needle cannot occur."""
        return max(re.findall(r"[a-z]+", self.lowered), key=len, default="")

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern, or the needle itself where there is none."""
        return regex(self.pattern or re.escape(self.needle), re.IGNORECASE)


class Cause(msgspec.Struct, frozen=True):
    """A cause of restarts, or a state that is none (S and NONE).

    `id` is a public name and never changes. `title` completes "because ...". `prior` is in
    decibans: how common the cause is before any evidence, 0 unless there is a reason. `ends_by` and
    `probe_failure` say what a replay of the cause shows, where the group does not tell.
    """

    id: str
    title: str
    lookalikes: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    prior: int = 0
    ends_by: Mechanism | None = None
    probe_failure: ProbeFailure | None = None

    @property
    def mechanism(self) -> Mechanism:
        """How a container ends under it: `ends_by`, or what its group has in common."""
        return self.ends_by or _GROUPS.get(self.id[0], Mechanism.OTHER)


# causes.md 8: the first letter of an id names its group.
_GROUPS = {
    "A": Mechanism.SELF_EXIT,
    "B": Mechanism.CANNOT_START,
    "C": Mechanism.PROBE_KILL,
    "D": Mechanism.MEMORY_KILL,
}
