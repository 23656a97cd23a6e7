"""Errors that a person will read.

Rules: four parts: what was being done, where, what was found against what was expected, and what to
do next. One subclass per layer; only `cli` turns them into exit codes.
"""


class HoldfastError(Exception):
    """An error in four parts, printed one per line."""

    def __init__(self, doing: str, where: str, found: str, next_step: str) -> None:
        """Keep the parts.

        Args: `doing` ("reading pods"), `where` (file:line or request), `found` (what was found
        against what was expected), `next_step` (what the person can do).
        """
        super().__init__(doing, where, found, next_step)
        self.doing = doing
        self.where = where
        self.found = found
        self.next_step = next_step

    def __str__(self) -> str:
        """The parts as people read them."""
        return f"{self.doing}: {self.where}\n  found: {self.found}\n  next: {self.next_step}"


class TimeLimitError(HoldfastError):
    """A time limit was over before the work was done."""
