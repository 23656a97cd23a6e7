"""Stop phases: their order, their longest chain, and what is refused."""

import pytest

from holdfast.life.phases import Phases
from holdfast.life.settings import LifeError


def test_longest_chain_decides_the_time() -> None:
    """Phases that do not wait for each other run side by side."""
    phases = Phases()
    phases.add("outbox", 8, None)
    phases.add("consumer", 9, None)
    phases.add("pg", 3, ("outbox",))
    phases.add("trace", 1, ("pg", "consumer"))

    assert [phase.name for phase in phases.longest_chain()] == ["outbox", "pg", "trace"]
    assert phases.seconds() == 12


@pytest.mark.parametrize(
    ("name", "seconds", "after", "found"),
    [
        ("pg", 3, None, "a phase of this name exists"),
        ("", 3, None, "an empty name"),
        ("cache", 3, "redis", "after='redis'; known phases: pg"),
        ("cache", 3, "cache", "after='cache'"),
        ("cache", 0, None, "expected above 0"),
        ("cache", "soon", None, "'soon'"),
    ],
)
def test_contradictions_are_refused(
    name: str, seconds: object, after: str | None, found: str
) -> None:
    """Duplicates, circles and endless phases are found when they are written."""
    phases = Phases()
    phases.add("pg", 3, None)

    with pytest.raises(LifeError) as refused:
        phases.add(name, seconds, after)

    assert found in str(refused.value)
    assert [phase.name for phase in phases] == ["pg"]
