"""CMD beside an ENTRYPOINT in shell form.

What happens
------------
`/bin/sh -c "ENTRYPOINT"` takes the words of CMD as names of its own ($0, $1, ...) and gives none of
them to the program. So does `args` of a container in a manifest.

Why it hurts
------------
The program starts without the arguments that everybody reads in the Dockerfile.

How we know
-----------
The form of ENTRYPOINT; a body that uses $@, $* or numbers takes its words, and is left alone. Of an
image that was read, its configuration, beside args of the manifest.

What else it could be
---------------------
A CMD that is meant for people who change the entrypoint.

Fix
---
ENTRYPOINT in JSON form, or without CMD.

When the fix is wrong
---------------------
Where the arguments of CMD were never meant: then CMD has to go.

References
----------
docs/specs/rules.md HF807; docs.docker.com/reference/dockerfile, CMD and ENTRYPOINT.
"""

from collections.abc import Iterator

from holdfast.lint.broken_json import is_broken_json
from holdfast.lint.images import ImageSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.start import Start
from holdfast.lint.start_fix import json_form, json_form_fix
from holdfast.model.edit import Safety
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF807",
    "ENTRYPOINT in shell form takes no arguments, so CMD has no effect",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("A30",),
)


_TAKES_WORDS = regex(r"\$(?:\{?[@*0-9]|#)")


def check_start(start: Start) -> Iterator[Problem]:
    """A CMD that an ENTRYPOINT in shell form makes void."""
    entrypoint, cmd = start.entrypoint, start.cmd
    if entrypoint is None or cmd is None or entrypoint.is_json:
        return
    if _TAKES_WORDS.search(entrypoint.text) or is_broken_json(entrypoint):
        return
    fix = Fix("ENTRYPOINT in JSON form, or the arguments in it")
    body = start.body
    if body is not None and json_form(body.text) is not None:
        fix = json_form_fix(start, body, Safety.REVIEW)
    message = (
        f"ENTRYPOINT in line {entrypoint.span.line} is in shell form: its shell drops these words, "
        "and those of args in a manifest"
    )
    yield start.stage.dockerfile.problem(message, cmd, fix=fix)


def check_image(image: ImageSubject) -> Iterator[Problem]:
    """The same of an image that was read; args of a manifest are dropped as CMD is."""
    first = image.started
    if first is None or not first.command_is_dropped:
        return
    if _TAKES_WORDS.search(image.config.entrypoint[-1]):
        return
    args = image.container is not None and bool(image.container.spec.args)
    message = f"ENTRYPOINT is in shell form: its shell drops {'these words' if args else 'CMD'}"
    fix = Fix("ENTRYPOINT in JSON form, or the arguments in it")
    yield image.problem(message, *(("args", 0) if args else ()), fix=fix)
