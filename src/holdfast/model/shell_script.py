"""How the shell script that starts a container ends: with its program in its place, or beside it.

Rules: every shell that was measured stays before the last command of a script file (rules.md 9.1),
so only `exec` hands PID 1 on. What cannot be told from the text is no finding.
"""

import re
from enum import StrEnum

import msgspec

from holdfast.model.regex import regex
from holdfast.model.shell_call import last_start

_SHEBANG = regex(r"#![ \t]*(?:/usr/bin/env[ \t]+(?:-S[ \t]+)?)?(?:\S*/)?(\w+)")
_SHELLS = frozenset({"sh", "ash", "dash", "bash", "ksh", "mksh", "zsh"})
_HEREDOC = regex(r"(?<!<)<<(-?)[ \t]*(['\"]?)([A-Za-z_]\w*)\2(?!<)[^\n]*\n")
_COMMENT = regex(r"(?:^|(?<=[\s;&|]))#[^\n]*")
_QUOTED = regex(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_TRAP = regex(r"(?:^|[;&|\n{(])[ \t]*trap[ \t]")
_EXEC = regex(r"(?:^|[;&|\n{(]|\b(?:then|else|do)\b)[ \t]*exec[ \t]")
# Another file may hold a trap or an exec; those that only set variables do not.
_SOURCES = regex(
    r"(?:^|[;&|\n{(]|\b(?:then|else|do)\b)[ \t]*(?:\.|source)[ \t]+"
    r"(?!\S*(?:/bin/activate|/etc/profile|/etc/environment|\.env)\b)"
)
_ENDLESS = regex(r"\b(?:while\s+(?:true|:)|until\s+false|for\s+\(\(;;\)\))\s*[;\n]")
_CLOSING = frozenset({"fi", "done", "esac", "}", ")", "};", ";;"})
# After these the script ends, or what runs is elsewhere.
_TELLS_NOTHING = frozenset(
    {"exit", "return", "echo", "printf", "true", "false", ":", "set", "export", "unset", "cd", ".",
     "source", "eval", "test", "[", "[[", "rm", "mkdir", "chmod", "chown", "cp", "mv", "ln", "cat",
     "touch", "shift", "readonly", "local", "umask", "ulimit", "kill"}
)  # fmt: skip


class End(StrEnum):
    """What is PID 1 once the script has come to its last command."""

    PROGRAM = "the program, by exec"
    HANDLED = "the shell, with a trap"
    STAYS = "the shell, before its last command"
    LOOP = "the shell, in a loop without end"
    UNKNOWN = "unknown"


class ScriptEnd(msgspec.Struct, frozen=True):
    """The last command of a script, where it starts, and how the script ends."""

    end: End
    start: int
    command: str


def is_shell_script(text: str) -> bool:
    """Whether a shell runs it: by its first line, or because it has none that says otherwise."""
    match = _SHEBANG.match(text)
    if match is None:
        return bool(text) and not text.startswith("#!") and "\0" not in text
    return match[1] in _SHELLS


def end_of_script(text: str) -> ScriptEnd:
    """How a shell script ends."""
    bare = _blanked(text)
    body = bare.rstrip().rstrip(";").rstrip()
    start = last_start(body)
    start += len(body[start:]) - len(body[start:].lstrip())
    command = body[start:]
    outside = _QUOTED.sub(lambda quoted: " " * len(quoted.group()), body)
    if _TRAP.search(outside):
        return ScriptEnd(End.HANDLED, start, command)
    words = command.split()
    first = words[0] if words else ""
    if first == "exec":
        return ScriptEnd(End.PROGRAM, start, command)
    if first == "done" and _ENDLESS.search(outside) and not _EXEC.search(outside):
        return ScriptEnd(End.LOOP, start, command)
    closes = first in _CLOSING or (bool(words) and words[-1] in _CLOSING)
    unquoted = _QUOTED.sub("", command)
    elsewhere = f"{first}()" in outside or _SOURCES.search(outside) is not None
    nothing = not first or first in _TELLS_NOTHING or "=" in first or unquoted.endswith("&")
    end = End.UNKNOWN if closes or elsewhere or nothing else End.STAYS
    return ScriptEnd(end, start, command)


def takes_exec(command: str) -> bool:
    """Whether `exec` before a command means the same: no pipe, no alternative, no job."""
    unquoted = _QUOTED.sub("", command)
    first = unquoted.split()[0] if unquoted.split() else ""
    return not re.search(r"\||&|`|\(", unquoted) and first not in ("wait", "!", "time", "{")


def _blanked(text: str) -> str:
    """The text with spaces for comments and bodies of heredocs, at the same offsets."""
    text = text.replace("\r\n", " \n")
    at = 0
    while True:
        match = _HEREDOC.search(text, at)
        if match is None:
            break
        tabs = r"\t*" if match[1] else ""
        ended = regex(rf"^{tabs}{re.escape(match[3])}[ ]*$", re.MULTILINE)
        end = ended.search(text, match.end())
        stop = end.end() if end is not None else len(text)
        text = text[: match.end()] + re.sub(r"[^\n]", " ", text[match.end() : stop]) + text[stop:]
        at = stop
    return _COMMENT.sub(lambda comment: " " * len(comment.group()), text)
