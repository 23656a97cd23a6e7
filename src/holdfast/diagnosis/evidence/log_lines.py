"""Finding signatures in logs.

Rules: a signature gives evidence, not a verdict; it is matched against the previous life's log, and
a match in the current log is evidence about the current life only (causes.md 4.2). An earlier
match can be the root of a later one, so positions are kept.
"""

from collections.abc import Iterable

import msgspec

from holdfast.diagnosis.cause import Signature
from holdfast.model.snapshot import Log, LogLife
from holdfast.model.span import Origin

# One signature in one log: the first lines show where it began, the last how it ended.
_KEPT_MATCHES = 8


class LogMatch(msgspec.Struct, frozen=True):
    """A line that a signature of a cause recognises. `position` is 0 at the first line read."""

    cause: str
    signature: Signature
    line: str
    position: int
    log: Log

    @property
    def origin(self) -> Origin:
        """File and line of the match."""
        return Origin(self.log.source, line=self.log.first_line + self.position)

    @property
    def ended_life(self) -> bool:
        """Whether the line surely belongs to a life that has ended."""
        return self.log.life is LogLife.PREVIOUS


_ONLY_LETTERS = {code: " " for code in range(128) if not chr(code).islower()}

Owned = tuple[str, Signature]
"""The id of a cause, and a signature it owns."""


def match_log(log: Log, signatures: Iterable[Owned]) -> tuple[LogMatch, ...]:
    """All matches in one log, in order of position."""
    lowered = [line.lower() for line in log.lines]
    whole = "\n".join(lowered)
    # A log repeats its words in every line, so its vocabulary is a hundredth of it: looking there
    # first spares nearly all of several hundred searches through the whole text.
    vocabulary = " ".join(set(whole.translate(_ONLY_LETTERS).split()))
    found = []
    for cause, signature in signatures:
        if signature.word in vocabulary and signature.lowered in whole:
            found.extend(_lines_matching(log, lowered, cause, signature, signature.lowered))
    return tuple(sorted(found, key=lambda match: match.position))


def _lines_matching(
    log: Log, lowered: list[str], cause: str, signature: Signature, needle: str
) -> list[LogMatch]:
    positions = [
        position
        for position, line in enumerate(lowered)
        if needle in line and signature.compiled.search(log.lines[position])
    ]
    if len(positions) > _KEPT_MATCHES:
        half = _KEPT_MATCHES // 2
        positions = positions[:half] + positions[-half:]
    return [LogMatch(cause, signature, log.lines[p], p, log) for p in positions]
