"""A postStart hook has no time limit.

What happens
------------
Until the hook ends the container is not started for the kubelet: no probe runs, no status changes,
and a deletion waits.

Why it hurts
------------
A hook that waits for a dependency hangs the pod without a message.

How we know
-----------
The hook runs a loop or a client without `timeout`. The kubelet has no limit for it.

What else it could be
---------------------
A command that always ends at once.

Fix
---
`timeout N` before the command; or an init container.

When the fix is wrong
---------------------
Where the command is known to end.

References
----------
docs/specs/rules.md HF215, docs/specs/kubelet.md Q15.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.container import LifecycleHandler
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF215",
    "a postStart hook can block the container for ever",
    Severity.HIGH,
    Confidence.LIKELY,
    prevents=("B11", "C14"),
)


_WAITS = regex(r"(?:^|[\s;&|(])(?:while|until|curl|wget|nc|psql|mysql|kubectl|python\S*)\b")
_BOUND = regex(r"(?:^|[\s;&|(/])timeout\s|--max-time|(?:^|\s)-m\s*\d|--timeout")


def check_hook(
    container: ContainerSubject, field: str, hook: LifecycleHandler
) -> Iterator[Problem]:
    """A postStart command that waits for something, without a bound."""
    command = hook.exec.command if hook.exec is not None and field == "postStart" else None
    text = " ".join(command or ())
    if _WAITS.search(text) and not _BOUND.search(text):
        yield container.problem(
            "the hook waits without a limit; until it ends there are no probes, no status and no "
            "deletion",
            "lifecycle",
            "postStart",
            fix=Fix("timeout 20 before the command, or an init container that waits"),
        )
