"""Changes to a manifest: what to change, and where in the user's own text.

Rules: a patch never removes a probe or a limit to make a symptom go away (causes.md 11). A change
is told by field path; an edit is the same change as a replacement of a span of text, touching only
the lines concerned.
"""

from enum import StrEnum

import msgspec

from holdfast.model.span import Span

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


class Safety(StrEnum):
    """How much thought a patch needs."""

    SAFE = "safe"
    """Changes only when the kubelet acts; the worst case is a later restart."""
    REVIEW = "review"
    """Right when the stated assumption holds."""
    SKETCH = "sketch"
    """Shows the shape; the values have to come from the user."""


class Change(msgspec.Struct, frozen=True):
    """Set one field of the pod template.

    `path` is relative to the pod spec: names of fields, and names of list elements by their merge
    key, such as ("containers", "app", "startupProbe"). `value` is the JSON to set.
    """

    path: tuple[str, ...]
    value: Json


class Edit(msgspec.Struct, frozen=True):
    """Replace the text of a span of one file."""

    file: str
    span: Span
    text: str


class Patch(msgspec.Struct, frozen=True):
    """A fix for one finding.

    `target` is what kubectl calls it ("deployment/api"), the object the user must change, not one
    that a controller would overwrite. `command` is a complete `kubectl patch` line. `edits` and
    `diff` are there when the user's own manifest was given.
    """

    cause: str
    safety: Safety
    explanation: str
    target: str = ""
    namespace: str = ""
    changes: tuple[Change, ...] = ()
    caveats: tuple[str, ...] = ()
    command: str = ""
    edits: tuple[Edit, ...] = ()
    diff: str = ""
