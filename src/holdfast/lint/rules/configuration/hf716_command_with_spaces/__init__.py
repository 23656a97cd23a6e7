"""A whole command line stands in the first item of command.

What happens
------------
The kubelet starts a program with that very name, spaces included, and no shell splits it.

Why it hurts
------------
StartError: no such file, at every start.

How we know
-----------
The first word has spaces and is no path.

What else it could be
---------------------
A program whose name has spaces.

Fix
---
One item for each word.

When the fix is wrong
---------------------
Never.

References
----------
docs/specs/rules.md HF716, docs/specs/causes.md B01.
"""

import re
import shlex
from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.edit import Safety
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF716",
    "the command is one word with spaces in it",
    Severity.FATAL,
    Confidence.CERTAIN,
    prevents=("B01",),
)


_SPACED = regex(r"\S\s+\S")


def check_command(container: ContainerSubject) -> Iterator[Problem]:
    """A first word with spaces."""
    command = container.spec.command
    if not command or len(command) > 1 or not _SPACED.search(command[0]):
        return
    try:
        words = shlex.split(command[0])
    except ValueError:
        words = command[0].split()
    if re.search(r"[|;&<>$`]", command[0]):
        words = ["sh", "-c", f"exec {command[0]}"]
    yield container.problem(
        f"a program named {command[0]!r} is started, not {words[0]}",
        "command",
        0,
        fix=Fix("one item for each word", Safety.SAFE, {"command": words}),
    )
