"""A variable in JSON form, where nothing expands it.

What happens
------------
JSON form is executed without a shell: the program gets the text `$PORT`, dollar sign and all. Nor
does Kubernetes expand it; `$(PORT)` is expanded in command and args of a manifest only.

Why it hurts
------------
The program refuses its argument and ends, or listens where nobody asks.

How we know
-----------
The words of ENTRYPOINT and CMD in JSON form, where no shell, no script and no program that expands
by itself (envsubst, awk, a JVM with placeholders of Spring) takes them.

What else it could be
---------------------
A program that expands variables in its own arguments.

Fix
---
`["sh", "-c", "exec program $PORT"]`, or a variable that the program reads itself.

When the fix is wrong
---------------------
Where the image has no shell.

References
----------
docs/specs/rules.md HF809; docs.docker.com/reference/dockerfile, shell and exec form.
"""

import json
import re
from collections.abc import Iterator

from holdfast.lint.problem import Fix, Problem
from holdfast.lint.start import Part, Start
from holdfast.model.dockerfile import Instruction
from holdfast.model.edit import Edit, Safety
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity
from holdfast.model.shell_call import Shell

RULE = Rule(
    "HF809",
    "JSON form does not expand variables",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("A30",),
)


_VARIABLE = regex(r"\$(?:[A-Z_][A-Z0-9_]+|\{[A-Z_][A-Z0-9_]+\})")
_EXPAND_THEMSELVES = frozenset(
    {"sh", "ash", "bash", "dash", "zsh", "ksh", "envsubst", "awk", "gawk", "perl", "sed", "jq",
     "nginx", "eval", "env", "dockerize", "java"}
)  # fmt: skip
_PLAIN = regex(r"[\w@%+=:,./${}-]+", re.ASCII)


def check_start(start: Start) -> Iterator[Problem]:
    """Words with variables that reach a program as they are."""
    parts = start.behind_init
    names = {part.text.rpartition("/")[2] for part in parts[:4]}
    if not parts or names & _EXPAND_THEMSELVES or start.script is not None:
        return
    if parts[0].text.endswith(".sh") or start.runs_arguments:
        return
    for part in parts:
        match = _VARIABLE.search(part.text)
        if part.word is not None and match is not None:
            message = f"no shell expands {match.group()}: the program gets `{part.text}` as it is"
            fix = _fix(start, parts, part.instruction)
            yield start.stage.dockerfile.problem(message, part.instruction, part.word, fix=fix)
            return


def _fix(start: Start, parts: tuple[Part, ...], instruction: Instruction) -> Fix:
    """A shell around the words, where all of them stand in one instruction."""
    words = 'a shell around it, ["sh", "-c", "exec ..."], or a variable that the program reads'
    texts = [part.text for part in parts]
    whole = len(parts) == len(instruction.words) and not start.init
    if not whole or start.stage.shell("sh") in (Shell.NONE, Shell.UNKNOWN):
        return Fix(words)
    if not all(_PLAIN.fullmatch(text) for text in texts):
        return Fix(words)
    form = json.dumps(["sh", "-c", " ".join(["exec", *texts])])
    edit = Edit(start.stage.dockerfile.parsed.file, instruction.text_span, form)
    return Fix(f"{instruction.keyword} {form}", Safety.REVIEW, edits=(edit,))
