"""Whether edits of a Dockerfile changed what they were meant to change, and nothing else.

Rules: after an edit the text is read again (rules.md 2.6). An edit may change the instruction that
it stands in, or put a line of its own between two instructions.
"""

from collections.abc import Iterable

from holdfast.model.dockerfile import Dockerfile, Instruction
from holdfast.model.edit import Edit


def is_confined(before: Dockerfile, after: Dockerfile, edits: Iterable[Edit]) -> bool:
    """Whether all other instructions are as they were, and none has become a fault."""
    edits = list(edits)
    if len(after.faults) > len(before.faults) or len(after.stages) != len(before.stages):
        return False
    added = sum(edit.text.endswith("\n") for edit in edits)
    old, new = before.instructions, after.instructions
    if len(new) != len(old) + added:
        return False
    kept = [_meaning(one) for one in old if not _is_touched(one, edits)]
    rest = iter([_meaning(one) for one in new])
    return all(any(one == other for other in rest) for one in kept)


def _is_touched(one: Instruction, edits: list[Edit]) -> bool:
    return any(
        edit.span.start < one.span.end and one.span.start < max(edit.span.end, edit.span.start + 1)
        for edit in edits
        if not edit.text.endswith("\n")
    )


def _meaning(one: Instruction) -> tuple[object, ...]:
    flags = tuple((flag.name, flag.value) for flag in one.flags)
    return one.keyword, flags, one.text, tuple(heredoc.body for heredoc in one.heredocs)
