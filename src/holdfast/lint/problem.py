"""What a rule yields: a place, what happens there, how to mend it, and what a replay would show.

Rules: a problem is data. Edits are made from its fix, and its replay is run, by whoever called the
rules; a rule knows no file, no clock and no simulation.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from holdfast.model.edit import Edit, Safety
from holdfast.model.hazard import Place
from holdfast.model.rule import Confidence
from holdfast.model.stop_question import StopQuestion

Path = tuple[str | int, ...]


class Fix(msgspec.Struct, frozen=True):
    """A change that mends the problem.

    `patch` is a strategic merge patch of the subject that yields the problem, or of another one
    that `of` names (a container, a pod spec, an object). `edits` replace spans of a text instead,
    for what is no API object. Neither makes it advice: `words` then name the fact that is missing,
    and no placeholder is invented.
    """

    words: str
    safety: Safety = Safety.SKETCH
    patch: dict[str, Any] | None = None
    edits: tuple[Edit, ...] = ()
    of: object = None


class Replay(msgspec.Struct, frozen=True):
    """What the kubelet model is asked: the pod with a process that behaves so, for so long.

    `container` is a workload of docs/workloads.md for the container, such as
    {"start": {"wall": "60s"}}; `told` says it in words ("it starts within 60 s").
    """

    told: str
    container: Mapping[str, object]
    seconds: float = 600.0


class Stop(StopQuestion, frozen=True):
    """A question about a stop.

    `fix_is_replayed` is false for a fix that changes the program: what that does then, no replay
    knows.
    """

    fix_is_replayed: bool = True


class Problem(msgspec.Struct, frozen=True):
    """One problem of one subject."""

    message: str
    place: Place
    subject: object
    """The subject that yields it: an object, a pod, a container or a document."""
    fix: Fix | None = None
    replay: Replay | Stop | None = None
    less_sure: Confidence | None = None
    """How this one is known, where its rule is surer; None: as the rule says."""
