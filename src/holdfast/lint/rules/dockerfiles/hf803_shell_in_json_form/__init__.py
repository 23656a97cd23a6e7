"""A shell in JSON form that stays before the program.

What happens
------------
`["sh", "-c", "java ..."]` is shell form in other words: the shell is PID 1, and where it is dash it
starts the program as its child and stays.

Why it hurts
------------
SIGTERM ends at the shell. Every stop takes the whole grace period and ends in SIGKILL.

How we know
-----------
The shell that is named, what /bin/sh is in the base image, and the form of the body. Of an image
that was read, the shell in its layers.

What else it could be
---------------------
A base image whose /bin/sh is not the one of its family.

Fix
---
`exec` before the last command of the body.

When the fix is wrong
---------------------
Where something has to happen after the program: then `trap` and `wait`.

References
----------
docs/specs/rules.md HF803, 9.1 to 9.3; docs/specs/causes.md G01.
"""

from collections.abc import Iterator

from holdfast.lint.images import ImageSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.start import Start
from holdfast.lint.start_fix import exec_fix_of
from holdfast.lint.swallowed import what_swallows
from holdfast.model.image import SignalPath
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF803",
    "a shell in JSON form stays and swallows SIGTERM",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("G01",),
)


def check_start(start: Start) -> Iterator[Problem]:
    """`sh -c BODY` among the words that count, where that shell stays."""
    body = start.body
    why = what_swallows(start)
    if body is not None and body.word is not None and why:
        fix = exec_fix_of(start, body)
        yield start.stage.dockerfile.problem(why, body.instruction, body.word, fix=fix)


def check_image(image: ImageSubject) -> Iterator[Problem]:
    """`sh -c` in an image that was read, and the shell in it."""
    first = image.started
    if first is not None and not first.shell_form and first.signal is SignalPath.SHELL_STAYS:
        fix = Fix("exec before the last command")
        yield image.problem(f"{first.why}, and SIGKILL comes after the grace period", fix=fix)
