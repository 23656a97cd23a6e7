"""What a rehearsal cannot promise on this computer, and what that costs.

Rules: nothing is lost in silence: each line is shown at the start and stands in the report beside
what else could not be read.
"""

from typing import NamedTuple

from holdfast.model.pod import PodKey
from holdfast.model.snapshot import Gap, GapKind


class Loss(NamedTuple):
    """Something of a real node that is missing, what it costs, and what would bring it back."""

    what: str
    cost: str
    remedy: str = ""

    def __str__(self) -> str:
        """One line."""
        return f"{self.what}: {self.cost}" + (f" ({self.remedy})" if self.remedy else "")


def as_gaps(losses: list[Loss], pod: PodKey) -> tuple[Gap, ...]:
    """As the report tells what was not there."""
    return tuple(Gap(GapKind.ABSENT, loss.what, "this computer", loss.cost, pod) for loss in losses)
