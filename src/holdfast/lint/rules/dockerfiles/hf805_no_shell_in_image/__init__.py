"""A shell where the image has none.

What happens
------------
Shell form runs /bin/sh. An image from scratch, and a distroless or chiseled one, has no /bin/sh:
the runtime cannot start the container.

Why it hurts
------------
StartError with exit code 128, in a loop, from the first start on.

How we know
-----------
The base image; an image into which COPY may bring a shell is left alone.

What else it could be
---------------------
A debug variant of the base image, which has a shell of its own.

Fix
---
JSON form.

When the fix is wrong
---------------------
Where the command needs a shell: then another base image.

References
----------
docs/specs/rules.md HF805, 9.3; docs/specs/causes.md B01.
"""

from collections.abc import Iterator

from holdfast.lint.problem import Fix, Problem
from holdfast.lint.start import Start
from holdfast.lint.start_fix import json_form, json_form_fix
from holdfast.model.rule import Confidence, Rule, Severity
from holdfast.model.shell_call import Shell

RULE = Rule(
    "HF805",
    "the image has no shell to run this with",
    Severity.FATAL,
    Confidence.CERTAIN,
    prevents=("B01",),
)


def check_start(start: Start) -> Iterator[Problem]:
    """Shell form, or `sh -c`, in an image without a shell."""
    body = start.body
    if body is None or body.shell is not Shell.NONE:
        return
    message = f"{start.stage.base} has no {body.named}: the container cannot start (StartError)"
    plain = body.word is None and json_form(body.text) is not None
    fix = json_form_fix(start, body) if plain else Fix("JSON form with the program itself")
    yield start.stage.dockerfile.problem(message, body.instruction, body.word, fix=fix)
