"""A shell is PID 1 and does not replace itself by the program.

What happens
------------
The kubelet's SIGTERM goes to PID 1, which is the shell. A shell has no handler, and a PID 1 without
one ignores the signal: the program never hears of it.

Why it hurts
------------
Every stop takes the whole grace period and ends in SIGKILL with exit code 137; requests in flight
are lost.

How we know
-----------
The image's /bin/sh and the form of the body, by what shells were measured to do: dash always stays,
bash and busybox replace themselves in some forms. Of an image that was read, the shell is the one
in it.

What else it could be
---------------------
A shell of another family behind the name of the image.

Fix
---
`exec` before the last command of the body.

When the fix is wrong
---------------------
Where the body has to do something after the program: then `trap` and `wait`.

References
----------
docs/specs/rules.md HF206, docs/specs/rules.md 9.1 and 9.2.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Problem
from holdfast.lint.questions import ignores
from holdfast.lint.shell_start import ShellStart, exec_fix
from holdfast.model.container import ContainerKind
from holdfast.model.rule import Confidence, Rule, Severity
from holdfast.model.shell_call import stays, who_is

RULE = Rule(
    "HF206",
    "the shell stays and swallows SIGTERM",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("G01",),
)


def check_shell(container: ContainerSubject, start: ShellStart) -> Iterator[Problem]:
    """`sh -c BODY` in the command, where that shell stays."""
    call = start.call
    if container.kind is ContainerKind.INIT or container.pod.spec.share_process_namespace:
        return
    if not stays(call.shell, start.form):
        return
    yield container.problem(
        f"{who_is(call.named, call.shell)} stays before the program ({start.form}): "
        f"SIGTERM ends nothing, and after {container.pod.spec.grace_seconds} s SIGKILL does",
        start.field,
        start.at,
        fix=exec_fix(container, start),
        replay=ignores(container),
    )
