"""What rules ask the kubelet model, and what its answers mean for a fix.

Rules: the model is imported with the first question: most runs have none, and it would be a quarter
of their start.
"""

from typing import TYPE_CHECKING

import msgspec

from holdfast.kubelet.behaviour import Behaviour
from holdfast.lint.pods import ContainerSubject, PodSubject
from holdfast.lint.problem import Problem, Replay, Stop
from holdfast.model.hazard import HazardReplay, StopReplay
from holdfast.model.pod import PodSpec

if TYPE_CHECKING:
    from holdfast.simulation.answer import Answers
    from holdfast.simulation.stop_answer import StopAnswers


class Shown(msgspec.Struct, frozen=True):
    """What replays show, and why the fix does not hold in them; "" where it does."""

    replayed: HazardReplay | StopReplay | None
    refuted: str = ""


class Model:
    """The kubelet model as rules ask it."""

    def __init__(self, kubelet: Behaviour) -> None:
        """Under which version of the kubelet."""
        self._kubelet = kubelet
        self._answers: Answers | None = None
        self._stop_answers: StopAnswers | None = None

    def ask(self, problem: Problem, pod: PodSubject, after: PodSpec | None) -> Shown:
        """What a problem asks about its pod; `after` is that with the fix."""
        asked = problem.replay
        if isinstance(asked, Replay):
            subject = problem.subject
            name = subject.name if isinstance(subject, ContainerSubject) else ""
            return self._restarts(name, asked, pod.spec, after)
        if isinstance(asked, Stop):
            return self._end(asked, pod.spec, after if asked.fix_is_replayed else None)
        return Shown(None)

    def _restarts(
        self, container: str, asked: Replay, before: PodSpec, after: PodSpec | None
    ) -> Shown:
        from holdfast.simulation.answer import Answers, Question

        if self._answers is None:
            self._answers = Answers(self._kubelet)
        question = Question(container, asked.container, asked.told, asked.seconds)
        replayed = self._answers.answer(question, before, after)
        if replayed is None or not replayed.restarts_after:
            return Shown(replayed)
        times = replayed.restarts_after
        return Shown(replayed, f"replayed with it, the container still ends {times} times")

    def _end(self, asked: Stop, before: PodSpec, after: PodSpec | None) -> Shown:
        from holdfast.simulation.stop_answer import StopAnswers

        if self._stop_answers is None:
            self._stop_answers = StopAnswers(self._kubelet)
        replayed = self._stop_answers.answer(asked, before, after)
        if replayed is None or replayed.after is None:
            return Shown(replayed)
        end = replayed.after
        if asked.deleted and (end.is_killed or end.exit_code is None):
            return Shown(replayed, "replayed with it, the container still gets SIGKILL")
        if not asked.deleted and end.seconds >= replayed.before.seconds:
            return Shown(replayed, "replayed with it, the container ends no sooner")
        return Shown(replayed)
