"""Real crashes of real programs are named by their last words, and the deciding line is shown."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.crashes.scenarios import SCENARIOS, Scenario
from tests.diagnosis.cases import STARTED, case, terminated

from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.judge import STATES, verdicts_of
from holdfast.diagnosis.rank import rank
from holdfast.model.verdict import Role

RECORDED = Path(__file__).parent / "recorded"


def recorded(scenario: Scenario) -> dict[str, Any]:
    """What record.py kept of a run."""
    path = RECORDED / f"{scenario.name}.json"
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def crashed(scenario: Scenario) -> Case:
    """A container in CrashLoopBackOff that ended as the program did, with its log."""
    run = recorded(scenario)
    started = datetime.fromisoformat(STARTED)
    finished = started + timedelta(seconds=round(run["seconds"]))
    end = terminated(run["exitCode"], finished=finished.strftime("%Y-%m-%dT%H:%M:%SZ"))
    return case(last=end, log=run["log"])


def test_every_scenario_is_recorded() -> None:
    """No program is listed that never ran, and no recording is of an unknown program."""
    assert {s.name for s in SCENARIOS} == {p.stem for p in RECORDED.glob("*.json")}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.name)
def test_crash_is_named(scenario: Scenario) -> None:
    """The first cause is the true one, and its evidence quotes the deciding line."""
    ranking = rank(v for v in verdicts_of(crashed(scenario)) if v.cause not in STATES)

    assert ranking.decided
    assert ranking.verdicts[0].cause == scenario.cause
    assert ranking.verdicts[0].role is Role.CAUSE
    quoted = " ".join(fact.text for fact in ranking.verdicts[0].evidence_for)
    assert scenario.needle.lower() in quoted.lower()
