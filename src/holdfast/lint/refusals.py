"""What the schema of Kubernetes says of an object, as rules hear it.

Rules: rules know no validator; whoever calls them asks it (the extra `schema`). Paths are relative
to the object.
"""

from enum import StrEnum

import msgspec

from holdfast.lint.problem import Path


class Fault(StrEnum):
    """In which way a field is not as the schema has it."""

    TYPE = "type"
    """A value of another type, or none of those that are allowed."""
    UNKNOWN = "unknown"
    """A field that the API does not know there."""
    MISSING = "missing"
    """A field that must be there."""


class Refusal(msgspec.Struct, frozen=True):
    """One fault. `found` says it in words; the path of a missing field is that of its parent."""

    fault: Fault
    path: Path
    found: str
    sure: bool = True
    """Whether nothing is known that may add a field before the object is applied."""
