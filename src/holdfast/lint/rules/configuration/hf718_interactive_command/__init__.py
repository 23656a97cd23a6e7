"""bash, sh, python or node without a script.

What happens
------------
Without a terminal and input it ends at once with exit code 0, and is restarted.

Why it hurts
------------
CrashLoopBackOff with exit code 0 and an empty log.

How we know
-----------
The command has no further words, and neither tty nor stdin is set.

What else it could be
---------------------
An image whose entrypoint takes the word as its argument: args alone are not told.

Fix
---
The real command; sleep infinity for a shell to enter.

When the fix is wrong
---------------------
Where stdin is attached.

References
----------
docs/specs/rules.md HF718, docs/specs/causes.md A09.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem, Replay
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF718",
    "the command is a shell or an interpreter with nothing to do",
    Severity.HIGH,
    Confidence.LIKELY,
    prevents=("A09",),
)


_PROGRAMS = ("bash", "sh", "ash", "zsh", "python", "python3", "node", "irb", "php")


def check_command(container: ContainerSubject) -> Iterator[Problem]:
    """Such a command alone."""
    command = container.spec.command or ()
    if len(container.words) != 1 or not command or not container.serves:
        return
    program = command[0].rpartition("/")[2]
    if program not in _PROGRAMS:
        return
    if not container.written.get("tty") and not container.written.get("stdin"):
        yield container.problem(
            f"{program} without a script ends at once with exit code 0, and is restarted",
            "command",
            fix=Fix("the real command; sleep infinity for a shell to enter"),
            replay=Replay("it ends at once with 0", {"exits": [{"after": "100ms", "code": 0}]}),
        )
