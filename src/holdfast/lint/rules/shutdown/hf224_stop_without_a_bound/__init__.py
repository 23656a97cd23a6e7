"""A Python server is not told how long its stop may take.

What happens
------------
uvicorn and granian wait for open streams without a limit. gunicorn gives up after 30 s by default,
which is the default grace period: SIGKILL comes first.

Why it hurts
------------
One client that keeps a stream open makes every stop of its pod end in SIGKILL, without the shutdown
hook of the application.

How we know
-----------
The command line, GUNICORN_CMD_ARGS and UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN against the grace period.

What else it could be
---------------------
A service whose every request ends within seconds, and which has no streams.

Fix
---
uvicorn --timeout-graceful-shutdown, granian --workers-kill-timeout, gunicorn --graceful-timeout, 5
s below what the grace period leaves.

When the fix is wrong
---------------------
Where a configuration file of the server says it.

References
----------
docs/specs/service.md 9.4, 9.6, R2 and R3.
"""

from collections.abc import Iterator

from holdfast.lint.drains import declared_drain
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.questions import drains, ignores
from holdfast.lint.world import World
from holdfast.model.hook_length import slept_seconds
from holdfast.model.regex import regex
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF224",
    "the server waits for its connections for ever, or as long as the grace period",
    Severity.LOW,
    Confidence.LIKELY,
    prevents=("G04",),
    audience=Audience.PEDANTIC,
)


# Server -> (what bounds its stop, its own default in seconds).
_BOUNDS = {
    "uvicorn": ("--timeout-graceful-shutdown", None),
    "granian": ("--workers-kill-timeout", None),
    "gunicorn": ("--graceful-timeout", 30),
}
_CONFIGURED = regex(r"(?:^|\s)(?:-c|--config|--fd)[= ]?\S")


def check_command_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """A server without a bound below the grace period."""
    server = next((p for p in container.programs if p in _BOUNDS), "")
    if not server or not container.serves or _CONFIGURED.search(" ".join(container.words)):
        return
    if declared_drain(container, world) is not None:
        return
    if "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN" in world.environment_of(container):
        return
    flag, default = _BOUNDS[server]
    left = container.pod.spec.grace_seconds - (slept_seconds(container.spec.pre_stop) or 0.0)
    if default is not None and default < left:
        return
    what = f"gives up after {default} s by itself" if default else "waits for open streams for ever"
    yield container.problem(
        f"{server} {what}, and SIGKILL comes {left:g} s after SIGTERM",
        "command" if container.spec.command else "args",
        fix=Fix(f"{flag} {max(1, int(left) - 5)}"),
        replay=ignores(container) if default is None else drains(container, default + 1),
    )
