"""Fixes for what an image starts with: JSON form, or `exec` before the last command of a body.

Rules: an edit is offered where the words mean the same without a shell, or where `exec` stands
before a plain last command. Everything else is advice (rules.md 12).
"""

import json
import shlex

from holdfast.lint.image_files import find_file
from holdfast.lint.problem import Fix
from holdfast.lint.start import Body, Start, words_of
from holdfast.model.dockerfile import Instruction, Word
from holdfast.model.edit import Edit, Safety
from holdfast.model.regex import regex
from holdfast.model.shell_call import exec_place
from holdfast.model.shell_script import is_shell_script

# What only a shell works out: variables, patterns, operators, comments, escapes, home directories.
_NEEDS_SHELL = regex(r"[$`*?\[\]{}~#;&|<>()\\!\n]")
_ASSIGNMENT = regex(r"[A-Za-z_]\w*=")
_BUILTINS = frozenset(
    {"cd", "export", "set", "unset", ".", "source", "eval", "exit", "trap", "wait", "ulimit",
     "umask", "alias", "command", "type", "read", "shift", "if", "for", "while", "until", "case",
     "return", "readonly", "local", "builtin", "shopt", "declare", "let", "time", ":"}
)  # fmt: skip


def exec_fix_of(start: Start, body: Body) -> Fix:
    """`exec` before the last command of a body."""
    words = "exec before the last command"
    at = exec_place(body.text)
    if at is None:
        return Fix(words)
    if body.word is None:
        edit = _insertion(start, body.instruction.offset(at))
    else:
        edit = _edit_of_word(start, body.word, at)
    return Fix(words, Safety.SAFE, edits=(edit,))


def json_form_fix(start: Start, body: Body, safety: Safety = Safety.SAFE) -> Fix:
    """JSON form, where the words need no shell; else `exec`."""
    instruction = body.instruction
    words = json_form(body.text)
    one_line = instruction.text_span.end - instruction.text_span.start == len(instruction.text)
    if words is None or not one_line or body.word is not None or _may_need_shell(start, body.text):
        return exec_fix_of(start, body)
    edit = Edit(start.stage.dockerfile.parsed.file, instruction.text_span, words)
    return Fix(f"JSON form: {instruction.keyword} {words}", safety, edits=(edit,))


def _may_need_shell(start: Start, command: str) -> bool:
    """Whether it starts a script without #!, as far as is known: only a shell runs such a one."""
    program = words_of(command)[0]
    script = find_file(start.stage, program)
    if script is None:
        return program.endswith(".sh")
    return is_shell_script(script.text) and not script.text.startswith("#!")


def json_form(command: str) -> str | None:
    """A command as a JSON array; None where only a shell can tell its words."""
    text = command.strip()
    text = text.removeprefix("exec ").lstrip()
    if _NEEDS_SHELL.search(text):
        return None
    try:
        words = shlex.split(text)
    except ValueError:
        return None
    if not words or words[0] in _BUILTINS or _ASSIGNMENT.match(words[0]):
        return None
    return json.dumps(words, ensure_ascii=False)


def line_before(start: Start, instruction: Instruction, line: str) -> Edit:
    """A line of its own before an instruction, and before the comments above it."""
    parsed = start.stage.dockerfile.parsed
    at = parsed.text.rfind("\n", 0, instruction.span.start) + 1
    end = "\r\n" if parsed.text[:at].endswith("\r\n") else "\n"
    while at:
        above = parsed.text.rfind("\n", 0, at - 1) + 1
        if not parsed.text[above:at].lstrip().startswith("#"):
            break
        at = above
    return Edit(parsed.file, parsed.span(at, at), line + end)


def _insertion(start: Start, offset: int) -> Edit:
    parsed = start.stage.dockerfile.parsed
    return Edit(parsed.file, parsed.span(offset, offset), "exec ")


def _edit_of_word(start: Start, word: Word, at: int) -> Edit:
    """The change inside of a JSON string; of the whole string where it holds escapes."""
    parsed = start.stage.dockerfile.parsed
    if parsed.text[word.span.start + 1 : word.span.end - 1] == word.text:
        return _insertion(start, word.span.start + 1 + at)
    changed = f"{word.text[:at]}exec {word.text[at:]}"
    return Edit(parsed.file, word.span, json.dumps(changed, ensure_ascii=False))
