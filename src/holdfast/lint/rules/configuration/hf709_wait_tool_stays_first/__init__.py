"""The container begins with a tool that waits and then runs the program as its child.

What happens
------------
dockerize, wait4x and the Python package wait-for-it stay PID 1. On SIGTERM wait4x ends and its
child is killed without its own stop; dockerize kills it after a fixed 10 s; wait-for-it does not
react at all.

Why it hurts
------------
Each stop loses requests or takes the whole grace period, with the tool's exit code.

How we know
-----------
The first word of the command line, and a program behind it. The shell scripts wait-for-it.sh and
wait-for execute the program in their place and are fine.

What else it could be
---------------------
A version of the tool that hands on signals.

Fix
---
An init container that waits, or holdfast wait ... -- PROGRAM, which executes it.

When the fix is wrong
---------------------
Where the program needs no time to stop.

References
----------
docs/specs/rules.md HF709, docs/specs/service.md 10 and R6.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF709",
    "a wait tool stays between the kubelet and the program",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("G01",),
)


_ENDS = {
    "dockerize": "kills its child 10 s after SIGTERM",
    "wait4x": "ends at SIGTERM, and its child is killed with it",
    "wait-for-it": "does not react to SIGTERM",
}


def check_command(container: ContainerSubject) -> Iterator[Problem]:
    """Such a tool with a program behind it."""
    words = container.words
    tool = words[0].rpartition("/")[2] if words else ""
    if not container.serves or tool not in _ENDS:
        return
    # dockerize needs no --: its own options begin with one dash, and the program is the first word.
    program = "--" in words or (tool == "dockerize" and _starts(words[1:]))
    if program:
        yield container.problem(
            f"{tool} stays PID 1 and {_ENDS[tool]}",
            "command" if container.spec.command else "args",
            fix=Fix("an init container that waits, or holdfast wait before the program"),
        )


def _starts(words: tuple[str, ...]) -> bool:
    """Whether a program stands behind the options of dockerize, which take a value each."""
    index = 0
    while index < len(words) and words[index].startswith("-"):
        index += 1 if "=" in words[index] else 2
    return index < len(words)
