"""An image whose start sends its program to the background.

What happens
------------
PID 1 ends with exit code 0 as soon as the daemon is started, and the container ends with it.

Why it hurts
------------
CrashLoopBackOff with exit code 0, while the log shows a clean start.

How we know
-----------
The words of ENTRYPOINT and CMD: service X start, nginx without `daemon off`, apachectl start, pm2
start, redis-server --daemonize yes, a body that ends in &.

What else it could be
---------------------
A configuration that keeps the program in front, such as `daemon off;` in nginx.conf.

Fix
---
The foreground option: nginx -g 'daemon off;', apachectl -D FOREGROUND, pm2-runtime.

When the fix is wrong
---------------------
Where a last command keeps running.

References
----------
docs/specs/rules.md HF810; docs/specs/causes.md A10.
"""

from collections.abc import Iterator

from holdfast.lint.daemons import foreground_of
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.start import Start
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF810",
    "the image's start sends its program to the background",
    Severity.HIGH,
    Confidence.LIKELY,
    prevents=("A10",),
)


def check_start(start: Start) -> Iterator[Problem]:
    """Commands that go to the background and leave nothing in front."""
    configured = "daemon off" in start.stage.dockerfile.parsed.text
    for line in start.lines:
        whole = start.body.text if start.body is not None else line.text
        instead = foreground_of(whole)
        if instead and not (line.program == "nginx" and configured):
            yield start.problem(
                f"`{line.text.strip()}` ends with exit code 0 when its program has gone to the "
                "background, and the container with it",
                line,
                fix=Fix(instead),
            )
