"""What can be asked of a trace: numbers and lines, the same for every driver.

Rules: questions read what happened and what was published, and change nothing.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from holdfast.kubelet.outputs import (
    PodFinished,
    PublishEvent,
    PublishStatus,
    RunHook,
    RunProbe,
    SendSignal,
    StartContainer,
)
from holdfast.model.container import ContainerState, ContainerStatus
from holdfast.model.duration import Duration
from holdfast.model.pod import PodStatus
from holdfast.simulation.driver import Happening
from holdfast.simulation.process import End


class Command(NamedTuple):
    """A command line taken apart: `when` and the like are `options`, all else is `words`."""

    name: str
    words: tuple[str, ...]
    options: dict[str, str]
    body: str

    def seconds(self, option: str, default: float = 0.0) -> float:
        """An option that is a number of seconds, or a duration with its unit."""
        text = self.options.get(option)
        return default if text is None else seconds_of(text)


def values(trace: list[Happening], command: Command) -> list[float]:
    """The numbers that a question asks for, of all containers or of the named one."""
    container = command.words[0] if command.words else ""
    asked = [h for h in trace if not container or _container_of(h) in ("", container)]
    return _QUESTIONS[command.name](asked, command)


def seconds_of(text: str) -> float:
    """A number of seconds, or a duration with its unit."""
    try:
        return float(text)
    except ValueError:
        return Duration.parse(text).seconds


def _starts(trace: list[Happening], _: Command) -> list[float]:
    return [h.at for h in trace if isinstance(h.what, StartContainer)]


def _exits(trace: list[Happening], _: Command) -> list[float]:
    return [h.at for h in trace if isinstance(h.what, End)]


def _waits(trace: list[Happening], command: Command) -> list[float]:
    ends = _exits(trace, command)
    starts = _starts(trace, command)
    return [start - end for end, start in zip(ends, starts[1:], strict=False)]


def _kills(trace: list[Happening], command: Command) -> list[float]:
    signal = command.options.get("signal", "TERM")
    return [h.at for h in trace if isinstance(h.what, SendSignal) and h.what.signal == signal]


def _probes(trace: list[Happening], command: Command) -> list[float]:
    kind = command.options["kind"]
    return [h.at for h in trace if isinstance(h.what, RunProbe) and h.what.kind == kind]


def _shown(trace: list[Happening], command: Command) -> list[float]:
    wanted, found, before = command.options["what"].replace("_", " "), [], False
    for happening in trace:
        if isinstance(happening.what, PublishStatus):
            now = any(line.find(wanted) >= 0 for line in status_lines(happening.what.status))
            if now and not before:
                found.append(happening.at)
            before = now
    return found


def _restarts(trace: list[Happening], command: Command) -> list[float]:
    counts: dict[str, int] = {}
    for happening in trace:
        if isinstance(happening.what, PublishStatus):
            counts |= {c.name: c.restart_count for c in _containers(happening.what.status)}
    names = command.words or tuple(counts)
    return [float(counts[name]) for name in names]


_QUESTIONS: dict[str, Callable[[list[Happening], Command], list[float]]] = {
    "starts": _starts,
    "exits": _exits,
    "waits": _waits,
    "kills": _kills,
    "probes": _probes,
    "shown": _shown,
    "restarts": _restarts,
}


def _container_of(happening: Happening) -> str:
    what = happening.what
    if isinstance(what, StartContainer | RunProbe | RunHook | SendSignal | PublishEvent):
        return what.container
    return "" if isinstance(what, PublishStatus | PodFinished) else happening.container or "-"


def _containers(status: PodStatus) -> Iterable[ContainerStatus]:
    yield from status.init_container_statuses or ()
    yield from status.container_statuses or ()


def status_lines(status: PodStatus, *, conditions: bool = False) -> Iterable[str]:
    """What kubectl would tell of a pod."""
    yield " ".join(text for text in (status.phase, status.reason, status.message) if text)
    for container in _containers(status):
        parts = [f"{container.name}: {_state(container.state)}"]
        if container.state.running is not None:
            parts.append("started" if container.started else "not started")
        parts.append("ready" if container.ready else "not ready")
        parts.append(f"restartCount {container.restart_count}")
        if container.last_state.terminated is not None:
            parts.append(f"last {_state(container.last_state)}")
        yield ", ".join(parts)
    if conditions:
        for condition in status.conditions or ():
            rest = " ".join(text for text in (condition.reason, condition.message) if text)
            yield f"{condition.type} {condition.status} {rest}".rstrip()


def _state(state: ContainerState) -> str:
    if state.running is not None:
        return "running"
    if state.terminated is not None:
        ended = state.terminated
        return f"terminated {ended.reason} {ended.exit_code} {ended.message}".rstrip()
    if state.waiting is not None:
        return f"waiting {state.waiting.reason} {state.waiting.message}".rstrip()
    return "unknown"
