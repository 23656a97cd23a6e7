"""A process that ends when it is asked to: exec form, another PID 1 (C14, G01, G02).

Rules: an ignored SIGTERM is no reason for a longer grace (causes.md 11). A script is changed only
where its last command is plain; loops, pipes and background jobs stay untouched.
"""

import re

from holdfast.fixes.facts import Facts
from holdfast.fixes.proposal import Proposal
from holdfast.model.container import Container
from holdfast.model.edit import Change, Json, Safety

CAUSES = ("C14", "G01", "G02")

_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh"})
# Words after which `exec` means something else or cannot stand.
_RESERVED = frozenset(
    {
        "exec", "if", "then", "else", "fi", "for", "while", "until", "do", "done", "case", "esac",
        "function", "{", "}", "!", "[", "[[", "wait", "cd", "export", "set", "trap", "exit",
        "return", "sleep", "true", ":", "source", ".", "eval",
    }
)  # fmt: skip
_LAST_COMMAND = re.compile(r"(?P<before>(?:.*(?:;|&&|\n))?\s*)(?P<command>[^\s;&|\n][^;&|\n]*?)\s*",
                           re.DOTALL)  # fmt: skip
_LOOKS_DEEPER = re.compile(r"<<|`|\(\)|(?<!&)&(?!&|>)|\|")


def propose(facts: Facts) -> Proposal | None:
    """`exec` before the last command of a shell; else a PID 1 that leaves the default action."""
    container = facts.container
    if container is None:
        return None
    found = _script(container)
    if found is not None:
        return _exec_form(facts, *found)
    if facts.verdict.cause == "G01":
        return None
    return _other_pid_1(facts)


def _script(container: Container) -> tuple[str, list[str], int] | None:
    """The field that holds a shell's script, its words, and the index of the script."""
    command, args = list(container.command or ()), list(container.args or ())
    words = [*command, *args]
    if len(words) < 3 or words[0].rpartition("/")[2] not in _SHELLS:
        return None
    if not words[1].startswith("-") or "c" not in words[1]:
        return None
    if len(command) > 2 or not args:
        return "command", command, 2
    return "args", args, 2 - len(command)


def _exec_form(facts: Facts, field: str, words: list[str], index: int) -> Proposal | None:
    script = with_exec(words[index])
    if script is None:
        return None
    changed: Json = [*words[:index], script, *words[index + 1 :]]
    explanation = (
        "the shell is PID 1 and does not pass SIGTERM on; with `exec` before its last command the "
        "program takes its place and gets the signal itself. Right if that command is the service "
        "and the program ends on SIGTERM"
    )
    return Proposal(Safety.REVIEW, explanation, (facts.set(field, changed),))


def with_exec(script: str) -> str | None:
    """The script with `exec` before its last command, or None where it is not that plain."""
    match = _LAST_COMMAND.fullmatch(script)
    if match is None or _LOOKS_DEEPER.search(script):
        return None
    command = match["command"]
    first = command.split()[0]
    if first in _RESERVED or "=" in first or any(word in script.split() for word in _RESERVED_ANY):
        return None
    start = match.start("command")
    return f"{script[:start]}exec {script[start:]}"


_RESERVED_ANY = ("while", "until", "for", "if", "case", "trap", "wait")


def _other_pid_1(facts: Facts) -> Proposal | None:
    if facts.pod.spec.share_process_namespace:
        return None
    explanation = (
        "PID 1 ignores signals without a handler; with shareProcessNamespace the pause process is "
        "PID 1, and SIGTERM ends the program at once instead of after the grace. Right if it may "
        "end without cleaning up; a SIGTERM handler, or an init such as tini, is better"
    )
    caveats = ("the containers of the pod see each other's processes and files below /proc",)
    change = Change(("shareProcessNamespace",), value=True)
    return Proposal(Safety.REVIEW, explanation, (change,), caveats)
