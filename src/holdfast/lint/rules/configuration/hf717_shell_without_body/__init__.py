"""A shell is started with -c and no body, or with a body in several items.

What happens
------------
Only the item behind -c is the body; further ones are its parameters $0, $1. Without one the shell
ends with an error.

Why it hurts
------------
The container ends at once with exit code 2, or runs only the first word.

How we know
-----------
The items behind -c.

What else it could be
---------------------
Parameters that the body uses.

Fix
---
One item that holds the whole body.

When the fix is wrong
---------------------
Where the body uses $0 and $1.

References
----------
docs/specs/rules.md HF717, sh(1).
"""

import re
from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF717",
    "sh -c without its one body",
    Severity.FATAL,
    Confidence.CERTAIN,
    prevents=("B01", "A30"),
)


def check_container(container: ContainerSubject) -> Iterator[Problem]:
    """`sh -c` with nothing, or with a command line in several items, behind it."""
    words = container.words
    if len(words) < 2 or words[0].rpartition("/")[2] not in ("sh", "bash", "ash", "dash"):
        return
    if not re.fullmatch(r"-[a-z]*c", words[1]):
        return
    field = "command" if len(container.spec.command or ()) > 1 else "args"
    if len(words) == 2:
        yield container.problem("-c has no body", field, fix=Fix("a body behind -c"))
    elif len(words) > 3 and "$" not in words[2] and not re.search(r"\s", words[2]):
        yield container.problem(
            f"only {words[2]!r} is run; the {len(words) - 3} items behind it are its parameters",
            field,
            fix=Fix("one item that holds the whole body"),
        )
