"""Tests a claim by replay: the pod as it is, with a process that does what the claim says.

Rules: a claim predicts how often the container was restarted, how long it lived, with which code
it ended and how long it was kept waiting. What was observed must lie inside what replays with many
seeds show at the same age. Only the status is compared, because events expire. A container may have
behaved otherwise before: fewer restarts than predicted contradict nothing. A loop is replayed until
its back-off stands still; what follows repeats, and its restarts are counted on at the same rate.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from holdfast.kubelet.behaviour import Behaviour
from holdfast.kubelet.inputs import ProbeKind
from holdfast.kubelet.outputs import PublishStatus
from holdfast.kubelet.probing import probe_of
from holdfast.model.agreement import Agreement, Comparison, Fact
from holdfast.model.container import Container
from holdfast.model.finding import Finding
from holdfast.model.instant import parse_instant
from holdfast.model.pod import Pod, PodStatus
from holdfast.model.verdict import Mechanism, Verdict
from holdfast.simulation.driver import Happening, Simulation
from holdfast.simulation.hypothesis import Hypothesis, hypothesis_of
from holdfast.simulation.latency import Latency
from holdfast.simulation.observation import Observation, observe
from holdfast.simulation.streams import ExtremeStreams
from holdfast.simulation.surroundings import Surroundings

SEEDS = 40
# Claims further down have too little evidence to be the answer.
_MOST_CLAIMS = 6
LONGEST_SECONDS = 86400.0
# Back-offs double from 10 s to 300 s in 610 s and some lives; then a loop repeats (kubelet.md 4).
# The second half of this time and of so many lives is steady.
_STEADY_SECONDS = 7200.0
_STEADY_LIVES = 24
# pkg/kubelet/volumemanager: podAttachAndMountRetryInterval. The kubelet looks for mounted volumes
# this often before it makes the probe workers; local volumes are there at the first look.
_MOUNT_SECONDS = (0.3, 0.6)
# What replays sampled lies a little inside of what is possible.
_WIDER = 0.1
# A second of truncation on either side (kubelet.md 0.3).
_TRUNCATION = 1.0
# In a shorter period, whole seconds tell nothing.
_SHORTEST_PERIOD_SECONDS = 3
# A state that fewer replays than this show is not expected.
_RARE_SHARE = 0.05


class _Shown(NamedTuple):
    """One replay: the container in the end, and its restarts at the age of the real one."""

    end: Observation
    restarts: float
    whole: bool
    """Whether the replay went up to that age."""


def agreements_of(
    finding: Finding, pod: Pod, at: float, kubelet: Behaviour
) -> dict[str, Agreement]:
    """The tests of a finding's foremost claims, by cause, where a replay can test them.

    `at` is when the pod was read, in seconds since 1970.
    """
    subject = finding.subject
    spec = next((m.spec for m in pod.members() if m.name == subject.container and m.spec), None)
    created = parse_instant(pod.status.start_time)
    if spec is None or created is None:
        return {}
    seen = observe(pod.status, subject.container, created, at)
    if seen is None:
        return {}
    found = {}
    for verdict in finding.verdicts[:_MOST_CLAIMS]:
        agreement = agreement_of(pod, spec, verdict, seen, kubelet)
        if agreement is not None:
            found[verdict.cause] = agreement
    return found


def agreement_of(
    pod: Pod, spec: Container, verdict: Verdict, seen: Observation, kubelet: Behaviour
) -> Agreement | None:
    """The test of one claim; None where a replay of this pod cannot test it."""
    middle = hypothesis_of(pod, spec, verdict, seen)
    if middle is None or seen.at <= seen.created:
        return None
    shown = list(_replays(pod, spec, verdict, seen, kubelet))
    if not shown:
        return None
    return Agreement(
        middle.told,
        middle.assumes,
        SEEDS,
        str(kubelet.version),
        tuple(_compare(spec, verdict, seen, shown)),
    )


def _replays(
    pod: Pod, spec: Container, verdict: Verdict, seen: Observation, kubelet: Behaviour
) -> Iterator[_Shown]:
    for seed in range(SEEDS):
        share = seed / (SEEDS - 1)
        hypothesis = hypothesis_of(pod, spec, verdict, seen, share)
        if hypothesis is None:
            return
        found = _replay(pod, spec.name, hypothesis, seen, kubelet, seed)
        if found is not None:
            yield found


def _replay(
    pod: Pod,
    container: str,
    hypothesis: Hypothesis,
    seen: Observation,
    kubelet: Behaviour,
    seed: int,
) -> _Shown | None:
    """The container at the age at which the real one was seen, or in the loop it had come to."""
    latest: list[PodStatus] = []

    def watch(happening: Happening) -> None:
        if isinstance(happening.what, PublishStatus):
            latest[:] = [happening.what.status]

    draw = ExtremeStreams(seed)
    low, high = _MOUNT_SECONDS
    created = seen.created + draw("phase")
    simulation = Simulation(
        draw,
        watch,
        latency=Latency(),
        surroundings=Surroundings(behaviour=kubelet),
        start=created + low + (high - low) * draw("mount"),
    )
    simulation.add_pod(pod, kubelet, {container: hypothesis.workload})
    age = seen.at - seen.created
    span = min(age, _steady_after(seen))
    found: list[Observation | None] = []
    for at in (seen.created + span / 2, seen.created + span):
        simulation.run(at)
        found.append(observe(latest[0], container, float(int(created)), at) if latest else None)
    half, end = found
    if end is None:
        return None
    before = half.restarts if half is not None else 0
    later = (end.restarts - before) * (age - span) / (span / 2)
    return _Shown(end, end.restarts + later, whole=span == age)


def _steady_after(seen: Observation) -> float:
    """After so many seconds a loop of such lives goes on as it is; the whole age at most."""
    lives = [seen.last.uptime_seconds] if seen.last is not None else []
    if seen.running_since is not None:
        lives.append(seen.at - seen.running_since)
    longest = max((life for life in lives if life is not None), default=0.0)
    return min(LONGEST_SECONDS, _STEADY_SECONDS + _STEADY_LIVES * longest)


def _compare(
    spec: Container, verdict: Verdict, seen: Observation, replays: Sequence[_Shown]
) -> Iterator[Comparison]:
    yield _restarts(seen.restarts, [replay.restarts for replay in replays])
    shown = [replay.end for replay in replays]
    last = seen.last
    if last is not None:
        codes = [one.last.exit_code for one in shown if one.last is not None]
        yield _category(Fact.CODE, str(last.exit_code), map(str, codes))
        reasons = [one.last.reason for one in shown if one.last is not None]
        if last.reason:
            yield _category(Fact.REASON, last.reason, reasons)
        uptimes = [one.last.uptime_seconds for one in shown if one.last is not None]
        yield from _interval(Fact.UPTIME, last.uptime_seconds, uptimes)
    as_far = [replay.end for replay in replays if _as_far(seen, replay)]
    yield from _interval(Fact.PAUSE, seen.pause_seconds, [one.pause_seconds for one in as_far])
    if seen.back_off_seconds is not None:
        waits = {str(one.back_off_seconds) for one in as_far}
        if waits:
            text = str(seen.back_off_seconds)
            yield Comparison(Fact.BACK_OFF, _listed(waits), text, text in waits)
    yield from _phase(spec, verdict, seen, shown)


def _restarts(observed: int, predicted: Sequence[float]) -> Comparison:
    """More restarts than any replay has contradict the claim; fewer say that it began later."""
    low, high = math.floor(min(predicted)), math.ceil(max(predicted))
    holds: bool | None = low <= observed <= high
    if observed < low:
        holds = None
    return Comparison(Fact.RESTARTS, _range(low, high), str(observed), holds)


def _category(fact: Fact, observed: str, predicted: Iterable[str]) -> Comparison:
    counted = Counter(predicted)
    share = counted[observed] / max(1, counted.total())
    return Comparison(fact, _listed(counted), observed, share >= _RARE_SHARE)


def _interval(
    fact: Fact, observed: float | None, predicted: Iterable[float | None]
) -> Iterator[Comparison]:
    known = [value for value in predicted if value is not None]
    if observed is None or not known:
        return
    low, high = min(known), max(known)
    slack = _TRUNCATION + _WIDER * (high - low)
    holds = low - slack <= observed <= high + slack
    yield Comparison(fact, _range(low, high), f"{observed:.0f}", holds)


def _as_far(seen: Observation, replay: _Shown) -> bool:
    """A back-off depends on how many went before, until it stands still."""
    if replay.whole:
        return replay.end.restarts == seen.restarts
    return replay.end.restarts <= seen.restarts


def _phase(
    spec: Container, verdict: Verdict, seen: Observation, shown: Sequence[Observation]
) -> Iterator[Comparison]:
    """Where in the period of its probe the container ended (kubelet.md 1.2: ticks never move)."""
    probe = probe_of(spec, ProbeKind(str(verdict.parameters.get("probe", "liveness"))))
    if verdict.mechanism is not Mechanism.PROBE_KILL or probe is None:
        return
    if probe.period < _SHORTEST_PERIOD_SECONDS:
        return
    observed = _offset(seen, probe.period)
    offsets = Counter(_offset(one, probe.period) for one in shown)
    del offsets[None]
    if observed is None or not offsets:
        return
    share = offsets[observed] / offsets.total()
    text = _listed(f"{offset}" for offset in sorted(o for o in offsets if o is not None))
    yield Comparison(Fact.PHASE, text, str(observed), share >= _RARE_SHARE, share)


def _offset(seen: Observation, period: int) -> int | None:
    last = seen.last
    if last is None or last.finished is None:
        return None
    return math.floor(last.finished - seen.created) % period


def _range(low: float, high: float) -> str:
    return f"{low:.0f}" if round(low) == round(high) else f"{low:.0f} to {high:.0f}"


def _listed(values: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(values)) or "none"
