"""nc, curl or wget without a limit, inside a loop.

What happens
------------
One packet that is dropped holds the attempt for minutes: the kernel tries for about two.

Why it hurts
------------
The loop seems to hang, and the pod starts minutes after its dependency is there.

How we know
-----------
The command's options.

What else it could be
---------------------
A network that always refuses at once.

Fix
---
nc -w 2, curl --max-time 2, wget -T 2.

When the fix is wrong
---------------------
Never inside a loop.

References
----------
docs/specs/rules.md HF702, docs/specs/service.md 11.
"""

import re
from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.wait_loops import wait_loops
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF702",
    "an attempt inside a wait loop has no time limit",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("F09",),
)


_UNBOUND = {
    "nc": regex(r"\s-\w*w"),
    "curl": regex(r"--max-time|--connect-timeout|\s-m\s*\d"),
    "wget": regex(r"--timeout|\s-T"),
}


def check_command(container: ContainerSubject) -> Iterator[Problem]:
    """Commands in loops that may hang."""
    for loop in wait_loops(container):
        for name, bound in _UNBOUND.items():
            called = re.search(rf"(?:^|[\s;&|(/!]){name}\s[^;&|]*", loop.text)
            if called is not None and not bound.search(called.group()):
                yield container.problem(
                    f"{name} has no time limit: a dropped packet holds it for minutes",
                    *loop.path,
                    fix=Fix(_LIMITS[name]),
                )


_LIMITS = {"nc": "nc -w 2", "curl": "curl --max-time 2", "wget": "wget -T 2"}
