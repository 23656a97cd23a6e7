"""A script that the kernel cannot execute.

What happens
------------
With line ends of Windows the first line asks for an interpreter called `sh\\r`, which does not
exist. Without the executable bit the runtime refuses the file.

Why it hurts
------------
StartError, or exit code 127 or 126, at every start, with "no such file or directory" about a file
that is there.

How we know
-----------
The script, read from the build context or a heredoc, and its mode there. A RUN that mends either
(dos2unix, sed, chmod) is taken at its word.

What else it could be
---------------------
A working copy on Windows whose files are right in the repository.

Fix
---
Line feeds alone, with `*.sh text eol=lf` in .gitattributes; COPY --chmod=0755.

When the fix is wrong
---------------------
COPY --chmod needs BuildKit.

References
----------
docs/specs/rules.md HF815; execve(2); docs/specs/causes.md A35, B02.
"""

import re
from collections.abc import Iterator

from holdfast.lint.image_files import Found
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.start import Start
from holdfast.model.edit import Edit, Safety
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF815",
    "the script that the image starts cannot be executed",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("A35", "B02"),
)


_MENDS_ENDS = regex(r"dos2unix|\\r|tr\s+-d")
_CHMOD = regex(r"\b(?:chmod|install)\s[^&;|]*")


def check_start(start: Start) -> Iterator[Problem]:
    """Line ends and mode of the script."""
    script = start.script
    if script is None or start.program is None:
        return
    runs = [one.text for one in start.stage.all_of("RUN")]
    runs += [heredoc.body for one in start.stage.all_of("RUN") for heredoc in one.heredocs]
    first = script.text.partition("\n")[0]
    if first.endswith("\r") and not any(_MENDS_ENDS.search(text) for text in runs):
        place = script.at(start.stage, 0, len(first) - 1)
        message = "its lines end as those of Windows do: no interpreter has the name of line 1"
        yield Problem(message, place, start.stage.dockerfile, _without_returns(start, script))
    if _lacks_bit(start, script) and not any(_sets_mode(text, script.path) for text in runs):
        one = script.copy.instruction
        at = one.span.start + len(one.keyword)
        parsed = start.stage.dockerfile.parsed
        edit = Edit(parsed.file, parsed.span(at, at), " --chmod=0755")
        fix = Fix("COPY --chmod=0755", Safety.REVIEW, edits=(edit,))
        name = script.file.name if script.file is not None else "a heredoc"
        message = f"{name} is not executable, and nothing makes {script.path} so"
        yield start.stage.dockerfile.problem(message, one, fix=fix)


def _lacks_bit(start: Start, script: Found) -> bool:
    """Whether the script is executed by itself and has no bit for it."""
    runs_itself = start.program is start.behind_init[0]
    executable = script.file is not None and script.file.executable
    copied = script.copy.instruction
    from_context = script.copy.origin is None and copied.keyword == "COPY"
    return runs_itself and not executable and from_context and copied.flag("chmod") is None


def _sets_mode(text: str, path: str) -> bool:
    """Whether a command makes a path executable: by its name, a pattern, or its directory."""
    name = path.rpartition("/")[2]
    return any(name in call or "*" in call or " -R" in call for call in _CHMOD.findall(text))


def _without_returns(start: Start, script: Found) -> Fix:
    words = "line feeds alone, and *.sh text eol=lf in .gitattributes"
    if script.file is None:
        return Fix(words)
    places = [
        script.at(start.stage, m.start(), m.end()) for m in re.finditer("\r(?=\n)", script.text)
    ]
    edits = tuple(Edit(place.file, place.span, "") for place in places)
    return Fix(words, Safety.SAFE, edits=edits)
