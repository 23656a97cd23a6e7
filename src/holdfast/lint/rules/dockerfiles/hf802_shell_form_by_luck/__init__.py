"""Shell form that works only because of its shell.

What happens
------------
bash and the ash of busybox replace themselves by the last command of most bodies, so the program is
PID 1 all the same. It stops being so with the first pipe, with another base image, and with bash
already with a redirection.

Why it hurts
------------
A change that looks harmless makes a shell PID 1, and no SIGTERM reaches the program any more.

How we know
-----------
The shell of the base image and the form of the command; where the family of the shell is not known,
that is said.

What else it could be
---------------------
A shell that is wanted for variables: `exec` keeps both.

Fix
---
JSON form, or `exec` before the last command.

When the fix is wrong
---------------------
Never wrong, and seldom urgent.

References
----------
docs/specs/rules.md HF802, 9.1.
"""

from collections.abc import Iterator

from holdfast.lint.problem import Problem
from holdfast.lint.start import Start
from holdfast.lint.start_fix import exec_fix_of, json_form_fix
from holdfast.lint.swallowed import what_swallows
from holdfast.model.rule import Confidence, Rule, Severity
from holdfast.model.shell_call import Form, Shell, form_of

RULE = Rule(
    "HF802",
    "shell form relies on what its shell happens to do",
    Severity.INFO,
    Confidence.CERTAIN,
    prevents=("G01",),
)


def check_start(start: Start) -> Iterator[Problem]:
    """Shell form in an image whose shell gets out of the way, or is not known."""
    body = start.body
    if body is None or body.word is not None or start.stage.for_windows:
        return
    plain = form_of(body.text) not in (Form.EXEC, Form.TRAP, Form.BACKGROUND)
    if body.shell is Shell.NONE or what_swallows(start) or not plain or start.init_signals_all:
        return
    if body.shell is Shell.UNKNOWN:
        message = f"which shell {body.named} is here is not known; dash would stay and be PID 1"
    else:
        message = f"{body.shell} replaces itself by this command; other shells would not"
    alone = start.cmd is None or body.instruction is start.cmd
    fix = json_form_fix(start, body) if alone else exec_fix_of(start, body)
    yield start.stage.dockerfile.problem(message, body.instruction, fix=fix)
