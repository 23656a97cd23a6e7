"""Shell form on an image whose shell stays.

What happens
------------
CMD and ENTRYPOINT in shell form run as `/bin/sh -c "..."`. On images with dash (Debian, Ubuntu)
that shell starts the program as its child and stays PID 1.

Why it hurts
------------
The kubelet's SIGTERM goes to the shell, which has no handler and as PID 1 ignores it. Every stop
takes the whole grace period and ends in SIGKILL with exit code 137; requests in flight are lost.

How we know
-----------
The shell of the base image, or that of SHELL, and the form of the command, by what shells were
measured to do. A pipe keeps every shell. Of an image that was read, the shell in its layers.

What else it could be
---------------------
A base image whose /bin/sh is not the one of its family.

Fix
---
JSON form, where the command needs no shell; else `exec` before its last command.

When the fix is wrong
---------------------
Where something has to happen after the program: then `trap` and `wait`.

References
----------
docs/specs/rules.md HF801, 9.1 to 9.3; docs/specs/causes.md G01.
"""

from collections.abc import Iterator

from holdfast.lint.images import ImageSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.start import Start
from holdfast.lint.start_fix import exec_fix_of, json_form_fix
from holdfast.lint.swallowed import what_swallows
from holdfast.model.image import SignalPath
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF801",
    "the shell of the shell form stays and swallows SIGTERM",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("G01",),
)


def check_start(start: Start) -> Iterator[Problem]:
    """The shell form that counts, where its shell stays."""
    body = start.body
    why = what_swallows(start)
    if body is None or body.word is not None or not why:
        return
    # In JSON form an ENTRYPOINT would begin to take CMD as its arguments.
    alone = start.cmd is None or body.instruction is start.cmd
    fix = json_form_fix(start, body) if alone else exec_fix_of(start, body)
    yield start.stage.dockerfile.problem(why, body.instruction, fix=fix)


def check_image(image: ImageSubject) -> Iterator[Problem]:
    """The shell form of an image that was read, and the shell in it."""
    first = image.started
    if first is not None and first.shell_form and first.signal is SignalPath.SHELL_STAYS:
        fix = Fix("JSON form, or exec before the last command")
        yield image.problem(f"{first.why}, and SIGKILL comes after the grace period", fix=fix)
