"""Progress of long work, on standard error, and only when a person is looking at it."""

import sys
from types import TracebackType
from typing import Self

# A line that flickers by is noise: small inputs finish without one.
_WORTH_SHOWING = 500
_EVERY = 250


class Progress:
    """One line that overwrites itself and disappears at the end."""

    def __init__(self) -> None:
        """Nothing is written until something is worth it."""
        self._shown = False
        self._enabled = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def say(self, text: str) -> None:
        """Show what is going on."""
        if self._enabled:
            self._shown = True
            sys.stderr.write(f"\r\x1b[K{text} ...")
            sys.stderr.flush()

    def advance(self, done: int, total: int) -> None:
        """Show how many of the pods are diagnosed."""
        if total >= _WORTH_SHOWING and (done % _EVERY == 0 or done == total):
            self.say(f"diagnosing {done} of {total} pods")
