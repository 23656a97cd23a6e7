"""--max-old-space-size is more than 80 % of the limit.

What happens
------------
V8 collects in earnest only near its own limit. Buffers, code and the young generation come on top.

Why it hurts
------------
The kernel kills the process before V8 would: OOMKilled, instead of a heap error with a stack.

How we know
-----------
The option (in MB) and the limit, in the manifest or in a ConfigMap beside it.

What else it could be
---------------------
An option that the program overrides.

Fix
---
60 to 75 % of the limit.

When the fix is wrong
---------------------
Nowhere below some gigabytes.

References
----------
docs/specs/rules.md HF311, docs/specs/tuning.md on Node memory.
"""

from collections.abc import Iterable, Iterator, Mapping

from holdfast.lint.options import Option, command_options, variable_options
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import Variable
from holdfast.model.heap_setting import settings_in
from holdfast.model.quantity import format_bytes
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF311",
    "the heap of Node.js does not fit into the memory limit",
    Severity.HIGH,
    Confidence.CERTAIN,
    prevents=("D04", "A14"),
)


_FLAG = "--max-old-space-size"
# rules.md HF311
_FULL_SHARE = 0.8
_SHARE = 0.7


def check_command(container: ContainerSubject) -> Iterator[Problem]:
    """What the command says of the old space."""
    yield from _check(container, command_options(container))


def check_variables(
    container: ContainerSubject, variables: Mapping[str, Variable]
) -> Iterator[Problem]:
    """What the variable of Node.js says of it."""
    yield from _check(container, variable_options(variables, ("NODE_OPTIONS",)))


def _check(container: ContainerSubject, options: Iterable[Option]) -> Iterator[Problem]:
    """The old space above 80 % of the limit."""
    limit = container.limit_bytes()
    for option in options if limit is not None else ():
        # It may be written with underscores.
        told = option.text if "space" in option.text else ""
        settings = [s for s in settings_in(option.name, told, limit or 0) if s.flag == _FLAG]
        for setting in settings[-1:]:
            if limit is not None and setting.bytes > _FULL_SHARE * limit:
                yield container.problem(
                    f"{_FLAG} is {setting.bytes / limit:.0%} of the memory limit of "
                    f"{format_bytes(limit)}",
                    at=option.place,
                    fix=Fix(f"{_FLAG}={int(limit * _SHARE) // 2**20}"),
                )
