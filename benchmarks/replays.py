"""What replays of the kubelet machine cost: pod-days per CPU second, beside the same toy in SimPy.

Rules: all numbers of a table are measured in one run, alternating, the least of several rounds
each: other work on the machine only ever adds. CPU time of this process.
"""

import importlib.util
import time
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from benchmarks import simpy_toy
from holdfast.kubelet.behaviour import NEWEST, behaviour_of
from holdfast.model.container import Container, HttpGetAction, Probe
from holdfast.model.duration import Duration
from holdfast.model.metadata import Metadata
from holdfast.model.pod import Pod, PodSpec
from holdfast.simulation.distribution import constant, log_normal
from holdfast.simulation.driver import Simulation
from holdfast.simulation.measure import Tally
from holdfast.simulation.prove import prove
from holdfast.simulation.streams import Streams
from holdfast.simulation.subject import Subject
from holdfast.simulation.trial import Trial
from holdfast.simulation.workload import Answer, ContainerWorkload, Exit, Start, Workload

_DAY = 86400.0
_ROUNDS = 3
# docs: design budget of a proof
_PROOF_SEEDS = 200
_PROOF_SECONDS = 10.0
_PROBE = Probe(http_get=HttpGetAction(port=80))
_KUBELET = behaviour_of(NEWEST)
_TOY_LIFE = 3600.0


class Case(NamedTuple):
    """A pod and what its container does."""

    name: str
    pod: Pod
    work: ContainerWorkload


def main() -> None:
    """Print the tables."""
    _print_proof()
    _print_whole_proofs()
    _print_probes()
    _print_pods()
    _print_toy()


def _print_proof() -> None:
    """200 seeds of a day, extrapolated from a few."""
    print(f"\n{_PROOF_SEEDS} seeds of 24 h")
    probed = _pod(liveness_probe=_PROBE, readiness_probe=_PROBE)
    failing: dict[str, tuple[Answer, ...]] = {"*": (Answer(begin=Duration(60.0), code=500),)}
    late = log_normal(0.1, 0.9)
    cases = (
        Case("healthy pod, 2 probes", probed, ContainerWorkload()),
        Case("answers late by chance", probed, ContainerWorkload(latency=late)),
        Case("never ready, 1 probe", _pod(readiness_probe=_PROBE), ContainerWorkload(ports=())),
        Case("crash loop, lives of 3 s", _pod(), _crashing(3.0)),
        Case("liveness kills every 90 s", probed, ContainerWorkload(answers=failing)),
    )
    for case in cases:
        day = _least([lambda case=case: _replay(case, _DAY)])[0]  # type: ignore[misc]
        total = day * _PROOF_SEEDS
        verdict = "met" if total <= _PROOF_SECONDS else "NOT MET"
        print(
            f"  {case.name:28} {day * 1000:7.1f} ms a day  {1 / day:7.0f} pod-days/s"
            f"  {total:6.1f} s  budget {_PROOF_SECONDS:.0f} s {verdict}"
        )


def _print_whole_proofs() -> None:
    """Everything that `holdfast prove` does: both sides, a hang, and faults that end."""
    print("\nWhole proofs, CPU s: at most 200 seeds of 24 h of each side, fewer before")
    asked = Probe(http_get=HttpGetAction(port=80), period_seconds=5)
    patient = msgspec.structs.replace(asked, failure_threshold=30)
    late = msgspec.structs.replace(asked, timeout_seconds=3)
    slow = ContainerWorkload(start=Start(wall=constant(60.0)))
    cases = (
        ("slow start, startup probe", _pod(liveness_probe=asked, startup_probe=patient), slow),
        ("late answers, timeout", _pod(liveness_probe=late), _answering(2.0)),
        ("crash loop, no remedy", _pod(liveness_probe=late), _crashing(3.0)),
    )
    for name, after, work in cases:
        before = Subject("Pod", _pod(liveness_probe=asked))
        trial = Trial(before, Subject("Pod", after), ("app0",), _KUBELET)
        workload = Workload(containers={"app0": work})
        begin = time.process_time()
        proof = prove(trial, workload, "")
        seconds = time.process_time() - begin
        verdict = "met" if seconds <= _PROOF_SECONDS else "NOT MET"
        seeds = f"{proof.seeds_before:3} and {proof.seeds_after:3} seeds"
        print(f"  {name:28} {seconds:6.1f} s  {seeds}  budget {_PROOF_SECONDS:.0f} s {verdict}")


def _print_probes() -> None:
    """A healthy pod with more and more probes: its first hour, and each hour after that."""
    print("\nA healthy pod, ms per hour")
    print(
        f"  {'probes':>6}  {'the first':>9}  {'later ones':>10}  {'every probe':>11}  {'ratio':>6}"
    )
    for containers, kinds in ((1, 0), (1, 1), (1, 3), (2, 3)):
        case = Case("", _pod(containers=containers, kinds=kinds), ContainerWorkload())
        first, day, full = _least(
            [
                lambda case=case: _replay(case, 3600.0),  # type: ignore[misc]
                lambda case=case: _replay(case, _DAY),  # type: ignore[misc]
                lambda case=case: _replay(case, 3600.0, skips=False),  # type: ignore[misc]
            ]
        )
        later = (day - first) / 23.0
        print(
            f"  {containers * kinds:6}  {first * 1000:9.2f}  {later * 1000:10.3f}"
            f"  {full * 1000:11.2f}  x{full / first:5.1f}"
        )


def _print_pods() -> None:
    """An hour of several healthy pods side by side."""
    print("\nHealthy pods side by side, two probes each, ms per hour")
    print(f"  {'pods':>6}  {'passed over':>11}  {'every probe':>11}  {'ratio':>6}")
    case = Case("", _pod(liveness_probe=_PROBE, readiness_probe=_PROBE), ContainerWorkload())
    for pods in (1, 3, 10):
        skipped, full = _least(
            [
                lambda pods=pods: _replay(case, 3600.0, pods=pods),  # type: ignore[misc]
                lambda pods=pods: _replay(case, 3600.0, pods=pods, skips=False),  # type: ignore[misc]
            ]
        )
        ratio = full / skipped
        print(f"  {pods:6}  {skipped * 1000:11.2f}  {full * 1000:11.2f}  x{ratio:5.1f}")


def _print_toy() -> None:
    """A container with two probes that ends every hour, in both worlds."""
    print("\nA day of a pod that ends every hour, two probes of 10 s")
    case = Case("", _pod(liveness_probe=_PROBE, readiness_probe=_PROBE), _crashing(_TOY_LIFE))
    if importlib.util.find_spec("simpy") is None:
        print("  not measured: pip install simpy")
        return
    ours, full, toy = _least(
        [
            lambda: _replay(case, _DAY),
            lambda: _replay(case, _DAY, skips=False),
            lambda: simpy_toy.ends_in(_DAY, _TOY_LIFE),
        ]
    )
    ends = _replay(case, _DAY)
    expected = simpy_toy.ends_in(_DAY, _TOY_LIFE)
    if abs(ends - expected) > 1:
        raise RuntimeError(f"two worlds: {ends} and {expected} ends")
    for name, seconds in (
        ("SimPy, probes and restarts only", toy),
        ("the machine, every probe", full),
        ("the machine, passing over", ours),
    ):
        ratio = toy / seconds
        print(f"  {name:32} {seconds * 1000:7.1f} ms  {1 / seconds:7.0f} pod-days/s  x{ratio:5.2f}")


def _replay(case: Case, seconds: float, *, skips: bool = True, pods: int = 1) -> int:
    """How often the containers ended."""
    tally = Tally(pods, 0.0)
    world = Simulation(Streams(1), tally.watch, skips=skips)
    work = {container.name: case.work for container in case.pod.spec.containers}
    for number in range(pods):
        metadata = Metadata(name=f"{case.pod.metadata.name}-{number}", uid=f"u{number}")
        world.add_pod(msgspec.structs.replace(case.pod, metadata=metadata), _KUBELET, work)
    world.run(seconds)
    return sum(tally.finish(seconds).ends.values())


def _least(actions: list[Callable[[], object]]) -> list[float]:
    """CPU seconds of each, the least of some rounds."""
    found = [float("inf")] * len(actions)
    for _ in range(_ROUNDS):
        for i, action in enumerate(actions):
            begin = time.process_time()
            action()
            found[i] = min(found[i], time.process_time() - begin)
    return found


def _answering(seconds: float) -> ContainerWorkload:
    return ContainerWorkload(answers={"*": (Answer(latency=constant(seconds)),)})


def _crashing(seconds: float) -> ContainerWorkload:
    return ContainerWorkload(exits=(Exit(after=constant(seconds), code=1),))


def _pod(containers: int = 1, kinds: int = 0, **probes: Probe) -> Pod:
    names = ("liveness_probe", "readiness_probe", "startup_probe")[:kinds]
    fields = {**dict.fromkeys(names, _PROBE), **probes}
    plain = Container(name="app", image="app:1")
    spec = tuple(
        msgspec.structs.replace(plain, name=f"app{i}", **fields) for i in range(containers)
    )
    return Pod(metadata=Metadata(name="web", uid="u"), spec=PodSpec(containers=spec))


if __name__ == "__main__":
    main()
