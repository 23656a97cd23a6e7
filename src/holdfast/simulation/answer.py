"""Answers what a rule asks the kubelet model: when does this pod's container end, if it behaves so?

Rules: everything else of the pod is well. Phases of probes decide, so that a hazard is shown by the
first of twenty seeds that has one, and told as that seed has it; a change must hold in all of them.
The answer is exact for what was asked and says nothing about what was not.
"""

from collections.abc import Mapping
from functools import partial

import msgspec

from holdfast.kubelet.behaviour import Behaviour
from holdfast.model.hazard import HazardReplay
from holdfast.model.pod import Pod, PodSpec
from holdfast.simulation.bare_pod import bare_names, bare_spec
from holdfast.simulation.behaviours import Behaviours
from holdfast.simulation.certain import certainly_runs_on
from holdfast.simulation.refusals import METADATA, Refusals
from holdfast.simulation.replay import Telling, replay
from holdfast.simulation.scenario import Scenario
from holdfast.simulation.seeds import Seeds
from holdfast.simulation.subject import Subject
from holdfast.simulation.workload import Workload

SEEDS = 20
_TELLING = Telling(restarts_only=True)


class Question(msgspec.Struct, frozen=True):
    """What the process of one container does, for so many seconds, and how that is said.

    `behaves` is its part of a workload (docs/workloads.md).
    """

    container: str
    behaves: Mapping[str, object]
    told: str
    seconds: float


class _Shown(msgspec.Struct, frozen=True):
    """What one replay shows."""

    restarts: int
    first_restart: float | None


class Answers:
    """Asks under one version of the kubelet; the same question about the same pod is asked once."""

    def __init__(self, kubelet: Behaviour) -> None:
        """Nothing was asked yet."""
        self._kubelet = kubelet
        self._behaviours = Behaviours()
        self._refusals = Refusals(kubelet)
        self._known: dict[bytes, Seeds[_Shown]] = {}

    def answer(
        self, question: Question, before: PodSpec, after: PodSpec | None
    ) -> HazardReplay | None:
        """The replays of a pod before and after a change; None for a pod the API would refuse.

        Raises WorkloadError for what is no workload.
        """
        if self._refusals.of_either(before, after):
            return None
        seed, shown = self._seeds(question, before).first(lambda one: one.restarts > 0)
        mended = self._seeds(question, after).all() if after is not None else []
        return HazardReplay(
            told=question.told,
            seconds=question.seconds,
            version=str(self._kubelet.version),
            seed=seed,
            first_end=shown.first_restart,
            restarts_before=shown.restarts,
            restarts_after=max((one.restarts for one in mended), default=None),
        )

    def _seeds(self, question: Question, spec: PodSpec) -> Seeds[_Shown]:
        """A single one where all of them show the same."""
        work = self._behaviours.read(question.behaves)
        name = bare_names(spec).get(question.container, "")
        bare = bare_spec(spec, {question.container: work})
        key = msgspec.msgpack.encode((bare, name, question.behaves, question.seconds))
        if key not in self._known:
            scenario = Scenario(
                subject=Subject("Pod", Pod(METADATA, bare)),
                workload=Workload(containers={name: work}),
                behaviour=self._kubelet,
                seconds=question.seconds,
            )
            count = 1 if certainly_runs_on(bare, name, work) else SEEDS
            self._known[key] = Seeds(count, partial(_replayed, scenario))
        return self._known[key]


def _replayed(scenario: Scenario, seed: int) -> _Shown:
    measured = replay(scenario, seed, _TELLING).measured
    return _Shown(measured.restarts, measured.first_restart)
