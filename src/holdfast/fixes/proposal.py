"""What a module below `proposals/` answers: a fix before it is turned into a patch.

Rules (causes.md 11): a proposal never removes a probe or a limit. Its explanation derives every
number that it sets. SAFE means that only the kubelet's patience changes; what rests on an
assumption is REVIEW and says which; a value that only the user knows is SKETCH.
"""

from typing import NamedTuple

from holdfast.model.edit import Change, Safety


class Proposal(NamedTuple):
    """A fix. `command` replaces the patch command where it is no change of the template."""

    safety: Safety
    explanation: str
    changes: tuple[Change, ...] = ()
    caveats: tuple[str, ...] = ()
    command: str = ""
