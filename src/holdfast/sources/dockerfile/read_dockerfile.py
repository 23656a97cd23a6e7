"""From the text of a Dockerfile to its stages.

Rules: nothing raises. What the builder would refuse is a fault with its place, and everything else
is there to be checked.
"""

import re
from functools import lru_cache

from holdfast.model.dockerfile import Dockerfile, Fault, Instruction, Stage
from holdfast.model.expand_variables import expand, pairs_of
from holdfast.model.regex import regex
from holdfast.sources.dockerfile.instructions import KEYWORDS, Reader

_FIRST = regex(r"\ufeff?(?:[ \t\r]*(?:#[^\n]*)?\n)*[ \t]*(?P<word>FROM|ARG)[ \t]", re.IGNORECASE)


def is_dockerfile(text: str) -> bool:
    """Whether a text begins as only a Dockerfile does: with FROM or ARG."""
    return _FIRST.match(text) is not None


# One run asks twice: for the scripts that a Dockerfile starts, and for the rules.
@lru_cache(maxsize=4096)
def read_dockerfile(text: str, file: str) -> Dockerfile:
    """Read a Dockerfile; `file` is what its places are told by."""
    reader = Reader(text)
    preamble: list[Instruction] = []
    stages: list[Stage] = []
    body: list[Instruction] = []
    for instruction in reader.instructions():
        fault = _fault(instruction, started=bool(stages))
        if fault is not None:
            reader.faults.append(fault)
        elif instruction.keyword == "FROM":
            _close(stages, body)
            stages.append(_stage(instruction, preamble, stages, reader.lines.escape))
        elif stages:
            body.append(instruction)
        else:
            preamble.append(instruction)
    _close(stages, body)
    for name, line in reader.lines.twice:
        start = reader.lines.line_start(line)
        found = f"the directive {name} for a second time, where it may stand once"
        reader.faults.append(Fault(reader.span(start, start, line), found, "take one of them out"))
    if not stages and not reader.faults:
        found = "no FROM, where at least one has to begin a stage"
        reader.faults.append(Fault(reader.span(0, 0), found, "check that it is a Dockerfile"))
    return Dockerfile(
        file=file,
        text=text,
        escape=reader.lines.escape,
        directives=reader.lines.directives,
        preamble=tuple(preamble),
        stages=tuple(stages),
        faults=tuple(sorted(reader.faults, key=lambda fault: fault.span)),
    )


def _fault(instruction: Instruction, *, started: bool) -> Fault | None:
    """Why the builder refuses an instruction where it stands."""
    keyword = instruction.keyword
    if keyword not in KEYWORDS:
        found = f"{keyword!r}, where an instruction has to stand"
        return Fault(instruction.span, found, "correct it, or put a continuation before it")
    if not started and keyword not in ("FROM", "ARG"):
        found = f"{keyword} before the first FROM, where only ARG may stand"
        return Fault(instruction.span, found, "begin a stage with FROM")
    if keyword == "FROM" and not _is_from(instruction):
        found = f"FROM {instruction.text}, where FROM image or FROM image AS name is expected"
        return Fault(instruction.span, found, "correct it")
    if keyword == "SHELL" and not instruction.is_json:
        found = "SHELL without a JSON array of strings"
        return Fault(instruction.span, found, 'write it as SHELL ["/bin/bash", "-c"]')
    return None


def _is_from(instruction: Instruction) -> bool:
    words = [word.text for word in instruction.words]
    return len(words) == 1 or (len(words) == 3 and words[1].lower() == "as")


def _close(stages: list[Stage], body: list[Instruction]) -> None:
    if stages:
        last = stages[-1]
        stages[-1] = Stage(last.index, last.name, last.opening, last.base, last.parent, tuple(body))
    body.clear()


def _stage(
    opening: Instruction, preamble: list[Instruction], before: list[Stage], escape: str
) -> Stage:
    """A stage without its instructions; `before` are the stages that FROM can name."""
    words = [word.text for word in opening.words]
    known: dict[str, str | None] = {}
    for instruction in preamble:
        for pair in pairs_of(instruction, escape):
            value = pair.value
            known[pair.name] = expand(value, known, escape) if value is not None else None
    base = expand(words[0], known, escape)
    parents = [stage.index for stage in before if base and base.lower() == stage.name]
    return Stage(
        index=len(before),
        name=words[2].lower() if len(words) == 3 else "",
        opening=opening,
        base=base,
        parent=parents[-1] if parents else None,
        instructions=(),
    )
