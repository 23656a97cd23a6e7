"""A shell is PID 1, and its family is not known.

What happens
------------
Where the image's /bin/sh is dash, the shell stays PID 1 and ignores SIGTERM; where it is bash or
busybox, it replaces itself in most forms.

Why it hurts
------------
A change of the base image decides whether stops lose requests.

How we know
-----------
The command starts sh with a body, and the image's name does not tell its base. Where the image
itself was read, its shell is known and this rule is silent.

What else it could be
---------------------
A base whose shell gets out of the way.

Fix
---
`exec` before the last command of the body, which is right everywhere.

When the fix is wrong
---------------------
Where the body has to do something after the program.

References
----------
docs/specs/rules.md HF207, docs/specs/rules.md 9.1.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Problem
from holdfast.lint.questions import ignores
from holdfast.lint.shell_start import ShellStart, exec_fix
from holdfast.model.container import ContainerKind
from holdfast.model.rule import Confidence, Rule, Severity
from holdfast.model.shell_call import Shell, stays

RULE = Rule(
    "HF207",
    "the shell may stay and swallow SIGTERM",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("G01",),
)


def check_shell(container: ContainerSubject, start: ShellStart) -> Iterator[Problem]:
    """`sh -c BODY` without exec on an image of which nothing is known."""
    call = start.call
    if container.kind is ContainerKind.INIT:
        return
    if call.shell is not Shell.UNKNOWN or container.pod.spec.share_process_namespace:
        return
    if not container.pod.runs_forever or not stays(Shell.DASH, start.form):
        return
    yield container.problem(
        "on a base whose sh is dash (Debian, Ubuntu) the shell stays before the program, and "
        "SIGTERM ends nothing",
        start.field,
        start.at,
        fix=exec_fix(container, start),
        replay=ignores(container),
    )
