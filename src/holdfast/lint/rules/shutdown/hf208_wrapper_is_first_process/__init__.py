"""PID 1 is npm, yarn, pm2 or another program that starts the real one.

What happens
------------
SIGTERM goes to the wrapper. Some pass it on, some do not, some end at once and leave their child to
be killed.

Why it hurts
------------
Stops lose requests; the exit code and the log are the wrapper's and not the program's.

How we know
-----------
The first word of the command.

What else it could be
---------------------
A wrapper that hands signals on in the version at hand.

Fix
---
The program itself as the command (node server.js), an init such as tini or `holdfast run --`,
pm2-runtime instead of pm2.

When the fix is wrong
---------------------
Where the wrapper is known to pass signals on.

References
----------
docs/specs/rules.md HF208, docs/specs/rules.md 8.3.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.questions import ignores
from holdfast.model.container import ContainerKind
from holdfast.model.rule import Confidence, Rule, Severity
from holdfast.model.wrappers import instead_of

RULE = Rule(
    "HF208",
    "a wrapper stands between the kubelet and the program",
    Severity.HIGH,
    Confidence.LIKELY,
    prevents=("G01", "G02"),
)


def check_command(container: ContainerSubject) -> Iterator[Problem]:
    """A command whose program is a wrapper."""
    if container.kind is ContainerKind.INIT or not container.pod.runs_forever:
        return
    field = "command" if container.spec.command else "args"
    program = container.programs[-1] if container.programs else ""
    advice = instead_of(program, container.words)
    if advice:
        yield container.problem(
            f"{program} is PID 1, or what PID 1 becomes, and gets SIGTERM instead of the program",
            field,
            fix=Fix(advice),
            replay=ignores(container),
        )
