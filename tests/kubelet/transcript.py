"""The form of a transcript: commands, each with its input and what it printed.

    # Prose: what the story is about.
    command argument key=value
    more lines of input, such as YAML
    ----
    what it printed

Rules: a command begins after an empty line or a comment and ends at the separator; its output ends
at the next empty line. Everything that is not output is kept byte for byte when expectations are
rewritten (`python -m tests.kubelet.rewrite`): commit only differences that you can explain.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

SEPARATOR = "----"


class Step(NamedTuple):
    """One command: its line, its input, the output that is expected, and where it stands."""

    line: str
    body: str
    expected: str
    number: int


def steps(text: str) -> Iterator[Step]:
    """The commands of a transcript in order. Raises ValueError for a command without separator."""
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        if not lines[at] or lines[at].startswith("#"):
            at += 1
            continue
        begin = at
        while at < len(lines) and lines[at] != SEPARATOR:
            at += 1
        if at == len(lines):
            raise ValueError(f"line {begin + 1}: {lines[begin]!r} is not followed by {SEPARATOR}")
        end = at + 1
        while end < len(lines) and lines[end]:
            end += 1
        body = "\n".join(lines[begin + 1 : at])
        yield Step(lines[begin], body, "\n".join(lines[at + 1 : end]), begin + 1)
        at = end


def rewritten(text: str, perform: Callable[[Step], str]) -> str:
    """The same transcript with the output that `perform` gives."""
    lines = text.splitlines()
    written: list[str] = []
    copied = 0
    for step in steps(text):
        body = step.body.count("\n") + 1 if step.body else 0
        output = step.number + body + 1
        written += lines[copied:output]
        written += perform(step).splitlines()
        copied = output + (step.expected.count("\n") + 1 if step.expected else 0)
    return "\n".join([*written, *lines[copied:]]) + "\n"
