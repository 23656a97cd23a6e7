"""Settings: what is read as a duration, and how a wrong one is refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.life.life import Life
from holdfast.life.page import VARIABLE, create_page
from holdfast.life.settings import (
    LifeError,
    drain_from,
    grace_from,
    pre_stop_from,
    read_seconds,
)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(5, 5.0), (0.5, 0.5), ("5", 5.0), ("500ms", 0.5), ("1.5s", 1.5), ("2m", 120.0), ("1h", 3600)],
)
def test_durations_are_read_as_written(value: object, seconds: float) -> None:
    """Numbers are seconds, and texts are those of manifests."""
    assert read_seconds(value, "here") == seconds


@pytest.mark.parametrize(
    "value",
    [
        "", "fast", "5 minutes", "-1", -1, "1e3", "1_000", "٥", None, True, [], float("nan"),
        float("inf"), "5sms", "s", 10**12,
    ],
)  # fmt: skip
def test_other_durations_are_refused_in_four_parts(value: object) -> None:
    """A malformed duration stops the start and says where it stands."""
    with pytest.raises(LifeError) as refused:
        read_seconds(value, "Life(drain=…)")

    error = refused.value
    assert error.where == "Life(drain=…)"
    assert repr(value) in error.found
    assert "expected" in error.found
    assert str(error).count("\n") == 2


@given(st.text(max_size=12))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever stands in an environment variable is read or refused, never anything else."""
    try:
        seconds = read_seconds(text, "somewhere")
    except LifeError:
        return
    assert 0 <= seconds < float("inf")


def test_grace_is_told_assumed_or_absent() -> None:
    """In a pod that does not tell it, the default of Kubernetes counts, and is known as a guess."""
    in_pod = {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}

    assert grace_from({**in_pod, "HOLDFAST_GRACE_SECONDS": "60"}) == (60.0, True)
    assert grace_from(in_pod) == (30.0, False)
    assert grace_from({}) == (None, False)


def test_pre_stop_is_read_from_the_environment() -> None:
    """A preStop hook shares the grace period, so what it spends has to be told."""
    assert pre_stop_from({"HOLDFAST_PRE_STOP_SECONDS": "5"}) == 5.0
    assert pre_stop_from({}) == 0.0


def test_drain_is_read_from_the_environment() -> None:
    """A supervisor tells its window, so that the service does not plan with another."""
    assert drain_from({"HOLDFAST_DRAIN_SECONDS": "15"}, 5.0) == 15.0
    assert drain_from({}, 5.0) == 5.0


def test_window_of_the_supervisor_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under `holdfast run` the window is its own; alone, what the service says leads."""
    monkeypatch.setenv("HOLDFAST_DRAIN_SECONDS", "0")
    assert Life().budget.drain == 0.0
    assert Life(drain=7).budget.drain == 7.0
    page = create_page()
    try:
        monkeypatch.setenv(VARIABLE, page.path)
        assert Life(drain=7).budget.drain == 0.0
    finally:
        Path(page.path).unlink()
