"""A Deployment runs a command that ends by itself.

What happens
------------
The kubelet restarts it after each success, with longer and longer back-off.

Why it hurts
------------
CrashLoopBackOff with exit code 0; a migration that runs again and again.

How we know
-----------
The command is echo, a migration, kubectl apply, or asks for a version or help.

What else it could be
---------------------
A script of that name that keeps running.

Fix
---
A Job.

When the fix is wrong
---------------------
Where it keeps running.

References
----------
docs/specs/rules.md HF720, docs/specs/kubelet.md Q19; docs/specs/causes.md A09.
"""

from collections.abc import Iterator

from holdfast.lint.migrations import migration_of
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem, Replay
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity
from holdfast.model.shell_call import last_command, shell_call

RULE = Rule(
    "HF720",
    "work that ends stands in a kind that runs for ever",
    Severity.HIGH,
    Confidence.LIKELY,
    prevents=("A09",),
)


_ENDS = regex(
    r"^(?:(?:/\S*/)?(?:echo|true|date|env|printenv|ls)\b.*|.*\s--(?:version|help)|"
    r"(?:/\S*/)?(?:kubectl\s+apply|helm\s+\w+|terraform\s+apply)\b.*|"
    r".*manage\.py\s+collectstatic\b.*)$"
)


def check_command(container: ContainerSubject) -> Iterator[Problem]:
    """Commands that end, in pods that may not."""
    if not container.serves or not container.spec.command:
        return
    call = shell_call(container.words, container.spec.image)
    text = last_command(call.body) if call is not None else " ".join(container.words)
    if migration_of(text) or _ENDS.match(text.removeprefix("exec ").strip()):
        yield container.problem(
            "it ends with success, and is restarted as if it had crashed",
            "command",
            fix=Fix("a Job, or an init container before the program"),
            replay=Replay("it ends after 5 s with 0", {"exits": [{"after": "5s", "code": 0}]}),
        )
