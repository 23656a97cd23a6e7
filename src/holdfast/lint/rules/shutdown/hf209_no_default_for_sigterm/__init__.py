"""PID 1 is a program that does not handle SIGTERM by itself.

What happens
------------
The kernel delivers no signal to PID 1 for which it has no handler. Interpreters, sleep, tail and
cron install none for SIGTERM, so that the stop goes unnoticed until SIGKILL.

Why it hurts
------------
Every rollout, drain and scale-down waits the whole grace period, and ends with exit code 137; what
was in flight is lost.

How we know
-----------
The command starts such a program itself, without an init (tini, dumb-init, holdfast run), and the
pod does not share its process namespace.

What else it could be
---------------------
A script that installs a handler of its own, which no manifest shows.

Fix
---
A handler for SIGTERM in the program; or an init before it: tini -- python worker.py, holdfast run
-- python worker.py; or shareProcessNamespace: true.

When the fix is wrong
---------------------
Where the program has a handler: accept the finding with that reason.

References
----------
docs/specs/rules.md HF209, docs/specs/rules.md 9.2, docs/specs/service.md 10.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.questions import ignores
from holdfast.lint.shell_start import shell_start
from holdfast.model.regex import regex
from holdfast.model.rule import Audience, Confidence, Rule, Severity
from holdfast.model.shell_call import last_command

RULE = Rule(
    "HF209",
    "PID 1 does not react to SIGTERM by itself",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("G02",),
    audience=Audience.PLATFORM,
)


_SCRIPTS = regex(r"(?:python[\d.]*|ruby|node|perl|php)")
_NEVER_HANDLE = ("sleep", "tail", "cron")
_SCRIPT_FILE = regex(r"\.(?:py|rb|m?js|cjs|pl|php)$")


def check_command(container: ContainerSubject) -> Iterator[Problem]:
    """A command that is such a program, alone or behind exec."""
    command = container.spec.command
    if not command or not container.serves or container.pod.spec.share_process_namespace:
        return
    start = shell_start(container)
    words = container.words if start is None else tuple(_executed(last_command(start.call.body)))
    program = words[0].rpartition("/")[2] if words else ""
    if program in _NEVER_HANDLE:
        what = program
    elif _SCRIPTS.fullmatch(program) and (script := _script(words[1:])):
        what = f"{program} {script}"
    else:
        return
    yield container.problem(
        f"{what} is PID 1: without a handler of its own SIGTERM does nothing, and SIGKILL comes "
        f"after {container.pod.spec.grace_seconds} s",
        "command",
        fix=Fix("a handler for SIGTERM, an init such as tini or holdfast run, or accept it"),
        replay=ignores(container),
    )


def _executed(last: str) -> list[str]:
    """The words that the shell replaces itself by; a shell that stays is HF206's concern."""
    words = last.split()
    return words[1:] if words[:1] == ["exec"] else []


def _script(words: tuple[str, ...]) -> str:
    """The script among the arguments of an interpreter; "" for a module or nothing."""
    name = next((word for word in words if not word.startswith("-")), "")
    return name if _SCRIPT_FILE.search(name) and "-m" not in words else ""
