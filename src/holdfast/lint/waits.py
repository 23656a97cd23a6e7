"""Who waits for whom before it starts: init containers, the hosts they ask and the pods behind.

Rules: a wait counts where its target is a Service or a Job of the set. Budgets are those that a
command line states; a wait without one has None.
"""

import re
from collections.abc import Iterator

import msgspec

from holdfast.lint.pods import ContainerSubject, PodSubject, pods_of
from holdfast.lint.problem import Path
from holdfast.lint.wait_loops import wait_loops
from holdfast.lint.world import World
from holdfast.model.container import ContainerKind
from holdfast.model.regex import regex

# wait-for-it.sh and .py, wait-for, dockerize, wait4x, holdfast wait: host and port as an argument.
_TOOL = regex(
    r"(?:^|[\s/;&|])(?:wait-for-it(?:\.sh|\.py)?|wait-for(?:\.sh)?|wait4x|dockerize|"
    r"holdfast\s+wait)\s(?P<rest>[^;&|]*)"
)
_HOST = regex(
    r"(?:^|[\s=])(?:[a-z][\w+]*://)?(?:[^\s@/]*@)?(?P<host>[A-Za-z][\w.-]*):\d+(?=$|[\s/])"
)
_SECONDS = regex(r"(?:^|\s)(?:-t|--timeout|-timeout)[= ]?(?P<count>\d+)(?P<unit>ms|s|m|h)?(?=$|\s)")
_TIMEOUT = regex(r"(?:^|[\s;&|(])timeout\s+(?:-\S+\s+)*(?P<count>\d+)(?P<unit>s|m|h)?(?=$|\s)")
_TRIES = regex(r"\$\(seq\s+(?:1\s+)?(?P<tries>\d+)\)|\{1\.\.(?P<range>\d+)\}")
_PAUSE = regex(r"sleep\s+(?P<pause>\d+)")
_FOR = regex(r"(?:^|[\s;&|])for\s.*?\bdone\b", re.DOTALL)
_JOB = regex(r"kubectl\s+(?:\S+\s+)*?wait\s.*?\bjobs?(?:\.batch)?/(?P<slashed>[\w.-]+)")
_UNIT_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class Wait(msgspec.Struct, frozen=True):
    """One wait: where it stands, what for ("" where it is not plain), and for how long at most."""

    container: ContainerSubject
    path: Path
    host: str
    job: str
    seconds: float | None


def waits_of(container: ContainerSubject) -> Iterator[Wait]:
    """Every wait in the command of a container."""
    words = container.words
    whole = " ".join(words)
    field = "command" if container.spec.command else "args"
    outer = _TIMEOUT.match(whole)
    for loop in wait_loops(container):
        word = container.spec.command if loop.path[0] == "command" else container.spec.args
        within = _TIMEOUT.search((word or ())[int(loop.path[1])])
        yield Wait(container, loop.path, loop.target, "", _amount(outer or within))
    for match in _TOOL.finditer(whole):
        budget = _amount(outer or _SECONDS.search(match["rest"]))
        for host in _HOST.finditer(match["rest"]):
            yield Wait(container, (field,), host["host"], "", budget)
    for match in _JOB.finditer(whole):
        budget = _amount(re.search(r"--timeout[= ](?P<count>-?\d+)(?P<unit>s|m|h)?", whole))
        yield Wait(container, (field,), "", match["slashed"], budget)
    # groundnuty/k8s-wait-for: arguments "job" and a name.
    if len(words) == 2 and words[0] in ("job", "job-wr") and "wait-for" in container.spec.image:
        yield Wait(container, (field,), "", words[1], None)
    yield from _counted(container, whole, field)


def _counted(container: ContainerSubject, whole: str, field: str) -> Iterator[Wait]:
    """A for-loop over so many tries with a pause between them."""
    for loop in _FOR.finditer(whole):
        tries, pause = _TRIES.search(loop.group()), _PAUSE.search(loop.group())
        host = _HOST.search(loop.group())
        if tries is not None and pause is not None:
            count = int(tries["tries"] or tries["range"])
            target = host["host"] if host is not None else ""
            yield Wait(container, (field,), target, "", float(count * int(pause["pause"])))


def _amount(match: re.Match[str] | None) -> float | None:
    return float(match["count"]) * _UNIT_SECONDS[match["unit"] or "s"] if match else None


def awaited(wait: Wait, world: World) -> Iterator[PodSubject]:
    """The pods of the set that a wait is for: those behind its Service, or of its Job."""
    namespace = wait.container.pod.namespace
    if wait.job:
        job = world.find("Job", namespace, wait.job)
        yield from pods_of(job) if job is not None else ()
        return
    name, *domain = wait.host.split(".")
    namespace = domain[0] if domain and domain[0] != "svc" else namespace
    yield from world.behind(name, namespace)


def before_start(pod: PodSubject) -> Iterator[Wait]:
    """What the init containers of a pod wait for."""
    for container in pod.containers:
        if container.kind is ContainerKind.INIT:
            yield from waits_of(container)


class Circle(msgspec.Struct, frozen=True):
    """Pods that wait for each other; `wait` is that of the first one for the second."""

    wait: Wait
    pods: tuple[PodSubject, ...]

    def __str__(self) -> str:
        """ "Deployment/a waits for Deployment/b waits for Deployment/a"."""
        owners = [str(pod.owner) for pod in (*self.pods, self.pods[0])]
        return " waits for ".join(owners)


def circle_of(pod: PodSubject, world: World) -> Circle | None:
    """The shortest circle of waits through a pod, where it is the first of it by its name."""
    ways: list[tuple[Wait, list[PodSubject]]] = [
        (wait, [target]) for wait in before_start(pod) for target in awaited(wait, world)
    ]
    seen = set()
    while ways:
        wait, way = ways.pop(0)
        if _key(way[-1]) == _key(pod):
            pods = (pod, *way[:-1])
            # Each pod of a circle finds it; one of them tells it. A pod that waits for itself
            # alone is told elsewhere, by its name (HF705).
            first = min(pods, key=_key)
            return Circle(wait, pods) if len(pods) > 1 and _key(first) == _key(pod) else None
        if _key(way[-1]) not in seen:
            seen.add(_key(way[-1]))
            ways += [
                (wait, [*way, target])
                for later in before_start(way[-1])
                for target in awaited(later, world)
            ]
    return None


def _key(pod: PodSubject) -> tuple[str, str, str, str]:
    """What tells pods apart: they are made anew each time they are asked for."""
    return (pod.namespace, pod.kind, pod.owner.name, str(pod.path))
