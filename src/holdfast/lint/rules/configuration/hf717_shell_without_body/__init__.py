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
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity
from holdfast.model.shell_call import shell_call

RULE = Rule(
    "HF717",
    "sh -c without its one body",
    Severity.FATAL,
    Confidence.CERTAIN,
    prevents=("B01", "A30"),
)


def check_command(container: ContainerSubject) -> Iterator[Problem]:
    """`sh -c` with nothing, or with a command line in several items, behind it."""
    words = container.words
    field = "command" if len(container.spec.command or ()) > 1 else "args"
    call = shell_call(words, container.spec.image)
    if call is not None:
        behind = len(words) - call.at - 1
        if behind and "$" not in call.body and not re.search(r"\s", call.body):
            yield container.problem(
                f"only {call.body!r} is run; the {behind} items behind it are its parameters",
                field,
                fix=Fix("one item that holds the whole body"),
            )
    elif _NO_BODY.fullmatch(" ".join(words)):
        yield container.problem("-c has no body", field, fix=Fix("a body behind -c"))


_NO_BODY = regex(r"(?:\S*/)?(?:ba|da|a)?sh(?: -[a-z]+)* -[a-z]*c")
