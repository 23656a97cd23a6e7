"""The body sets a trap and runs the program in the foreground.

What happens
------------
A shell runs its trap only after the command in the foreground has ended: SIGTERM is answered when
there is nothing left to stop.

Why it hurts
------------
Stops take the whole grace period and end in SIGKILL.

How we know
-----------
The body has `trap`, and neither `&` nor `wait`.

What else it could be
---------------------
A program that gets the signal by another way.

Fix
---
Start the program with `&`, and `wait` for it.

When the fix is wrong
---------------------
Where the trap only cleans up after the program.

References
----------
docs/specs/rules.md HF221, docs/specs/rules.md 9.2.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.questions import ignores
from holdfast.lint.shell_start import ShellStart
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity
from holdfast.model.shell_call import Form

RULE = Rule(
    "HF221",
    "a trap waits for the program in the foreground",
    Severity.LOW,
    Confidence.LIKELY,
    prevents=("G01",),
)


def check_shell(container: ContainerSubject, start: ShellStart) -> Iterator[Problem]:
    """A trap without a program in the background."""
    call = start.call
    if start.form is not Form.TRAP:
        return
    if not _BACKGROUND.search(call.body) or not _WAIT.search(call.body):
        yield container.problem(
            "the shell answers SIGTERM only after the program in the foreground has ended",
            start.field,
            start.at,
            fix=Fix(
                "start the program with & and wait for it: trap 'kill $!' TERM; ./server & wait"
            ),
            replay=ignores(container),
        )


_BACKGROUND = regex(r"[^&>]&(?!&|>|\d)")
_WAIT = regex(r"(?:^|[;&|\s])wait(?:$|[;&|\s])")
