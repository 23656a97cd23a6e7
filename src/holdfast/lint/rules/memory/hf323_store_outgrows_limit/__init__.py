"""Redis, PostgreSQL or Elasticsearch is configured for more memory than the limit allows.

What happens
------------
Redis grows until maxmemory, or for ever without one. PostgreSQL takes shared_buffers, and work_mem
for each sort of each connection. Elasticsearch needs as much for the page cache and its buffers as
for its heap.

Why it hurts
------------
The kernel ends the store in the middle of its work; what was not on disk is lost, and every client
of it sees an outage.

How we know
-----------
The options of the command and of variables against the memory limit. A store that reads a
configuration file which was not read is believed.

What else it could be
---------------------
Data that stays small in spite of it.

Fix
---
Redis: maxmemory of 75 % of the limit, with a policy of eviction where data may go. PostgreSQL:
shared_buffers of 25 %, and fewer connections through a pooler. Elasticsearch: a heap of half the
limit.

When the fix is wrong
---------------------
Where measured use stays far below in all circumstances.

References
----------
docs/specs/rules.md HF323, docs/specs/causes.md D04; redis.io maxmemory, postgresql.org resource
consumption, elastic.co heap size settings.
"""

from collections.abc import Iterator, Mapping

from holdfast.lint.options import variable_options
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import Variable
from holdfast.model.heap_setting import jvm_bytes, settings_in
from holdfast.model.image_reference import parse_reference
from holdfast.model.quantity import format_bytes
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF323",
    "a data store may use more memory than its container has",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=(
        "D04",
        "D01",
    ),
)


_MAXMEMORY = regex(r"(?:^|\s)(?:--)?maxmemory[= ]+(\d+)([kmgKMG]?)[bB]?(?=$|\s)")
_PG = regex(r"(?:-c\s*|--)(shared_buffers|work_mem|max_connections)=(\d+)\s*([kMG]B)?")
_PG_UNITS = {"kB": 2**10, "MB": 2**20, "GB": 2**30}
# postgresql.org: the defaults of version 17.
_PG_DEFAULTS = {"shared_buffers": 128 * 2**20, "work_mem": 4 * 2**20, "max_connections": 100}
_SEARCH_VARIABLES = ("ES_JAVA_OPTS", "OPENSEARCH_JAVA_OPTS")
# elastic.co: no more than half of the memory.
_SEARCH_SHARE = 0.5
_ROOM = 0.75


def check_command(container: ContainerSubject) -> Iterator[Problem]:
    """Settings of a store in its command, against the limit."""
    limit = container.limit_bytes()
    if limit is None or not container.serves:
        return
    name = parse_reference(container.spec.image).name
    if name in ("redis", "valkey", "keydb"):
        yield from _redis(container, limit)
    elif name in ("postgres", "postgresql", "postgis"):
        yield from _postgres(container, limit)


def check_variables(
    container: ContainerSubject, variables: Mapping[str, Variable]
) -> Iterator[Problem]:
    """The heap of a search engine against the limit."""
    limit = container.limit_bytes()
    if limit is None or not container.serves:
        return
    for option in variable_options(variables, _SEARCH_VARIABLES):
        heaps = [s for s in settings_in(option.name, option.text, limit) if s.flag == "-Xmx"]
        if heaps and heaps[-1].bytes > _SEARCH_SHARE * limit:
            yield container.problem(
                f"a heap of {format_bytes(heaps[-1].bytes)} leaves "
                f"{format_bytes(max(0, limit - heaps[-1].bytes))} of {format_bytes(limit)} for "
                "buffers and the page cache",
                at=option.place,
                fix=Fix(f"-Xmx of half the limit: {limit // 2 // 2**20}m"),
            )


def _redis(container: ContainerSubject, limit: int) -> Iterator[Problem]:
    text = " ".join(container.words)
    match = _MAXMEMORY.search(text)
    wanted = f"--maxmemory {int(limit * _ROOM) // 2**20}mb"
    if match is not None:
        size = jvm_bytes(match[1] + match[2]) or 0
        if size >= limit:
            yield container.problem(
                f"maxmemory {format_bytes(size)} is no less than the limit {format_bytes(limit)}",
                "command" if container.spec.command else "args",
                fix=Fix(wanted),
            )
    elif "redis-server" in text and ".conf" not in text and not _reads_files(container):
        yield container.problem(
            f"without maxmemory it grows to the limit of {format_bytes(limit)}, and is killed",
            "command" if container.spec.command else "args",
            fix=Fix(wanted),
        )


def _reads_files(container: ContainerSubject) -> bool:
    """Whether a script of a ConfigMap may start it with options that are not seen."""
    return "$" in " ".join(container.words) or any(word.endswith(".sh") for word in container.words)


def _postgres(container: ContainerSubject, limit: int) -> Iterator[Problem]:
    given = {
        name: int(count) * _PG_UNITS.get(unit, 1)
        for name, count, unit in _PG.findall(" ".join(container.words))
    }
    if not given:
        return
    setting = {**_PG_DEFAULTS, **given}
    total = setting["shared_buffers"] + setting["work_mem"] * setting["max_connections"]
    if total > limit:
        yield container.problem(
            f"shared_buffers {format_bytes(setting['shared_buffers'])} + max_connections "
            f"{setting['max_connections']} x work_mem {format_bytes(setting['work_mem'])} = "
            f"{format_bytes(total)}, and the limit is {format_bytes(limit)}",
            "args" if container.spec.args else "command",
            fix=Fix("a pooler and fewer connections, or a larger limit"),
        )
