"""A runtime that takes its last words with it.

What happens
------------
Python keeps what it prints to a pipe in a buffer; SIGKILL and a crash of the interpreter throw it
away. A JVM without ExitOnOutOfMemoryError goes on after an OutOfMemoryError with threads missing.

Why it hurts
------------
The lines that would explain the restart are not in the log; the JVM answers some requests and never
others, and no exit code tells why.

How we know
-----------
The program of the image, its options and variables: PYTHONUNBUFFERED and -u;
ExitOnOutOfMemoryError, CrashOnOutOfMemoryError, OnOutOfMemoryError. Docker's official images set
none of them; what others set is not known.

What else it could be
---------------------
A Python program that logs to standard error only, which is not buffered.

Fix
---
ENV PYTHONUNBUFFERED=1; -XX:+ExitOnOutOfMemoryError.

When the fix is wrong
---------------------
Where a program prints so much that the buffer matters.

References
----------
docs/specs/rules.md HF824; docs/specs/causes.md A13; docs.python.org/3/using/cmdline.html, -u.
"""

from collections.abc import Iterator

import msgspec

from holdfast.lint.default_commands import is_official
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.start import Line, Start
from holdfast.lint.start_fix import line_before
from holdfast.model.edit import Safety
from holdfast.model.regex import regex
from holdfast.model.rule import Audience, Confidence, Rule, Severity
from holdfast.model.runtime import Runtime, runtime_of_words

RULE = Rule(
    "HF824",
    "the runtime does not say why it ended",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("A01", "A13"),
    audience=Audience.PLATFORM,
)


_UNBUFFERED = "PYTHONUNBUFFERED"
_SHORT_U = regex(r"-[a-zA-Z]*u[a-zA-Z]*")
_ENDS = regex(r"(?:Exit|Crash)OnOutOfMemoryError|OnOutOfMemoryError=")
_FLAG = "-XX:+ExitOnOutOfMemoryError"


def check_start(start: Start) -> Iterator[Problem]:
    """Python and Java without the options for it, where the base image sets none."""
    if not is_official(start.stage.base or ""):
        return
    for line in start.lines:
        runtime = runtime_of_words(line.words)
        if runtime is Runtime.PYTHON and not _is_unbuffered(start, line):
            fix = Fix(f"ENV {_UNBUFFERED}=1", Safety.SAFE)
            edit = line_before(start, line.instruction, f"ENV {_UNBUFFERED}=1")
            yield start.problem(
                f"without {_UNBUFFERED} its last lines are lost at SIGKILL",
                line,
                fix=msgspec.structs.replace(fix, edits=(edit,)),
            )
        elif runtime is Runtime.JVM and not _ends_without_memory(start):
            yield start.problem(
                "after an OutOfMemoryError the JVM goes on with threads missing",
                line,
                fix=Fix(f"{_FLAG}, and -XX:HeapDumpPath on a volume of disk"),
            )


def _is_unbuffered(start: Start, line: Line) -> bool:
    """Whether a variable or an option of the interpreter says so; "" in ENV says nothing."""
    setting = start.stage.settings.get(_UNBUFFERED)
    if setting is not None and setting.value != "":
        return True
    return any(_SHORT_U.fullmatch(word) for word in line.words[1:3] if line.program != "gunicorn")


def _ends_without_memory(start: Start) -> bool:
    texts = [setting.value or "" for setting in start.stage.settings.values()]
    texts += [part.text for part in start.parts]
    if start.script is not None:
        texts.append(start.script.text)
    return any(_ENDS.search(text) for text in texts)
