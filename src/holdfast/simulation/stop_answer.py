"""Answers what a rule asks about an end: a pod is deleted, or its process hangs; how does it end?

Rules: the pod has run for a while then, and everything else of it is well. A hazard is shown by the
first of a few seeds in which SIGKILL ends the container, or nothing does, and told as that seed has
it; of a change the worst of all seeds is told.
"""

from functools import partial

import msgspec

from holdfast.kubelet.behaviour import Behaviour
from holdfast.model.hazard import ContainerEnd, StopReplay
from holdfast.model.pod import Pod, PodSpec
from holdfast.model.stop_question import StopQuestion
from holdfast.simulation.bare_pod import bare_names, bare_spec
from holdfast.simulation.behaviours import Behaviours
from holdfast.simulation.driver import Happening, Simulation
from holdfast.simulation.process import End
from holdfast.simulation.refusals import METADATA, Refusals
from holdfast.simulation.scenario import Scenario, workloads_of
from holdfast.simulation.seeds import Seeds
from holdfast.simulation.streams import Streams
from holdfast.simulation.subject import Subject
from holdfast.simulation.surroundings import Surroundings
from holdfast.simulation.workload import Workload

_SEEDS = 5
# Beyond the grace period: a liveness probe has to notice a hang first.
_WATCHED_SECONDS = 900.0
# What comes after the end is not asked for.
_STEP_SECONDS = 30.0


class StopAnswers:
    """Asks under one version of the kubelet; the same question about the same pod is asked once."""

    def __init__(self, kubelet: Behaviour) -> None:
        """Nothing was asked yet."""
        self._kubelet = kubelet
        self._behaviours = Behaviours()
        self._refusals = Refusals(kubelet)
        self._known: dict[bytes, Seeds[ContainerEnd]] = {}

    def answer(
        self, question: StopQuestion, before: PodSpec, after: PodSpec | None
    ) -> StopReplay | None:
        """The end before and after a change; None for a pod that the API would refuse.

        Raises WorkloadError for what is no workload.
        """
        if self._refusals.of_either(before, after):
            return None
        seed, shown = self._seeds(question, before).first(_is_bad)
        mended = self._seeds(question, after).all() if after is not None else []
        return StopReplay(
            told=question.told,
            version=str(self._kubelet.version),
            seed=seed,
            before=shown,
            after=max(mended, key=_badness, default=None),
        )

    def _seeds(self, question: StopQuestion, spec: PodSpec) -> Seeds[ContainerEnd]:
        names = bare_names(spec)
        works = {name: self._behaviours.read(one) for name, one in question.behaves.items()}
        bare = bare_spec(spec, works)
        asked = StopQuestion(
            names[question.container],
            "",
            {names[name]: one for name, one in question.behaves.items()},
            question.at_seconds,
            question.deleted,
        )
        key = msgspec.msgpack.encode((bare, asked))
        if key not in self._known:
            scenario = Scenario(
                subject=Subject("Pod", Pod(METADATA, bare)),
                workload=Workload(containers={names[name]: one for name, one in works.items()}),
                behaviour=self._kubelet,
                seconds=question.at_seconds + spec.grace_seconds + _WATCHED_SECONDS,
            )
            self._known[key] = Seeds(_SEEDS, partial(_end, scenario, asked))
        return self._known[key]


def _is_bad(end: ContainerEnd) -> bool:
    return end.is_killed or end.exit_code is None


def _badness(end: ContainerEnd) -> tuple[bool, bool, float]:
    """No end is the worst, then SIGKILL, then a late one."""
    return (end.exit_code is None, end.is_killed, end.seconds)


def _end(scenario: Scenario, question: StopQuestion, seed: int) -> ContainerEnd:
    """The first end of the container after the pod has run for a while."""
    draw = Streams(seed)
    start = draw("phase")
    asked_at, until = start + question.at_seconds, start + scenario.seconds
    ends: list[End] = []

    def watch(happening: Happening) -> None:
        what = happening.what
        named = happening.container == question.container
        if named and isinstance(what, End) and what.at >= asked_at:
            ends.append(what)

    around = Surroundings(behaviour=scenario.behaviour)
    simulation = Simulation(
        draw, watch, surroundings=around, start=start, tells_probes=False, tells_events=False
    )
    pod = scenario.subject.pod
    run = simulation.add_pod(pod, scenario.behaviour, workloads_of(scenario, scenario.subject))
    simulation.run(asked_at)
    if question.deleted:
        simulation.delete(run, float(pod.spec.grace_seconds))
    now = asked_at
    while not ends and now < until:
        now = min(now + _STEP_SECONDS, until)
        simulation.run(now)
    if not ends:
        return ContainerEnd(None, until - asked_at)
    return ContainerEnd(ends[0].exit_code, ends[0].at - asked_at)
