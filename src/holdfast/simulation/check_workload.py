"""What the fields of a workload must be to each other, beyond what each of them may be.

Rules: the first fault is answered as (path, what was found; what is expected); nothing is mended.
"""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from holdfast.simulation.consumption import AtCeiling, Disk, Files, Growth, Memory, Shape
from holdfast.simulation.spell import Clock, Spell
from holdfast.simulation.workload import (
    ContainerWorkload,
    Dependency,
    DependencyDown,
    Need,
    Workload,
)

Fault = tuple[str, str]

_AT_START = (DependencyDown.IGNORE, DependencyDown.WAIT, DependencyDown.EXIT)
_WHILE_RUNNING = (
    DependencyDown.IGNORE,
    DependencyDown.FAIL,
    DependencyDown.HANG,
    DependencyDown.EXIT,
)
# grpc.health.v1 HealthCheckResponse.ServingStatus, and a server without the service.
_GRPC = ("SERVING", "NOT_SERVING", "UNKNOWN", "SERVICE_UNKNOWN", "UNIMPLEMENTED")
_HOOKS = ("postStart", "preStop")


def check_workload(workload: Workload) -> Fault | None:
    """The first fault, or None."""
    return next(_faults(workload), None)


def _faults(workload: Workload) -> Iterator[Fault]:
    for name, dependency in workload.dependencies.items():
        path = f"dependencies[{name}]"
        for i, outage in enumerate(dependency.outages):
            yield from _spell(outage, f"{path}.outages[{i}]", world=True)
        for other in dependency.needs:
            if other not in workload.dependencies:
                yield f"{path}.needs", f"{other!r}, which is not among the dependencies"
    cycle = _cycle(workload.dependencies)
    if cycle:
        yield (
            f"dependencies[{cycle[0]}].needs",
            f"the circle {' -> '.join((*cycle, cycle[0]))}; expected dependencies without circles",
        )
    for name, container in workload.containers.items():
        yield from _container(container, f"containers[{name}]", workload)


def _container(container: ContainerWorkload, path: str, workload: Workload) -> Iterator[Fault]:
    for where, spell in _spells(container, path):
        yield from _spell(spell, where, world=False)
    for i, error in enumerate(container.start_errors):
        yield from _spell(error, f"{path}.startErrors[{i}]", world=True)
    for name, need in container.needs.items():
        yield from _need(need, name, f"{path}.needs[{name}]", workload)
    yield from _memory(container.memory, f"{path}.memory")
    if container.child is not None:
        yield from _child(container.child, f"{path}.child")
    yield from _disk(container.disk, f"{path}.disk")
    if container.pauses is not None and container.pauses.every.low <= 0:
        yield f"{path}.pauses.every", "a pause after no time at all; expected more than 0s"
    if container.cpu.slice.seconds <= 0:
        yield f"{path}.cpu.slice", "no time; expected more than 0s"
    for name in container.hooks:
        if name not in _HOOKS:
            yield f"{path}.hooks", f"{name!r}; expected {' or '.join(_HOOKS)}"
    for service, grpc in container.grpc.items():
        for i, grpc_answer in enumerate(grpc):
            if grpc_answer.status not in _GRPC:
                where = f"{path}.grpc[{service}][{i}].status"
                yield where, f"{grpc_answer.status!r}; expected one of {', '.join(_GRPC)}"


def _spells(container: ContainerWorkload, path: str) -> Iterator[tuple[str, Spell]]:
    """Every spell of a container that may use either clock."""
    lists: dict[str, tuple[Spell, ...]] = {
        "unreachable": container.unreachable,
        "stuck": container.stuck,
        "exits": container.exits,
        "cpu.demand": container.cpu.demand,
        **{f"answers[{key}]": value for key, value in container.answers.items()},
        **{f"grpc[{key}]": value for key, value in container.grpc.items()},
        **{f"exec[{key}]": value for key, value in container.exec.items()},
    }
    for name, spells in lists.items():
        for i, spell in enumerate(spells):
            yield f"{path}.{name}[{i}]", spell


def _spell(spell: Spell, path: str, *, world: bool) -> Iterator[Fault]:
    if spell.end is not None and spell.length is not None and spell.every is None:
        yield path, "both to and for; expected one of them"
    if spell.end is not None and spell.end <= spell.begin:
        yield f"{path}.to", f"{spell.end}, not after from ({spell.begin})"
    if spell.length is not None and spell.length.seconds <= 0:
        yield f"{path}.for", "no time; expected more than 0s"
    if spell.every is not None and spell.every.seconds <= 0:
        yield f"{path}.every", "a period of 0s; expected more than 0s"
    elif spell.every is not None and spell.length is None:
        yield f"{path}.every", "a repetition without for; expected how long it lasts each time"
    elif spell.every is not None and spell.length is not None and spell.length >= spell.every:
        yield f"{path}.for", f"{spell.length}, not shorter than every ({spell.every})"
    if world and spell.clock is not Clock.WORLD:
        yield f"{path}.clock", "process; expected world, for no process runs there"


def _need(need: Need, name: str, path: str, workload: Workload) -> Iterator[Fault]:
    if name not in workload.dependencies:
        known = ", ".join(workload.dependencies) or "none"
        yield path, f"a dependency that is not described; known dependencies: {known}"
    if need.at_start not in _AT_START:
        yield f"{path}.atStart", f"{need.at_start}; expected {', '.join(_AT_START)}"
    if need.while_running not in _WHILE_RUNNING:
        yield f"{path}.whileRunning", f"{need.while_running}; expected {', '.join(_WHILE_RUNNING)}"


def _memory(memory: Memory, path: str) -> Iterator[Fault]:
    if memory.ceiling is not None and memory.ceiling < memory.start:
        yield f"{path}.ceiling", "less than memory.start; expected at least as much"
    if memory.ceiling is None and memory.at_ceiling is not AtCeiling.STAY:
        yield f"{path}.atCeiling", f"{memory.at_ceiling} without a ceiling"
    if memory.garbage is not None and memory.garbage.every.seconds <= 0:
        yield f"{path}.garbage.every", "a period of 0s; expected more than 0s"
    if memory.growth is not None:
        yield from _growth(memory.growth, f"{path}.growth")


def _child(memory: Memory, path: str) -> Iterator[Fault]:
    yield from _memory(memory, path)
    if memory.garbage is not None or memory.ceiling is not None:
        yield path, "garbage or a ceiling, which only the main process can have"


def _disk(disk: Disk, path: str) -> Iterator[Fault]:
    yield from _files(disk.layer, f"{path}.layer")
    for volume, files in disk.empty_dirs.items():
        yield from _files(files, f"{path}.emptyDirs[{volume}]")


def _files(files: Files, path: str) -> Iterator[Fault]:
    if files.most is not None and files.most < files.start:
        yield f"{path}.most", "less than start; expected at least as much"
    if files.growth is not None:
        yield from _growth(files.growth, f"{path}.growth")


def _growth(growth: Growth, path: str) -> Iterator[Fault]:
    stepped = growth.shape is Shape.STEPPED
    if stepped and (growth.step is None or growth.every is None):
        yield path, "shape stepped without step and every"
    if stepped and growth.every is not None and growth.every.seconds <= 0:
        yield f"{path}.every", "a period of 0s; expected more than 0s"
    if not stepped and (growth.step is not None or growth.every is not None):
        yield path, f"step or every, which shape {growth.shape} does not use"
    if not stepped and growth.rate.high <= 0:
        yield path, f"shape {growth.shape} without a rate above 0"
    accelerating = growth.shape is Shape.ACCELERATING
    if accelerating != (growth.doubles is not None):
        yield f"{path}.doubles", f"{growth.doubles} with shape {growth.shape}"
    if growth.doubles is not None and growth.doubles.seconds <= 0:
        yield f"{path}.doubles", "no time; expected more than 0s"


def _cycle(dependencies: Mapping[str, Dependency]) -> tuple[str, ...]:
    """The names along a circle of needs, or nothing."""
    sorter = TopologicalSorter({name: d.needs for name, d in dependencies.items()})
    try:
        sorter.prepare()
    except CycleError as error:
        # graphlib repeats the first name at the end and goes against the direction of the needs.
        return tuple(reversed(error.args[1][1:]))
    return ()
