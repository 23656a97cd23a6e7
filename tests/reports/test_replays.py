"""What `holdfast simulate` prints, in every format."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from jsonschema.validators import Draft202012Validator
from tests.reports.simulations import HOSTILE, simulated

from holdfast.model.simulated import Better, Measure, Spread, Unit
from holdfast.reports.options import RenderOptions
from holdfast.reports.render_replays import render_replays, replay_formats
from holdfast.reports.replay_words import change_text, number_text, spread_text
from holdfast.reports.schema import replay_schema, text_of

SCHEMA = Path(__file__).parents[2] / "docs" / "schema" / "simulation.v1.json"
OPTIONS = RenderOptions(version="1")


def test_committed_schema_is_current() -> None:
    """The published schema is what the program prints; the failure says how to renew it."""
    assert SCHEMA.read_text(encoding="utf-8") == text_of(replay_schema()), (
        "run: python -m holdfast.reports.schema simulation > docs/schema/simulation.v1.json"
    )


@pytest.mark.parametrize("compared", [True, False])
def test_json_and_yaml_obey_the_schema(compared: bool) -> None:
    """Whoever generates types from the schema can read every answer."""
    document = json.loads(render_replays("json", simulated(compared=compared), OPTIONS))
    Draft202012Validator.check_schema(replay_schema())
    Draft202012Validator(replay_schema()).validate(document)

    assert yaml.safe_load(render_replays("yaml", simulated(compared=compared), OPTIONS)) == document
    assert document["madeBy"] == "holdfast 1"
    wrong = {**document, "measures": [{**document["measures"][0], "unit": "furlongs"}]}
    with pytest.raises(jsonschema.ValidationError, match="furlongs"):
        Draft202012Validator(replay_schema()).validate(wrong)


@pytest.mark.parametrize("name", replay_formats())
def test_no_text_of_others_gets_out_as_it_is(name: str) -> None:
    """Escape sequences and secrets are gone; markup is no markup any more."""
    printed = render_replays(name, simulated(HOSTILE), OPTIONS)

    assert "\x1b" not in printed
    assert "hunter2" not in printed
    assert name != "html" or "<img" not in printed


@pytest.mark.parametrize("name", replay_formats())
def test_every_format_says_how_to_repeat_it(name: str) -> None:
    """Seed, version of Kubernetes, version of holdfast, command."""
    printed = render_replays(name, simulated(), OPTIONS)

    for part in ("holdfast simulate -f api.yaml --seed 1", "1.36", "holdfast 1"):
        assert part in printed


@pytest.mark.parametrize("width", [40, 60, 100, 200])
def test_text_keeps_its_width(width: int) -> None:
    """Only the command and the story, which are copied, may be longer."""
    printed = render_replays("text", simulated(), RenderOptions(width=width, version="1"))
    numbers = [line for line in printed.splitlines() if "again:" not in line]

    assert all(len(line) <= max(width, 96) for line in numbers)
    assert "better" in printed


def test_color_changes_colour_only() -> None:
    """Both outputs have the same characters otherwise."""
    plain = render_replays("text", simulated(), OPTIONS)
    colored = render_replays("text", simulated(), RenderOptions(version="1", color=True))

    assert "\x1b[" in colored
    assert "\x1b[" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == plain


NUMBERS: tuple[tuple[float | None, Unit, str], ...] = (
    (None, Unit.SECONDS, "never"),
    (0.0, Unit.COUNT, "0"),
    (5.25, Unit.COUNT, "5.2"),
    (132.4, Unit.COUNT, "132"),
    (156.0, Unit.SECONDS, "2m36s"),
    (0.5, Unit.SECONDS, "0.5s"),
    (0.3, Unit.SHARE, "30 %"),
    (0.0, Unit.SHARE, "0 %"),
    (1.0, Unit.SHARE, "100 %"),
    (0.9, Unit.SHARE, "90 %"),
    (0.997, Unit.SHARE, "99.7 %"),
    (0.99996, Unit.SHARE, "99.996 %"),
    (0.9999999, Unit.SHARE, "> 99.999 %"),
    (0.0000001, Unit.SHARE, "< 0.001 %"),
    (0.004, Unit.SHARE, "0.4 %"),
)


@pytest.mark.parametrize(("value", "unit", "text"), NUMBERS)
def test_numbers_keep_what_matters(value: float | None, unit: Unit, text: str) -> None:
    """An availability that is not whole is never rounded to whole."""
    assert number_text(value, unit) == text


def test_interval_and_change() -> None:
    """A change counts only when the intervals do not touch."""
    before, overlap = Spread(5.0, 4.0, 6.0), Spread(7.0, 6.0, 8.0)
    clear, never = Spread(9.0, 7.0, 9.0), Spread(None, None, None)

    def change(after: Spread, better: Better) -> str:
        return change_text(Measure("n", "t", Unit.COUNT, better, before, after))

    assert spread_text(before, Unit.COUNT) == "5 (4 to 6)"
    assert spread_text(Spread(5.0, 5.0, 5.0), Unit.COUNT) == "5"
    assert change(overlap, Better.LESS) == ""
    assert change(clear, Better.LESS) == "worse"
    assert change(never, Better.MORE) == "better"
