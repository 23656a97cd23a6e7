"""Measurements: what they find in series, and the workload file that the simulator reads."""

import random

import pytest
import yaml

from holdfast.kubelet.inputs import Outcome, ProbeKind
from holdfast.model.container import Container, HttpGetAction, Probe
from holdfast.model.measurement import Disposition
from holdfast.model.pod import PodKey
from holdfast.rehearsal.cgroups.group import Usage
from holdfast.rehearsal.measuring.growth import find_growth
from holdfast.rehearsal.measuring.measurements import Measurements
from holdfast.rehearsal.measuring.summarize import summarize
from holdfast.rehearsal.measuring.tell_diagnosis import measurements_for
from holdfast.rehearsal.measuring.write_workload import workload_document, write_workload
from holdfast.rehearsal.probes.reply import Reply
from holdfast.rehearsal.seen import Began, Ended, Listening, Probed, Serves, Signalled, Used
from holdfast.simulation.read_workload import read_workload
from holdfast.simulation.workload import ContainerWorkload, TermAction

MEBI = 1024.0 * 1024.0
SPEC = Container(
    name="app", liveness_probe=Probe(http_get=HttpGetAction(port=8080, path="/live?x=1"))
)


def workload_from(measurements: Measurements) -> ContainerWorkload:
    """Through the file and back."""
    text = write_workload(workload_document(measurements, [SPEC]), ["measured", "here"])
    assert text.startswith("# measured\n# here\napiVersion: ")
    return read_workload(yaml.safe_load(text), "test").containers["app"]


def a_life(measurements: Measurements, begin: float = 100.0) -> None:
    """A program starts."""
    measurements.watch(begin, Began("app", 0, ("./app",)))


@pytest.mark.parametrize("rate", [0.05, 1.0, 20.0])
def test_leak_is_found(rate: float) -> None:
    """Its rate within a few percent, through noise, from where it begins."""
    noise = random.Random(7)  # noqa: S311
    points = [
        (float(at), 50 * MEBI + max(0.0, at - 60) * rate * MEBI + noise.uniform(-0.2, 0.2) * MEBI)
        for at in range(400)
    ]

    growth = find_growth(points)

    assert growth.rate == pytest.approx(rate * MEBI, rel=0.05)
    assert growth.begin == pytest.approx(60, abs=30)
    assert growth.start == pytest.approx(50 * MEBI, rel=0.05)


@pytest.mark.parametrize("shape", ["flat", "noise", "saw", "falls", "warms up"])
def test_what_is_no_leak_is_none(shape: str) -> None:
    """Caches that fill, collectors and noise are not told as leaks."""
    noise = random.Random(3)  # noqa: S311
    values = {
        "flat": lambda _: 50.0,
        "noise": lambda _: 50.0 + noise.uniform(-10, 10),
        "saw": lambda at: 50.0 + (at % 20),
        "falls": lambda at: 200.0 - at * 0.2,
        "warms up": lambda at: 50.0 + min(at, 20.0),
    }[shape]

    growth = find_growth([(float(at), values(at) * MEBI) for at in range(300)])

    assert growth.rate == 0


def test_few_points_tell_no_growth() -> None:
    """Three values that rise are no leak."""
    assert find_growth([(0.0, 1.0), (1.0, 2.0), (2.0, 3.0)]).rate == 0


def test_start_is_told_apart_into_waiting_and_computing() -> None:
    """A CPU limit stretches the second part only."""
    measurements = Measurements()
    a_life(measurements)
    measurements.watch(105, Listening("app", 0, 8080, 5.0, 2.0))

    start = workload_from(measurements).start

    assert start.wall.at(0.5) == pytest.approx(3.0)
    assert start.cpu.at(0.5) == pytest.approx(2.0)


def test_answers_change_when_they_did() -> None:
    """A path that begins to fail does so at the same uptime in the simulation."""
    measurements = Measurements()
    a_life(measurements)
    for second in range(1, 31):
        good = second < 20
        reply = (
            Reply(Outcome.SUCCESS)
            if good
            else Reply(Outcome.FAILURE, "HTTP probe failed with statuscode: 503")
        )
        seen = Probed("app", ProbeKind.LIVENESS, reply, 0.004)
        measurements.watch(100 + second, seen)

    first, second_spell = workload_from(measurements).answers["/live"]

    assert (first.code, second_spell.code) == (200, 503)
    assert second_spell.begin.seconds == pytest.approx(20, abs=0.01)


def test_ends_of_its_own_are_exits() -> None:
    """With the durations that were seen; an end after SIGTERM is none."""
    measurements = Measurements()
    for begin, length in ((100.0, 3.0), (200.0, 4.0)):
        a_life(measurements, begin)
        measurements.watch(begin + length, Ended("app", 0, 2, oom=False))
    a_life(measurements, 300.0)
    measurements.watch(310.0, Signalled("app", 2, "TERM", Disposition.HANDLED, shell=False))
    measurements.watch(312.0, Ended("app", 2, 0, oom=False))

    workload = workload_from(measurements)

    (exit_,) = workload.exits
    assert (exit_.code, exit_.after.low, exit_.after.high) == (2, 3.0, 4.0)
    assert (workload.on_term.action, workload.on_term.code) == (TermAction.EXIT, 0)
    assert workload.on_term.after.at(0.5) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("disposition", "shell", "action"),
    [(Disposition.HANDLED, False, TermAction.IGNORE),
     (Disposition.IGNORED, False, TermAction.IGNORE),
     (Disposition.DEFAULT, False, TermAction.NO_HANDLER),
     (Disposition.DEFAULT, True, TermAction.SHELL)],
)  # fmt: skip
def test_who_was_killed_did_not_obey(
    disposition: Disposition, shell: bool, action: TermAction
) -> None:
    """Why SIGTERM had no effect is told apart, because the fix differs."""
    measurements = Measurements()
    a_life(measurements)
    measurements.watch(110.0, Signalled("app", 0, "TERM", disposition, shell))
    measurements.watch(140.0, Signalled("app", 0, "KILL", disposition, shell))
    measurements.watch(140.1, Ended("app", 0, 137, oom=False))

    assert workload_from(measurements).on_term.action is action


def test_memory_and_demand() -> None:
    """From the control group's counters."""
    measurements = Measurements()
    a_life(measurements)
    measurements.watch(100.5, Listening("app", 0, 8080, 0.5, 0.1))
    for second in range(1, 60):
        usage = Usage(int((20 + second) * MEBI), second * 0.3, second * 10, second, 0.0)
        measurements.watch(100.0 + second, Used("app", 0, usage))

    workload = workload_from(measurements)

    assert workload.memory.growth is not None
    assert workload.memory.growth.rate.at(0.5) == pytest.approx(MEBI, rel=0.02)
    assert workload.cpu.demand[0].cores == pytest.approx(0.3, rel=0.02)
    lines = summarize(measurements)
    assert any("growing by 60Mi per minute" in line for line in lines)
    assert any("held it back in 10% of the periods" in line for line in lines)


def test_what_a_start_computes_is_no_demand() -> None:
    """A program that was ended before it listened has shown nothing but its start."""
    measurements = Measurements()
    a_life(measurements)
    for second in range(1, 20):
        measurements.watch(100.0 + second, Used("app", 0, Usage(int(MEBI), float(second))))

    assert workload_from(measurements).cpu.demand == ()


def test_answers_of_a_program_that_drains_are_left_out() -> None:
    """It answers 503 because it was told to stop, which says nothing of the next life."""
    measurements = Measurements()
    a_life(measurements)
    measurements.watch(101, Probed("app", ProbeKind.LIVENESS, Reply(Outcome.SUCCESS), 0.004))
    measurements.watch(102, Signalled("app", 0, "TERM", Disposition.HANDLED, shell=False))
    failure = Reply(Outcome.FAILURE, "HTTP probe failed with statuscode: 503")
    measurements.watch(103, Probed("app", ProbeKind.LIVENESS, failure, 0.004))

    (answer,) = workload_from(measurements).answers["/live"]

    assert answer.code == 200


def test_what_the_diagnosis_is_told() -> None:
    """Growth, throttling, kills of the life that runs, and the handler of the one that ended."""
    measurements = Measurements()
    a_life(measurements)
    measurements.watch(103, Signalled("app", 0, "TERM", Disposition.DEFAULT, shell=False))
    measurements.watch(104, Ended("app", 0, 137, oom=False))
    a_life(measurements, 200.0)
    for second in range(1, 30):
        usage = Usage(int((20 + second) * MEBI), 0.0, second * 10, second * 4, 0.0, 2)
        measurements.watch(200.0 + second, Used("app", 1, usage))
    measurements.watch(231.0, Serves("app", 1, (8081,)))
    measurements.watch(232, Probed("app", ProbeKind.LIVENESS, Reply(Outcome.SUCCESS), 0.004))
    measurements.watch(233, Probed("app", ProbeKind.READINESS, Reply(Outcome.FAILURE), 0.004))

    (told,) = measurements_for(PodKey("shop", "web"), measurements)

    assert (told.namespace, told.pod, told.container) == ("shop", "web", "app")
    assert told.growth_bytes_per_second == pytest.approx(MEBI, rel=0.02)
    assert told.throttled_share == pytest.approx(0.4)
    assert (told.memory_kills, told.on_sigterm) == (2, Disposition.DEFAULT)
    assert told.listens_on == (8081,)
    assert told.answered_probes == ("liveness",)


def test_short_look_tells_the_diagnosis_nothing() -> None:
    """None is not zero: a life of two seconds neither grew nor was steady."""
    measurements = Measurements()
    a_life(measurements)
    measurements.watch(101, Used("app", 0, Usage(int(MEBI))))

    (told,) = measurements_for(PodKey("shop", "web"), measurements)

    assert told.growth_bytes_per_second is None
    assert told.throttled_share is None
    assert told.memory_kills is None
    assert told.on_sigterm is None
    assert told.listens_on is None


def test_nothing_seen_says_nothing() -> None:
    """The language's defaults stand."""
    measurements = Measurements()
    a_life(measurements)

    assert workload_from(measurements) == ContainerWorkload()
