"""What a cause says of a process, completed by what was measured of it.

Rules: what the cause speaks of is the cause's, because a kill hides it from whoever measures: how
long a start would have taken, how late an answer would have come. Ends and growth that were seen
for minutes are not carried on for a day; where they are the cause, the cause has them.
"""

from typing import Any

import msgspec

from holdfast.simulation.consumption import Memory
from holdfast.simulation.workload import ContainerWorkload, Workload

# Fields that say something for each path, service or command.
_BY_NAME = ("answers", "grpc", "exec")
_ALL = "*"


def complete(container: str, told: ContainerWorkload, measured: Workload | None) -> Workload:
    """The workload of a whole pod in which one container does what it is told to."""
    seen = measured.containers if measured is not None else {}
    found = {name: _settled(each) for name, each in seen.items()}
    base = found.get(container)
    found[container] = told if base is None else _laid_over(base, told)
    return Workload(containers=found)


def _settled(measured: ContainerWorkload) -> ContainerWorkload:
    """What it does apart from how it ended."""
    memory = Memory(start=measured.memory.start)
    return msgspec.structs.replace(measured, memory=memory, exits=())


def _laid_over(base: ContainerWorkload, told: ContainerWorkload) -> ContainerWorkload:
    default = ContainerWorkload()
    fields: dict[str, Any] = {}
    for name in told.__struct_fields__:
        value = getattr(told, name)
        if value == getattr(default, name):
            continue
        if name in _BY_NAME and _ALL not in value:
            value = {**getattr(base, name), **value}
        fields[name] = value
    return msgspec.structs.replace(base, **fields)
