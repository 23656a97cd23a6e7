"""A rehearsal as lines of text, where there is no terminal: what happened, and when.

Rules: seconds since the beginning, then the container, then what; probes are told when their answer
changes, because a healthy pod would else fill the page.
"""

from collections.abc import Callable

from holdfast.kubelet.inputs import Outcome
from holdfast.kubelet.outputs import PublishEvent, PublishStatus, SendSignal
from holdfast.model.container import ContainerStatus
from holdfast.model.pod import PodStatus
from holdfast.model.printable import printable
from holdfast.rehearsal.pod_rehearsal import PodRehearsal
from holdfast.rehearsal.seen import Began, Ended, Hooked, OverLimit, Probed, Seen, Wanted, Wrote
from holdfast.rehearsal.stage import Stage

_MILLI = 1000


class PlainLog:
    """Writes a line for everything that somebody wants to know."""

    def __init__(self, write: Callable[[str], None]) -> None:
        """`write` gets each line, without its end."""
        self._write = write
        self._begun = 0.0
        self._answers: dict[tuple[str, str], Outcome] = {}
        self._states: dict[str, str] = {}
        self._phase = ""

    def announce(self, stage: Stage, pod: PodRehearsal) -> None:
        """What is rehearsed, and what this computer cannot promise."""
        self._begun = pod.clock.now()
        for line in announcement(stage):
            self._write(line)

    def watch(self, now: float, what: Seen) -> None:
        """Something has happened."""
        if isinstance(what, Wanted):
            self._wanted(now, what)
        elif isinstance(what, Wrote):
            self._line(now, what.container, f"| {what.line}")
        elif isinstance(what, Began):
            self._line(now, what.container, f"life {what.number + 1}: {' '.join(what.command)}")
        elif isinstance(what, Ended):
            memory = ", killed for memory" if what.oom else ""
            self._line(now, what.container, f"ended with {what.exit_code}{memory}")
        elif isinstance(what, OverLimit):
            self._line(now, what.container, str(what))
        elif isinstance(what, Hooked):
            result = what.error or "done"
            text = f"{what.kind.value} hook after {what.seconds:.2f}s: {result}"
            self._line(now, what.container, text)
        elif isinstance(what, Probed):
            self._probed(now, what)

    def close(self) -> None:
        """Every line is written already."""

    def _wanted(self, now: float, what: Wanted) -> None:
        output = what.output
        if isinstance(output, PublishEvent):
            times = f" (x{output.count})" if output.count > 1 else ""
            text = f"{output.type} {output.reason}: {output.message}{times}"
            self._line(now, output.container, text)
        elif isinstance(output, PublishStatus):
            self._status(now, output.status)
        elif isinstance(output, SendSignal):
            self._line(now, output.container, f"SIG{output.signal}")

    def _status(self, now: float, status: PodStatus) -> None:
        if status.phase != self._phase:
            self._phase = status.phase
            self._line(now, "", f"pod is {status.phase}")
        inits, apps = status.init_container_statuses or (), status.container_statuses or ()
        for container in (*inits, *apps):
            state = state_of(container)
            if self._states.get(container.name) != state:
                self._states[container.name] = state
                self._line(now, container.name, f"is {state}")

    def _probed(self, now: float, what: Probed) -> None:
        key = (what.container, what.kind.value)
        if self._answers.get(key) is what.reply.outcome:
            return
        self._answers[key] = what.reply.outcome
        text = f"{what.kind.value} probe: {what.reply.outcome.value}, {what.seconds * _MILLI:.0f}ms"
        self._line(now, what.container, text)

    def _line(self, now: float, container: str, text: str) -> None:
        self._write(f"{now - self._begun:8.2f}s  {container:<12}  {printable(text)}")


def announcement(stage: Stage) -> list[str]:
    """What is rehearsed, in a few lines."""
    plan = stage.plan
    name, version = plan.pod.metadata.name, plan.behaviour.version
    at = f"seed {plan.seed}, at {stage.network.pod_ip}"
    lines = [f"rehearsing pod {name} under Kubernetes {version}, {at}"]
    if plan.behaviour.note:
        lines.append(plan.behaviour.note)
    lines.extend(f"not as in a cluster: {loss}" for loss in stage.losses)
    return lines


def state_of(container: ContainerStatus) -> str:
    """One word or two: "ready", "waiting CrashLoopBackOff", "ended 137 OOMKilled"."""
    state = container.state
    if state.running is not None:
        if container.ready:
            return "ready"
        return "running, not ready" if container.started else "running, not started"
    if state.terminated is not None:
        return f"ended {state.terminated.exit_code} {state.terminated.reason}"
    return f"waiting {state.waiting.reason}" if state.waiting is not None else "waiting"
