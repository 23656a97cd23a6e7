"""Where something stands: a region of a text file, or a field of an object that was read."""

import msgspec


class Span(msgspec.Struct, frozen=True, order=True):
    """A region of a text. Offsets count characters from 0; line and column are 1-based.

    `end` is exclusive: `text[start:end]` is what the span covers.
    """

    start: int
    end: int
    line: int
    column: int


class Origin(msgspec.Struct, frozen=True):
    """Where a fact was seen.

    `source` is the file, stream or command; `object` is "pod/namespace/name" or the like; `field`
    is a path such as "status.containerStatuses[app].lastState"; `line` is 1-based, 0 for none.
    """

    source: str
    object: str = ""
    field: str = ""
    line: int = 0

    def __str__(self) -> str:
        """ "pods.json: pod/default/api status.phase", leaving out what is not known."""
        place = f"{self.source}:{self.line}" if self.line else self.source
        rest = " ".join(part for part in (self.object, self.field) if part)
        return f"{place}: {rest}" if place and rest else place or rest
