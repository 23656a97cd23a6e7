"""A JSON form that is no JSON.

What happens
------------
The builder takes an array that it cannot read (single quotes, a comma at the end, typographic
quotes) for shell form, without a word. The shell then looks for a program called `[node,`.

Why it hurts
------------
Exit code 127 at every start: CrashLoopBackOff.

How we know
-----------
The text begins as an array of strings does, and is none.

What else it could be
---------------------
`[ ... ]`, the test of a shell, has white space behind its bracket and no comma; it is left alone.

Fix
---
Double quotes around each word, a comma between two of them, none at the end.

When the fix is wrong
---------------------
Never.

References
----------
docs/specs/rules.md HF808; github.com/moby/buildkit frontend/dockerfile/parser, parseMaybeJSON.
"""

import json
import re
from collections.abc import Iterator

from holdfast.lint.broken_json import is_broken_json
from holdfast.lint.dockerfiles import DockerfileSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.dockerfile import Instruction
from holdfast.model.edit import Edit, Safety
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF808",
    "the JSON form is broken and becomes shell form",
    Severity.FATAL,
    Confidence.CERTAIN,
    prevents=("B01",),
)


_ITEM = r"\s*(?:\"([^\"'\\]*)\"|'([^\"'\\]*)'|[“”]([^“”\"'\\]*)[“”]|[‘’]([^‘’\"'\\]*)[‘’])\s*"
_LIST = regex(rf"\[{_ITEM}(?:,{_ITEM})*,?\s*\]?")


def check_dockerfile(dockerfile: DockerfileSubject) -> Iterator[Problem]:
    """Every CMD and ENTRYPOINT that looks like an array and is in shell form."""
    for one in dockerfile.parsed.instructions:
        if one.keyword not in ("CMD", "ENTRYPOINT") or not is_broken_json(one):
            continue
        if any(fault.span == one.text_span for fault in dockerfile.parsed.faults):
            continue
        program = one.text.split()[0].replace('"', "").replace("'", "")
        message = f"no JSON, so a shell is to run a program called `{program}`: exit code 127"
        if program == "[":
            message = "no JSON, so a shell takes it for its test `[` and ends at once"
        yield dockerfile.problem(message, one, one.text_span, fix=_fix(dockerfile, one))


def _fix(dockerfile: DockerfileSubject, one: Instruction) -> Fix:
    words = "double quotes around each word, and a comma between two"
    if _LIST.fullmatch(one.text) is None:
        return Fix(words)
    items = ["".join(groups) for groups in re.findall(_ITEM, one.text)]
    whole = json.dumps(items, ensure_ascii=False)
    edit = Edit(dockerfile.parsed.file, one.text_span, whole)
    return Fix(f"{one.keyword} {whole}", Safety.SAFE, edits=(edit,))
