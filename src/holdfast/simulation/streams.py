"""Where a driver's chance comes from: one seed, and a stream of its own for every purpose.

Rules: each named purpose has its own stream, so that more or fewer draws for one purpose (a skipped
stretch of probes, say) leave all others as they were. The same seed gives the same numbers on every
machine: streams are seeded with text, never with hash().
"""

import random
from collections.abc import Callable


class Streams:
    """Numbers in [0, 1) by purpose: `streams("relist")`."""

    def __init__(self, seed: int | str) -> None:
        """Everything follows from the seed."""
        self.seed = seed
        self._streams: dict[str, Callable[[], float]] = {}

    def __call__(self, purpose: str) -> float:
        """The next number for a purpose."""
        stream = self._streams.get(purpose)
        if stream is None:
            # Reproducible chance for a simulation; nothing here protects a secret.
            stream = self._streams[purpose] = random.Random(f"{self.seed}/{purpose}").random  # noqa: S311
        return stream()


class ExtremeStreams(Streams):
    """Numbers that lie at an end of their range half of the time.

    An interval that was sampled with it comes near its true ends with few seeds, because the ends
    of what happens lie at ends of what was drawn.
    """

    def __call__(self, purpose: str) -> float:
        """The next number for a purpose."""
        number = super().__call__(purpose)
        if number < 0.5:
            return 0.0 if number < 0.25 else 0.999999
        return (number - 0.5) * 2.0
