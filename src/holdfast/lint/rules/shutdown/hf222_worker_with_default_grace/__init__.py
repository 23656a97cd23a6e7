"""A queue worker stops within the default grace period.

What happens
------------
Celery, Sidekiq and consumers finish their task after SIGTERM. What takes longer than 30 s is
killed.

Why it hurts
------------
Tasks are lost, or done twice, at every rollout and drain.

How we know
-----------
The command starts a worker, and no grace period is set.

What else it could be
---------------------
Tasks that are always short, or acknowledged late and safe to repeat.

Fix
---
A grace period of the longest task plus 5 s, or tasks that are acknowledged late.

When the fix is wrong
---------------------
Where tasks are short.

References
----------
docs/specs/rules.md HF222, docs/specs/service.md on workers.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.questions import drains
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF222",
    "a worker has the default 30 s to finish its task",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("G04",),
)


_WORKER = regex(
    r"(?:^|[\s/])(?:celery\s.*worker|sidekiq|rq\s+worker|resque|dramatiq|huey_consumer|"
    r"kafka-console-consumer\S*|faust\s.*worker)(?:$|\s)"
)

_TASK_SECONDS = 60


def check_command(container: ContainerSubject) -> Iterator[Problem]:
    """A worker whose pod leaves the grace period out."""
    grace = container.pod.spec.termination_grace_period_seconds
    if grace is None and container.serves and _WORKER.search(" ".join(container.words)):
        yield container.problem(
            "tasks that take longer than the default grace period of 30 s are killed at each stop",
            "command" if container.spec.command else "args",
            fix=Fix("terminationGracePeriodSeconds of the longest task, plus 5 s"),
            replay=drains(container, _TASK_SECONDS),
        )
