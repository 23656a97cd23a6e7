"""The budget of the stop: what fits, what shrinks, and what is refused with its arithmetic."""

import pytest

from holdfast.arguments.errors import USAGE, CommandLineError
from holdfast.life.settings import LifeError
from holdfast.run.flags import FLAGS, Options, parse_flags
from holdfast.run.plan import make_plan
from holdfast.run.signals import SIGQUIT, SIGTERM, number_of


def options(*flags: str) -> Options:
    """What these flags mean."""
    return parse_flags([*flags, "--", "true"])


def test_defaults_stand_in_the_help() -> None:
    """What --help says about a default is what happens."""
    texts = {flag.key: flag.help for flag in FLAGS}
    budget = make_plan(options(), {}).budget

    assert ("(5s)" in texts["drain"], budget.drain) == (True, 5)
    assert ("(30s)" in texts["in_flight"], budget.in_flight) == (True, 30)
    assert ("(10s)" in texts["forced"], budget.forced) == (True, 10)
    assert ("(0s)" in texts["release"], budget.release) == (True, 0)
    assert ("(TERM)" in texts["stop_signal"], options().stop_signal) == (True, SIGTERM)
    assert ("(QUIT)" in texts["dump_signal"], options().dump_signal) == (True, SIGQUIT)


@pytest.mark.parametrize(
    ("flags", "environment", "total"),
    [
        ((), {}, 47),
        ((), {"HOLDFAST_GRACE_SECONDS": "30"}, 30),
        ((), {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, 30),
        (("--grace=90",), {"HOLDFAST_GRACE_SECONDS": "30"}, 90),
        (("--grace=60s",), {"HOLDFAST_PRE_STOP_SECONDS": "8"}, 52),
        (("--release=11s",), {}, 58),
        (("--drain=15", "--grace=1m"), {}, 60),
    ],
)
def test_total(flags: tuple[str, ...], environment: dict[str, str], total: float) -> None:
    """From SIGTERM to the end: the whole grace period where it is known, less the preStop."""
    assert make_plan(options(*flags), environment).total == total


def test_preset_of_the_image() -> None:
    """An image whose ENTRYPOINT is `holdfast run --` is adjusted from the manifest."""
    environment = {"HOLDFAST_DRAIN_SECONDS": "15", "HOLDFAST_PRE_STOP_SECONDS": "5"}

    assert make_plan(options(), environment).budget.drain == 10
    assert make_plan(options("--drain=2s", "--pre-stop=0"), environment).budget.drain == 2


def test_a_service_plans_with_the_same_numbers() -> None:
    """The library in the command learns the grace period; one that is only assumed it does not."""
    told = make_plan(options("--grace=45", "--pre-stop=3"), {}).variables
    assumed = make_plan(options(), {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}).variables

    assert told == {
        "HOLDFAST_DRAIN_SECONDS": "5",
        "HOLDFAST_GRACE_SECONDS": "45",
        "HOLDFAST_PRE_STOP_SECONDS": "3",
    }
    assert "HOLDFAST_GRACE_SECONDS" not in assumed


@pytest.mark.parametrize(
    ("flags", "arithmetic"),
    [
        (("--drain=40", "--grace=30"), "drain 40 s + evidence 2 s = 42 s"),
        (
            ("--in-flight=20", "--forced=10", "--grace=30"),
            "drain 5 s + in flight 20 s + forced 10 s + evidence 2 s = 37 s",
        ),
        (
            ("--drain=10", "--pre-stop=20", "--release=9", "--grace=30"),
            "preStop 20 s + drain 0 s + stop phase release 9 s + evidence 2 s = 31 s",
        ),
    ],
)
def test_contradiction_is_refused_with_its_arithmetic(
    flags: tuple[str, ...], arithmetic: str
) -> None:
    """A stop that cannot end in time fails the start, and the sum says why."""
    with pytest.raises(LifeError) as refused:
        make_plan(options(*flags), {})

    assert arithmetic in refused.value.found
    assert "terminationGracePeriodSeconds 30 s" in refused.value.found


def test_assumed_grace_refuses_nothing() -> None:
    """Nobody told the grace period, so it is no reason not to start; the log says it."""
    plan = make_plan(options("--drain=40"), {"KUBERNETES_SERVICE_HOST": "10.0.0.1"})

    assert "HOLDFAST_GRACE_SECONDS" in plan.budget.notes[0]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--"],
        ["true"],
        ["--drain", "--", "true"],
        ["--drain=soon", "--", "true"],
        ["--stop-signal=KILL", "--", "true"],
        ["--stop-signal=none", "--", "true"],
        ["--dump-signal=NOPE", "--", "true"],
        ["--nope", "--", "true"],
        ["-o", "yaml", "--", "true"],
    ],
)
def test_wrong_command_line_is_refused(arguments: list[str]) -> None:
    """Nothing starts with a command line that was not understood."""
    with pytest.raises(CommandLineError) as refused:
        parse_flags(arguments)

    assert refused.value.code == USAGE
    assert refused.value.parts[3]


@pytest.mark.parametrize(
    "environment", [{"HOLDFAST_GRACE_SECONDS": "soon"}, {"HOLDFAST_DRAIN_SECONDS": "-1"}]
)
def test_wrong_environment_is_refused(environment: dict[str, str]) -> None:
    """A number that is none is found at the start, and named."""
    with pytest.raises(LifeError) as refused:
        make_plan(options(), environment)

    assert next(iter(environment)) in refused.value.where


@pytest.mark.parametrize("text", ["TERM", "SIGTERM", "sigterm", "15"])
def test_names_of_signals(text: str) -> None:
    """Signals are written as in Dockerfiles and in kill(1)."""
    assert number_of(text) == SIGTERM
