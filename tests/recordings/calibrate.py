"""Measures how often an answer was right, and writes the table that confidences come from.

`python -m tests.recordings.calibrate` diagnoses every recording as somebody would have met it:
after its first and second restart and at its end, with the events and without them (they expire
after an hour), and every real crash by its log. Only answers that lead count; where nothing leads,
the answer is "cannot tell", which is neither right nor wrong. A test fails while the written table
is not the measured one.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.crashes.scenarios import SCENARIOS
from tests.crashes.test_crashes import crashed
from tests.recordings.expected import TRUTHS
from tests.recordings.recorded import NAMES, after_restarts, last_moment, recording, snapshot_at

from holdfast.diagnosis.calibration import standing
from holdfast.diagnosis.diagnose import diagnose
from holdfast.diagnosis.judge import STATES, verdicts_of
from holdfast.diagnosis.rank import leads, odds_shares, rank
from holdfast.diagnosis.standing import Standing
from holdfast.diagnosis.weigh import weigh_replays
from holdfast.kubelet.behaviour import NEWEST, behaviour_of
from holdfast.model.evidence import Grounds
from holdfast.model.finding import TROUBLED, Finding
from holdfast.model.node import parse_version
from holdfast.model.verdict import Verdict
from holdfast.simulation.agree import agreements_of

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "src" / "holdfast" / "diagnosis" / "measured.py"
PAGE = ROOT / "docs" / "calibration.md"

_PAGE_HEAD = """\
# Calibration

A confidence is a frequency. Every recording of a real kubelet in `tests/recordings` is diagnosed
after its first and second restart and at its end, with events and without, by its evidence alone
and with the replays of its claims, and every real crash in `tests/crashes` by its log. Answers that
have at least half of all odds are counted by how their heaviest evidence is known, and by how
clearly they lead ("clearly" is ten times the odds of all others together). The confidence is
(right + 1) / (all + 2), Laplace's rule of succession, so that a few right answers do not become
certainty, and never more than the answer's own share of all odds.
An answer of a kind that was right no more often than not is told as "cannot tell", with its
candidates.

The causes were written and weighed with these recordings and crashes at hand: the table says how
well they explain what is known, and less about what nobody has recorded yet. The recordings do not
contain every cause: node faults, evictions by pressure and most of the causes that logs tell rest
on the kind of their evidence only. Answers after one and two restarts of the same pod are not
independent of each other, so the numbers are too sure rather than too careful.

Written by `python -m tests.recordings.calibrate`.

| heaviest evidence | lead | right | confidence at most |
|---|---|---|---|
"""


class Answer(NamedTuple):
    """One leading answer: how it was known, how clearly it led, and whether it was true."""

    grounds: Grounds
    standing: Standing
    right: bool


def answers() -> Iterator[Answer]:
    """Every leading answer about something whose truth is known."""
    for name in NAMES:
        if TRUTHS[name].state not in TROUBLED:
            continue
        moments = {after_restarts(name, 1), after_restarts(name, 2), last_moment(name)}
        for moment in sorted(m for m in moments if m is not None):
            for with_events in (True, False):
                for finding in examined(name, moment, with_events=with_events):
                    if leads(finding.verdicts):
                        yield _answer(finding.verdicts, TRUTHS[name].causes)
    for scenario in SCENARIOS:
        ranking = rank(v for v in verdicts_of(crashed(scenario)) if v.cause not in STATES)
        if leads(ranking.verdicts):
            yield _answer(ranking.verdicts, (scenario.cause,))


def examined(name: str, moment: float, *, with_events: bool) -> Iterator[Finding]:
    """What is found about a recording at a moment: by its evidence, then with replays."""
    snapshot = snapshot_at(name, moment, with_events=with_events)
    finding = diagnose(snapshot).findings[0]
    yield finding
    kubelet = behaviour_of(parse_version(recording(name)["kubernetes"]) or NEWEST)
    yield weigh_replays(finding, agreements_of(finding, snapshot.pods[0], moment, kubelet))


def _answer(verdicts: tuple[Verdict, ...], truth: tuple[str, ...]) -> Answer:
    leader = verdicts[0]
    share = odds_shares(verdicts)[0]
    return Answer(leader.grounds, standing(share), leader.cause in truth)


def table() -> dict[tuple[Grounds, Standing], tuple[int, int]]:
    """(right, all) for each kind of answer."""
    right: Counter[tuple[Grounds, Standing]] = Counter()
    every: Counter[tuple[Grounds, Standing]] = Counter()
    for answer in answers():
        every[answer.grounds, answer.standing] += 1
        right[answer.grounds, answer.standing] += answer.right
    return {kind: (right[kind], every[kind]) for kind in sorted(every)}


def module_text() -> str:
    """The table as the module that diagnosis reads."""
    rows = "".join(
        f"    (Grounds.{grounds.name}, Standing.{how.name}): ({right}, {every}),\n"
        for (grounds, how), (right, every) in table().items()
    )
    return (
        '"""How many answers of each kind were right: (right, all).\n\n'
        "Written by `python -m tests.recordings.calibrate`; do not edit.\n"
        '"""\n\n'
        "from holdfast.diagnosis.standing import Standing\n"
        "from holdfast.model.evidence import Grounds\n\n"
        "MEASURED: dict[tuple[Grounds, Standing], tuple[int, int]] = {\n"
        f"{rows}}}\n"
    )


def page_text() -> str:
    """The table as a page for people."""
    rows = "".join(
        f"| {grounds} | {how} | {right} of {every} | {(right + 1) / (every + 2):.0%} |\n"
        for (grounds, how), (right, every) in table().items()
    )
    return _PAGE_HEAD + rows


if __name__ == "__main__":
    TABLE.write_text(module_text(), encoding="utf-8")
    PAGE.write_text(page_text(), encoding="utf-8")
