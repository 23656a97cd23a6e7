"""Comments that accept a hazard: `# holdfast: ignore=HF203 the mesh drains for us`.

Rules: a comment stands on the line it is about, or on lines of its own above it. Events of a parser
carry no comments, so lines are searched; a "#" that opens no comment is harmless, because the words
behind it would have to be these. In a Dockerfile only whole lines are comments, and one above an
instruction is about all of its lines.
"""

from collections.abc import Iterator

import msgspec

from holdfast.model.dockerfile import Dockerfile
from holdfast.model.regex import regex

_COMMENT = regex(
    r"(?:^|\s)#\s*holdfast:\s*ignore=(?P<rules>[A-Z]+\d+(?:,[A-Z]+\d+)*)[ \t]*(?P<reason>[^\r\n]*)"
)
_MARK = "holdfast:"


class CommentedIgnore(msgspec.Struct, frozen=True):
    """One rule that a comment on `line` accepts for line `about`."""

    line: int
    about: int
    rule: str
    reason: str
    until: int = 0
    """The last line that it is about; 0 for the same one."""


def commented_ignores(text: str) -> tuple[CommentedIgnore, ...]:
    """Every comment of a text that accepts hazards, in their order."""
    if _MARK not in text:
        return ()
    lines = text.split("\n")
    found = []
    for number, line in enumerate(lines, 1):
        match = _COMMENT.search(line)
        if match is None:
            continue
        about = number
        if line.lstrip().startswith("#"):
            while about <= len(lines) and lines[about - 1].lstrip().startswith("#"):
                about += 1
        reason = match["reason"].strip()
        found += [
            CommentedIgnore(number, about, rule, reason) for rule in match["rules"].split(",")
        ]
    return tuple(found)


def ignores_of_dockerfile(dockerfile: Dockerfile) -> Iterator[CommentedIgnore]:
    """The comments of a Dockerfile that accept hazards: lines of their own, or inside of one."""
    lines = dockerfile.text.split("\n")
    for one in commented_ignores(dockerfile.text):
        if not lines[one.line - 1].lstrip("\ufeff \t").startswith("#"):
            continue
        last = [i.last_line for i in dockerfile.instructions if i.span.line == one.about]
        yield msgspec.structs.replace(one, until=last[0] if last else one.about)
