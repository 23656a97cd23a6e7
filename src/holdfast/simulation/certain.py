"""When no phase of any probe lets a container end, so that one replay says what all would say.

Rules: it may say no where it is so, never yes where it is not (a property test replays random
pods). A verdict takes as many failures in a row as `failureThreshold` says, each at least a period
after the one before: counted is how many ticks fit, at most, into the times at which the process
does not answer.
"""

from collections.abc import Sequence
from math import inf

from holdfast.model.container import Container, Probe
from holdfast.model.pod import PodSpec
from holdfast.simulation.workload import ContainerWorkload, Start, Stuck

_ANSWERS_AT_ONCE = ContainerWorkload()


def certainly_runs_on(spec: PodSpec, name: str, work: ContainerWorkload) -> bool:
    """Whether no container of a pod ever ends once it runs, whenever probes ask.

    `work` is what the process of the container of that name does; all others answer at once.
    """
    known = ContainerWorkload(start=Start(wall=work.start.wall), stuck=work.stuck)
    if work != known or any(one.name == name for one in spec.init_containers or ()):
        return False
    containers = (*(spec.init_containers or ()), *spec.containers)
    # A postStart hook that fails ends its container, and a request fails before it listens.
    if any(one.post_start is not None for one in containers):
        return False
    return all(_runs_on(one, work if one.name == name else _ANSWERS_AT_ONCE) for one in containers)


def _runs_on(container: Container, work: ContainerWorkload) -> bool:
    stuck = [_seconds(spell) for spell in work.stuck]
    silences = [work.start.wall.high, *stuck] if work.start.wall.high else stuck
    startup = container.startup_probe
    # A command succeeds before the process listens, every other startup probe waits for that.
    waits = startup is not None and startup.exec is None
    liveness = stuck if waits else silences
    return _never_fails(startup, silences) and _never_fails(container.liveness_probe, liveness)


def _seconds(spell: Stuck) -> float:
    return inf if spell.length is None or spell.every is not None else spell.length.seconds


def _never_fails(probe: Probe | None, silences: Sequence[float]) -> bool:
    """Whether too few ticks fall into silences of so many seconds for a verdict of failure."""
    if probe is None or probe.exec is not None:
        return True
    # Of a tick that finds its worker busy, the probe comes later, by a timeout at most.
    late = probe.timeout if probe.timeout >= probe.period else 0
    ticks = sum((seconds + late) / probe.period + 1.0 for seconds in silences)
    return ticks < probe.failures
