"""Rehearsed pods behave as the model of the kubelet says: the same sights, within its intervals."""

from pathlib import Path

import pytest
from tests.parity.reenact import SHORT_NAMES, reenact
from tests.recordings.predict import judge, predict
from tests.rehearsal.play import need_root

pytestmark = pytest.mark.real
_SEEDS = 100


def test_recorded_pods_in_real_time(tmp_path: Path) -> None:
    """States, exit codes, reasons and events come in the same order and when they must."""
    need_root()
    wrong = []

    for name, acted in reenact(SHORT_NAMES, tmp_path).items():
        rows = judge(acted.sights, predict(acted.scene, _SEEDS), acted.scene.span)
        assert rows, name
        wrong += [(name, row) for row in rows if not row.holds]

    assert wrong == []
