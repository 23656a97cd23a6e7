"""An init container migrates before another one waits for the database, or a Job and a workload
wait for each other.

What happens
------------
Init containers run in their order. A migration before the wait fails until the database is up, and
each failure counts as a crash with its back-off. A Job that waits for a workload which waits for
the Job never begins.

Why it hurts
------------
The start takes minutes longer, or never ends.

How we know
-----------
The order of init containers, and waits for Jobs (kubectl wait) and Services in the set.

What else it could be
---------------------
A migration that waits by itself.

Fix
---
The wait first, then the migration; a Job that waits for the database only.

When the fix is wrong
---------------------
Where the two are about different databases.

References
----------
docs/specs/rules.md HF707, docs/specs/causes.md F09 and A23.
"""

from collections.abc import Iterator

from holdfast.lint.migrations import migration_of
from holdfast.lint.pods import PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.waits import circle_of, waits_of
from holdfast.lint.world import World
from holdfast.model.container import ContainerKind
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF707",
    "a migration runs before what it needs can be there",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=(
        "F09",
        "A23",
    ),
)


def check_pod(pod: PodSubject) -> Iterator[Problem]:
    """A wait behind a migration in one pod."""
    migrated = ""
    for container in pod.containers:
        if container.kind is not ContainerKind.INIT:
            continue
        if migrated and any(wait.host for wait in waits_of(container)):
            yield container.problem(
                f"{migrated} runs before it, and fails as long as what this waits for is not there",
                fix=Fix("the wait before the migration"),
            )
            return
        tool = migration_of(" ".join(container.words))
        # A command that waits and then migrates is in order.
        if tool and not any(wait.host for wait in waits_of(container)):
            migrated = f"{container.name} ({tool})"


def check_pod_in(pod: PodSubject, world: World) -> Iterator[Problem]:
    """Circles of waits that go through work that ends."""
    circle = circle_of(pod, world)
    if circle is not None and not all(one.runs_forever for one in circle.pods):
        yield circle.wait.container.problem(
            f"{circle}: the work never begins",
            *circle.wait.path,
            fix=Fix("a Job that waits for the database only"),
        )
