"""A command that starts a daemon and ends.

What happens
------------
PID 1 ends with exit code 0 as soon as the daemon is started, and the kubelet ends the container
with it.

Why it hurts
------------
CrashLoopBackOff with exit code 0, while the log shows a clean start.

How we know
-----------
The command's words: service X start, nginx without `daemon off`, apachectl start, pm2 start, redis-
server --daemonize yes, a body that ends in &.

What else it could be
---------------------
A body that waits afterwards.

Fix
---
The foreground option: nginx -g 'daemon off;', apachectl -D FOREGROUND, pm2-runtime, --daemonize no.

When the fix is wrong
---------------------
Where a last command keeps running.

References
----------
docs/specs/rules.md HF719, docs/specs/causes.md A10.
"""

from collections.abc import Iterator

from holdfast.lint.daemons import foreground_of
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem, Replay
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF719",
    "the command sends its program to the background",
    Severity.HIGH,
    Confidence.LIKELY,
    prevents=("A10",),
)


def check_command(container: ContainerSubject) -> Iterator[Problem]:
    """Commands of pods that run for ever and go to the background."""
    if not container.spec.command or not container.serves:
        return
    instead = foreground_of(" ".join(container.words))
    if instead:
        yield container.problem(
            "it ends with exit code 0 when its program has gone to the background, and the "
            "container with it",
            "command",
            fix=Fix(instead),
            replay=Replay("it ends after 1 s with 0", {"exits": [{"after": "1s", "code": 0}]}),
        )
