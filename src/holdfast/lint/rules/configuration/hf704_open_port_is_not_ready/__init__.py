"""nc waits for the port of a server that listens before it can answer.

What happens
------------
PostgreSQL, MySQL and Kafka listen while they recover or start. The wait ends, and the first query
fails.

Why it hurts
------------
The program crashes at its start in spite of the wait.

How we know
-----------
The port number of the loop's nc.

What else it could be
---------------------
A proxy that listens only when its server is ready.

Fix
---
A check of the protocol: pg_isready, mysqladmin ping, or holdfast wait postgres://db.

When the fix is wrong
---------------------
Where the program itself tries again.

References
----------
docs/specs/rules.md HF704, docs/specs/service.md 11.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.wait_loops import wait_loops
from holdfast.model.regex import regex
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF704",
    "an open port does not mean that the database is ready",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("A05", "C13"),
    audience=Audience.PEDANTIC,
)


_PORTS = {"5432": "PostgreSQL", "3306": "MySQL", "9092": "Kafka", "5672": "RabbitMQ"}
_NC = regex(r"(?:^|[\s;&|(/!])nc\s+(?:-\S+\s+(?:\d+\s+)?)*([A-Za-z]\S*?)[\s:]+(\d+)\b")


def check_command(container: ContainerSubject) -> Iterator[Problem]:
    """nc on a port of a server that opens it early."""
    for loop in wait_loops(container):
        match = _NC.search(loop.text)
        server = _PORTS.get(match[2], "") if match is not None else ""
        if server and match is not None:
            yield container.problem(
                f"{server} listens on {match[2]} before it can answer: the wait may end too early",
                *loop.path,
                fix=Fix(f"holdfast wait {_SCHEMES[server]}://{match[1]}:{match[2]}"),
            )


_SCHEMES = {"PostgreSQL": "postgres", "MySQL": "mysql", "Kafka": "kafka", "RabbitMQ": "amqp"}
