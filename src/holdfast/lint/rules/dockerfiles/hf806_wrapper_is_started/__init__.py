"""An image that starts a wrapper instead of its program.

What happens
------------
npm, yarn, pnpm, poetry, supervisord and the like start the program as their child and stay in front
of it.

Why it hurts
------------
The kubelet's SIGTERM goes to the wrapper. Some do not hand it on, some end before the program has
finished, and all of them hide its exit code.

How we know
-----------
The program of ENTRYPOINT and CMD, behind an init, a shell and a script that runs its arguments. Of
an image that was read, its configuration.

What else it could be
---------------------
A program of the same name.

Fix
---
The program itself.

When the fix is wrong
---------------------
Where the wrapper sets up what the program needs: then in a script that ends in `exec`.

References
----------
docs/specs/rules.md HF806; docs/specs/causes.md G01, G02.
"""

from collections.abc import Iterator

from holdfast.lint.images import ImageSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.start import Start
from holdfast.model.image import SignalPath
from holdfast.model.rule import Confidence, Rule, Severity
from holdfast.model.wrappers import instead_of

RULE = Rule(
    "HF806",
    "the image starts a wrapper, which gets SIGTERM instead of the program",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("G01", "G02"),
)


def check_start(start: Start) -> Iterator[Problem]:
    """Commands whose program is a wrapper."""
    for line in start.lines:
        advice = instead_of(line.program, line.words)
        if advice:
            yield start.problem(
                f"{line.program} is what SIGTERM goes to, and the program is its child",
                line,
                fix=Fix(advice),
            )


def check_image(image: ImageSubject) -> Iterator[Problem]:
    """The first program of an image that was read."""
    first = image.started
    if first is not None and first.signal is SignalPath.WRAPPER:
        program = first.words[0].rpartition("/")[2]
        advice = instead_of(program, first.words)
        yield image.problem(first.why, fix=Fix(advice or "the program itself"))
