"""preStop asks an URL.

What happens
------------
The kubelet does not look at the status of the answer: a 404 or a 500 counts as done, and SIGTERM
follows at once.

Why it hurts
------------
A drain that was never started looks like one that worked.

How we know
-----------
The kubelet's own rule for HTTP hooks.

What else it could be
---------------------
An endpoint that returns only when the drain is over.

Fix
---
An exec hook whose command waits, or a sleep; or an endpoint that answers when the drain is over.

When the fix is wrong
---------------------
Where the endpoint blocks until it is done.

References
----------
docs/specs/rules.md HF212, docs/specs/kubelet.md Q14.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.container import LifecycleHandler
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF212",
    "the preStop hook counts on an HTTP answer that nobody reads",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("G03", "G08"),
    audience=Audience.PEDANTIC,
)


def check_hook(
    container: ContainerSubject, field: str, hook: LifecycleHandler
) -> Iterator[Problem]:
    """A preStop hook over HTTP."""
    if field == "preStop" and hook.http_get is not None:
        yield container.problem(
            f"whatever {hook.http_get.path or '/'} answers, SIGTERM follows: no status is read",
            "lifecycle",
            "preStop",
            "httpGet",
            fix=Fix("an endpoint that answers when the drain is over, or a sleep"),
        )
