"""Short stories for tests: the commands of transcripts, from Python.

    story("containers: [{name: app}]", "containers: {app: {exits: {after: 3s}}}", until=100)

Rules: numbers are those of worked examples (`world.WORKED_EXAMPLE`) unless a test says otherwise.
"""

from collections.abc import Iterable
from textwrap import dedent

from tests.kubelet.interpreter import Interpreter
from tests.kubelet.transcript import Step

from holdfast.kubelet.machine import PodMachine
from holdfast.kubelet.outputs import PublishEvent, PublishStatus
from holdfast.model.pod import PodStatus


class Story(Interpreter):
    """A story that goes on: `tell` a command, `ask` for numbers."""

    def tell(self, line: str, body: str = "") -> str:
        """One command of a transcript."""
        return self.perform(Step(line, dedent(body).strip("\n"), "", 0))

    def ask(self, line: str) -> list[float]:
        """The numbers that a question gives, cut to hundredths."""
        text = self.tell(line)
        return [] if text == "none" else [float(number) for number in text.split(", ")]

    def messages(self, reason: str) -> list[str]:
        """The texts of all events of a reason, in order."""
        return [
            happening.what.message
            for happening in self.world.trace
            if isinstance(happening.what, PublishEvent) and happening.what.reason == reason
        ]

    @property
    def statuses(self) -> list[PodStatus]:
        """Every status that was published."""
        happenings: Iterable[object] = (happening.what for happening in self.world.trace)
        return [what.status for what in happenings if isinstance(what, PublishStatus)]

    @property
    def status(self) -> PodStatus:
        """The last one."""
        return self.statuses[-1]

    @property
    def machine(self) -> PodMachine:
        """The machine itself, where a test has to look inside."""
        return self.world.machine


def story(
    spec: str,
    workload: str = "containers: {}",
    *,
    until: float,
    kubelet: str = "1.36",
    latency: str = "",
    chance: str = "",
    at: float = 0.0,
) -> Story:
    """A pod and what it does, up to a moment."""
    told = Story()
    told.tell(f"kubelet {kubelet}")
    if latency:
        told.tell(f"latency {latency}")
    if chance:
        told.tell(f"chance {chance}")
    told.tell("workload", workload)
    told.tell(f"pod at={at}", spec)
    told.tell(f"run {until}")
    return told


def two_stories(
    versions: tuple[str, ...], spec: str, workload: str, *, until: float
) -> list[Story]:
    """The same pod under kubelets of several versions."""
    return [story(spec, workload, kubelet=version, until=until) for version in versions]
