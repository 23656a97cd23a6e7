"""A migration without a lock runs in an init container or at the start of every replica.

What happens
------------
All pods of a rollout start within seconds of each other and change the schema at the same time.

Why it hurts
------------
Statements run twice or against each other: deadlocks, half a migration, pods that crash until one
of them has won.

How we know
-----------
The command is a tool that takes no lock by default (alembic, Django, Sequelize, TypeORM, Laravel,
Doctrine, goose), in a workload of several replicas. Flyway, Liquibase, Prisma, Rails and
golang-migrate lock by themselves.

What else it could be
---------------------
A lock inside the migrations, which no manifest shows.

Fix
---
A Job before the rollout (a hook of Helm or Argo CD), or a lock in the database.

When the fix is wrong
---------------------
Where there is one replica, and Recreate.

References
----------
docs/specs/rules.md HF710, docs/specs/causes.md A23.
"""

from collections.abc import Iterator

from holdfast.lint.migrations import unlocked_migration
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF710",
    "each replica migrates the database, and nothing keeps them apart",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("A23",),
)


def check_command_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """Such a migration in a pod of which there are several."""
    pod = container.pod
    if not pod.runs_forever or pod.kind == "Pod":
        return
    if pod.replicas < 2 and not world.scalers_of(pod.owner):
        return
    tool = unlocked_migration(container)
    if tool:
        yield container.problem(
            f"{tool} runs in every replica, and takes no lock by itself",
            "command" if container.spec.command else "args",
            fix=Fix("a Job before the rollout, or a lock in the database"),
        )
