"""A trace told line by line: what the kubelet did, what the processes did, what the API showed.

Rules: one line for each thing that changed, with its time; statuses are told as differences, so
that a story can be read from top to bottom. Pods are named where there are several.
"""

from collections.abc import Iterable, Iterator

from holdfast.kubelet.outputs import (
    PodFinished,
    PublishEvent,
    PublishStatus,
    RunHook,
    SendSignal,
    StartContainer,
)
from holdfast.model.container import ContainerStatus
from holdfast.model.pod import PodStatus
from holdfast.simulation.driver import Happening
from holdfast.simulation.process import ChildKill, End, Reply


def narrate(trace: Iterable[Happening], *, probes: bool = False) -> Iterator[str]:
    """The lines of a trace; `probes` also tells every answer of a probe."""
    shown: dict[str, dict[str, str]] = {}
    for happening in trace:
        before = shown.setdefault(happening.pod, {})
        for text in _lines(happening, before, probes=probes):
            yield f"{happening.at:10.2f}  {text}"


class Narrator:
    """Collects the lines of what is watched, up to a number of them."""

    def __init__(self, start: float, most: int) -> None:
        """`start` is time 0 of the story."""
        self.lines: list[str] = []
        self.left_out = 0
        self._start = start
        self._most = most
        self._shown: dict[str, dict[str, str]] = {}

    def watch(self, happening: Happening) -> None:
        """Take one thing that happened."""
        shown = self._shown.setdefault(happening.pod, {})
        for text in _lines(happening, shown):
            self.say(happening.at, happening.pod.rpartition("/")[2], text)

    def say(self, at: float, who: str, text: str) -> None:
        """Add a line of one's own."""
        if not self._most:
            return
        if len(self.lines) >= self._most:
            self.left_out += 1
        else:
            self.lines.append(f"{at - self._start:10.2f}  {who}  {text}")


def _lines(happening: Happening, shown: dict[str, str], *, probes: bool = False) -> Iterator[str]:
    """What is new; `shown` is what the pod's last status told."""
    if isinstance(happening.what, PublishStatus):
        yield from _changes(happening.what.status, shown)
    else:
        yield from _texts(happening, probes=probes)


def _texts(happening: Happening, *, probes: bool) -> Iterator[str]:
    what = happening.what
    if isinstance(what, StartContainer):
        yield f"start     {what.container} #{what.restart_count}"
    elif isinstance(what, SendSignal):
        yield f"signal    {what.container} SIG{what.signal}"
    elif isinstance(what, RunHook):
        yield f"hook      {what.container} {what.kind}"
    elif isinstance(what, End):
        yield f"exit      {happening.container} {what.exit_code}{' (oom)' if what.oom else ''}"
    elif isinstance(what, ChildKill):
        yield f"killed    a child of {happening.container} (oom)"
    elif isinstance(what, PublishEvent):
        yield f"event     {what.type} {what.reason}: {what.message}".rstrip()
    elif isinstance(what, PodFinished):
        yield "finished"
    elif isinstance(what, Reply) and probes:
        yield f"probe     {happening.container} {what.outcome} {what.output}".rstrip()


def _changes(status: PodStatus, before: dict[str, str]) -> Iterator[str]:
    found = {"phase": status.phase}
    if status.reason:
        found["phase"] += f" {status.reason}"
    for condition in status.conditions or ():
        if condition.type == "Ready":
            found["ready"] = condition.status
    for container in (*(status.init_container_statuses or ()), *(status.container_statuses or ())):
        found[container.name] = _state(container)
    for name, value in found.items():
        if before.get(name) != value:
            yield f"status    {name}: {value}"
    before.clear()
    before.update(found)


def _state(container: ContainerStatus) -> str:
    state = container.state
    count = f" (restartCount {container.restart_count})"
    if state.running is not None:
        return f"running{'' if container.started else ', not started'}{count}"
    if state.terminated is not None:
        return f"terminated {state.terminated.reason} {state.terminated.exit_code}{count}"
    waiting = state.waiting.reason if state.waiting is not None else "unknown"
    return f"waiting {waiting}{count}"
