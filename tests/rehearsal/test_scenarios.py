"""The scenarios of examples/rehearsals: rehearsed for real, told rightly, and mended by the patch.

All of them run side by side, so that the test takes as long as the longest and its proof.
"""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest
from examples.rehearsals.rehearse_all import HERE, Finding, Scenario, rehearse, scenarios
from tests.rehearsal.play import need_root
from tests.rehearsal.reported import (
    HAZARD,
    HEALTHY,
    PROVEN,
    RESTARTS,
    STOPPED,
    Told,
    kills_one,
    mend,
    told,
)

pytestmark = pytest.mark.real

# What is not patched has no edit that would be honest: the leak, the database and the child are
# mended elsewhere than in the manifest.
EXPECTED = {
    "cpu-starved": Told(RESTARTS, "C05", "review", PROVEN),
    "dependency-down": Told(RESTARTS, "A05"),
    "exit-0": Told(RESTARTS, "A09", "sketch", "the patch sets no field"),
    "liveness-500": Told(RESTARTS, "C06", "sketch", "a sketch has values that only you know"),
    "oom-child": Told(HAZARD, "D05"),
    "oom-leak": Told(RESTARTS, "D02", None, "there is none, for a limit only puts the end"),
    "shell-swallows-sigterm": Told(STOPPED, "G01", "review"),
    "slow-start": Told(RESTARTS, "C03", "safe", PROVEN),
}
# With version 2 of control groups the kernel ends the container, not only its child.
GROUP_KILL = {"oom-child": Told(RESTARTS, "D02", None, "there is none, for a limit only puts")}


class Rehearsal(NamedTuple):
    """A scenario, what was found, and what was found with its patch; None where there is none."""

    name: str
    before: Finding
    after: Finding | None


def test_scenarios_are_told_and_mended(tmp_path: Path) -> None:
    """Each report names its cause; a patch that is no sketch ends what it is about, for real."""
    need_root()
    directory = tmp_path / "rehearsals"
    shutil.copytree(HERE, directory)
    every = scenarios(directory)
    with ThreadPoolExecutor(len(every)) as together:
        rehearsals = list(together.map(rehearse_and_mend, every))

    for name, before, after in rehearsals:
        expected = (EXPECTED if kills_one(before) else {**EXPECTED, **GROUP_KILL})[name]
        found = told(before)
        assert found[:3] == expected[:3], (name, before["headline"])
        assert found.proof.startswith(expected.proof), (name, found.proof)
        if after is not None:
            assert after["state"] in (HEALTHY, STOPPED), (name, after["headline"])
            assert (after["restarts"], after["beside"]) == (0, []), (name, after["headline"])
    assert {name for name, _, _ in rehearsals} == set(EXPECTED)


def rehearse_and_mend(scenario: Scenario) -> Rehearsal:
    """Rehearse it as it is, and once more with the patch of the report."""
    before = rehearse(scenario)
    if not told(before).mends:
        return Rehearsal(scenario.name, before, None)
    mend(scenario.manifest.parent, before)
    return Rehearsal(scenario.name, before, rehearse(scenario))
