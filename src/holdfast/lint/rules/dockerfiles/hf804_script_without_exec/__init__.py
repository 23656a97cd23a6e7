"""An entrypoint script that starts the program without `exec`.

What happens
------------
A shell never replaces itself by the last command of a script file. Without `exec` it stays PID 1,
with the program as its child.

Why it hurts
------------
SIGTERM goes to the shell, which ignores it as PID 1. Every stop takes the whole grace period and
ends in SIGKILL; requests in flight are lost.

How we know
-----------
The script, read from a heredoc of the Dockerfile or from the build context: its directory, or one
above it up to the root of the repository. Its last command has no `exec`, or is a loop without end,
and there is no `trap`. What is in an if, a function or another file is not judged. Of an image that
was read, the script in its layers.

What else it could be
---------------------
A script of the same name that is not the one in the image.

Fix
---
`exec` before the last command: `exec "$@"`.

When the fix is wrong
---------------------
Where the script has to do something after the program: then `trap` and `wait`.

References
----------
docs/specs/rules.md HF804, 9.1; docs/specs/causes.md G01.
"""

from collections.abc import Iterator

from holdfast.lint.image_files import Found
from holdfast.lint.images import ImageSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.start import Start
from holdfast.model.edit import Edit, Safety
from holdfast.model.image import SignalPath
from holdfast.model.rule import Confidence, Rule, Severity
from holdfast.model.shell_script import End, ScriptEnd, end_of_script, takes_exec

RULE = Rule(
    "HF804",
    "the entrypoint script does not exec the program",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("G01",),
)


def check_start(start: Start) -> Iterator[Problem]:
    """The script that the image starts with, where its text is known."""
    script = start.script
    if script is None or start.init_signals_all:
        return
    last = end_of_script(script.text)
    if last.end not in (End.STAYS, End.LOOP):
        return
    effect = (
        f"{start.init} gives SIGTERM to the shell, and the program is only killed"
        if start.init
        else "SIGTERM ends nothing, and SIGKILL does when the grace period is over"
    )
    line = last.command.splitlines()[0].strip()
    place = script.at(start.stage, last.start, last.start + len(line))
    where = "goes round in a loop" if last.end is End.LOOP else f"stays before `{line}`"
    message = f"the shell of {script.path} {where}: {effect}"
    yield Problem(message, place, start.stage.dockerfile, _fix(start, script, last))


def _fix(start: Start, script: Found, last: ScriptEnd) -> Fix:
    words = "exec before the last command"
    if last.end is End.LOOP:
        return Fix("trap 'exit 0' TERM, with each command of the loop in the background and a wait")
    if not takes_exec(last.command):
        return Fix(words)
    place = script.at(start.stage, last.start, last.start)
    return Fix(words, Safety.SAFE, edits=(Edit(place.file, place.span, "exec "),))


def check_image(image: ImageSubject) -> Iterator[Problem]:
    """The script as the layers of an image have it."""
    first = image.started
    if first is not None and first.signal is SignalPath.SCRIPT_STAYS:
        fix = Fix('exec before the last command, such as exec "$@"')
        yield image.problem(f"{first.why}: SIGTERM ends nothing, and SIGKILL does", fix=fix)
