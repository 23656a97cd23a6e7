"""What was measured stands beside what a cause says, and never in its place."""

from holdfast.model.duration import Duration
from holdfast.model.quantity import Quantity
from holdfast.simulation.complete import complete
from holdfast.simulation.consumption import Growth, Memory
from holdfast.simulation.distribution import constant
from holdfast.simulation.workload import (
    Answer,
    ContainerWorkload,
    Cpu,
    Demand,
    Exit,
    OnTerm,
    Start,
    Workload,
)

MEASURED = ContainerWorkload(
    start=Start(wall=constant(3.0)),
    answers={"/live": (Answer(code=500),), "/ready": (Answer(latency=constant(0.2)),)},
    memory=Memory(start=Quantity.parse("80Mi"), growth=Growth(rate=constant(1000.0))),
    exits=(Exit(after=constant(9.0)),),
    cpu=Cpu(demand=(Demand(cores=0.4),)),
    on_term=OnTerm(after=constant(2.0)),
)
BESIDE = ContainerWorkload(exits=(Exit(after=constant(5.0)),), on_term=OnTerm(code=3))
POD = Workload(containers={"app": MEASURED, "log": BESIDE})


def test_cause_says_what_the_kill_has_hidden() -> None:
    """A start that was cut off took longer than any that was measured."""
    late = Start(wall=constant(60.0))

    found = complete("app", ContainerWorkload(start=late), POD).containers["app"]

    assert found.start == late
    assert found.on_term == MEASURED.on_term
    assert found.cpu == MEASURED.cpu


def test_answers_are_told_path_by_path() -> None:
    """The path of the cause answers as it says, another one as it was measured."""
    told = (Answer(begin=Duration(20.0), code=503),)

    found = complete("app", ContainerWorkload(answers={"/live": told}), POD).containers["app"]

    assert found.answers == {"/live": told, "/ready": MEASURED.answers["/ready"]}


def test_what_is_told_of_all_paths_is_of_all() -> None:
    """A path that was measured would be taken out of it."""
    costly: dict[str, tuple[Answer, ...]] = {"*": (Answer(cpu=constant(0.5)),)}

    found = complete("app", ContainerWorkload(answers=costly), POD).containers["app"]

    assert found.answers == costly


def test_ends_and_growth_are_not_carried_on() -> None:
    """Minutes of growth make no day of it, and the cause has its own ends; also of neighbours."""
    found = complete("app", ContainerWorkload(), POD).containers

    assert found["app"].memory == Memory(start=Quantity.parse("80Mi"))
    assert found["app"].exits == found["log"].exits == ()
    assert found["log"].on_term == BESIDE.on_term


def test_without_measurements_the_cause_is_alone() -> None:
    """As in `why`, which reads a cluster."""
    told = ContainerWorkload(start=Start(wall=constant(60.0)))

    assert complete("app", told, None) == Workload(containers={"app": told})
