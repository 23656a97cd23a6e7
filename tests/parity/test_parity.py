"""Pods in real time behave as the model of the kubelet says: the same sights, within its intervals.

A computer may be late, and that is measured meanwhile: intervals are wider by as much, and what was
outside them while the computer was too late to tell is done once more.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import mkdtemp

import pytest
from tests.kubelet.test_transcripts import TRANSCRIPTS
from tests.parity.delays import Delays
from tests.parity.reenact import SHORT_NAMES, judge_acted, reenact
from tests.parity.retell import judge_story, retell
from tests.recordings.predict import Row
from tests.rehearsal.play import need_root

_SEEDS = 100

Rows = Mapping[str, list[Row]]
Property = Callable[[str, object], None]


@pytest.mark.real
def test_recorded_pods_in_real_time(tmp_path: Path, record_property: Property) -> None:
    """States, exit codes, reasons and events come in the same order and when they must."""
    need_root()

    def act(names: tuple[str, ...]) -> tuple[Rows, Delays]:
        acted, delays = reenact(names, Path(mkdtemp(dir=tmp_path)))
        return {name: judge_acted(each, delays, _SEEDS) for name, each in acted.items()}, delays

    assert _wrong(act, SHORT_NAMES, record_property) == {}


def test_transcripts_in_real_time(record_property: Property) -> None:
    """Every story of tests/kubelet is told by the real driver as the virtual one tells it."""
    paths = {path.stem: path for path in TRANSCRIPTS}

    def tell(names: tuple[str, ...]) -> tuple[Rows, Delays]:
        told, delays = retell([paths[name] for name in names])
        return {name: judge_story(each, delays, _SEEDS) for name, each in told.items()}, delays

    assert _wrong(tell, tuple(paths), record_property) == {}


def _wrong(
    play: Callable[[tuple[str, ...]], tuple[Rows, Delays]],
    names: tuple[str, ...],
    record_property: Property,
) -> dict[str, list[Row]]:
    """The sights of each pod that are outside; a pod of which nothing was seen is wrong too."""
    rows, delays = play(names)
    record_property("parity", _line(rows, delays))
    wrong = _outside(rows)
    if wrong and delays.were_long:
        again, delays = play(tuple(wrong))
        record_property("parity", f"once more {', '.join(wrong)}: {_line(again, delays)}")
        wrong = _outside(again)
    return wrong


def _outside(rows: Rows) -> dict[str, list[Row]]:
    found = {name: [row for row in each if not row.holds] for name, each in rows.items()}
    return {name: each for name, each in found.items() if each or not rows[name]}


def _line(rows: Rows, delays: Delays) -> str:
    count = sum(map(len, rows.values()))
    return f"{count} sights of {len(rows)} pods; this computer was {delays}"
