"""The number of worker processes times what one takes is above the memory limit.

What happens
------------
Each worker is a process with an interpreter and a framework of its own. A plain worker of FastAPI
was measured at 52 MiB, before it holds any data.

Why it hurts
------------
The kernel kills a worker or the whole container under the first load, again and again.

How we know
-----------
The number of workers (-w, --workers, WEB_CONCURRENCY) times 50 MiB against the memory limit.

What else it could be
---------------------
Workers that share most of their memory because the program was loaded before the fork.

Fix
---
Fewer workers and more replicas, or a limit that was measured; --max-requests against workers that
grow.

When the fix is wrong
---------------------
Where preloading was measured to share enough.

References
----------
docs/specs/rules.md HF313, docs/specs/service.md 13.1, docs/specs/causes.md D04.
"""

import re
from collections.abc import Iterator

from holdfast.lint.options import Option, variable_options
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.quantity import format_bytes
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF313",
    "the workers of a Python server together do not fit into the limit",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=(
        "D04",
        "D05",
    ),
)


# service.md 13.1: plain FastAPI on uvicorn, without data.
_WORKER_BYTES = 50 * 2**20
_SERVERS = frozenset({"gunicorn", "uvicorn", "hypercorn", "granian", "celery"})
_WORKERS = regex(r"(?:^|\s)(?:-w|--workers|-c|--concurrency)[= ]?(\d+)(?=$|\s)")


def check_command_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """Workers of a known server against the limit."""
    limit = container.limit_bytes()
    server = next((p for p in container.programs if p in _SERVERS), "")
    if limit is None or not server:
        return
    for option in _texts(container, world):
        found = _count(option, server)
        if found is None or found * _WORKER_BYTES <= limit:
            continue
        yield container.problem(
            f"{found} workers of {server} in {format_bytes(limit)} have "
            f"{format_bytes(limit // found)} each; a plain one takes "
            f"{format_bytes(_WORKER_BYTES)}",
            at=option.place,
            fix=Fix(f"{max(1, limit // _WORKER_BYTES // 2)} workers and more replicas"),
        )
        return


def _texts(container: ContainerSubject, world: World) -> Iterator[Option]:
    field = "command" if container.spec.command else "args"
    yield Option(" ".join(container.words), container, (field,))
    yield from variable_options(
        world.environment_of(container), ("GUNICORN_CMD_ARGS", "WEB_CONCURRENCY")
    )


def _count(option: Option, server: str) -> int | None:
    """The number of processes that a text asks for; -c is a configuration file for all but one."""
    if option.name == "WEB_CONCURRENCY":
        return int(option.text) if option.text.isdecimal() else None
    match = _WORKERS.search(option.text)
    celery = match is not None and re.match(r"\s*(?:-c|--concurrency)", match.group()) is not None
    return int(match[1]) if match is not None and celery == (server == "celery") else None
