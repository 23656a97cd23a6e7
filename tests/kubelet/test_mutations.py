"""The tests of quirks are worth something: each fails when its rule is taken out.

And none of the 45 quirks of docs/specs/kubelet.md section 14 is forgotten.
"""

import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.kubelet import test_probe_quirks, test_restart_quirks
from tests.kubelet.mutations import MUTATIONS

ROOT = Path(__file__).parents[2]
QUIRKS = {
    name: function
    for module in (test_probe_quirks, test_restart_quirks)
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if name.startswith("test_q")
}
# Quirks of formulas beside the machine: their tests are in the files named here.
FORMULAS = {
    "q26": "test_ends.py", "q27": "test_ends.py", "q28": "test_ends.py",
    "q30": "test_defaults.py", "q31": "test_qos.py", "q32": "test_cgroups.py",
    "q33": "test_eviction.py", "q34": "test_eviction.py", "q35": "test_eviction.py",
    "q36": "test_ends.py", "q38": "test_ends.py", "q42": "test_defaults.py",
}  # fmt: skip


def _quirk(name: str) -> str:
    return name.split("_")[1]


@pytest.mark.parametrize("name", sorted(QUIRKS))
def test_a_quirk_disappears_with_its_rule(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that passes without the rule that it shows would show nothing."""
    test: Callable[[], None] = QUIRKS[name]
    MUTATIONS[_quirk(name)].apply(monkeypatch)

    with pytest.raises((AssertionError, IndexError, ValueError)):
        test()


def test_every_quirk_is_shown() -> None:
    """All quirks of the specification have a test, here or beside the formulas."""
    text = (ROOT / "docs" / "specs" / "kubelet.md").read_text(encoding="utf-8")
    section = text.partition("## 14. Quirks")[2].partition("## 15.")[0]
    named = {f"q{number}" for number in re.findall(r"^Q(\d+) ", section, re.MULTILINE)}
    for quirk, file in FORMULAS.items():
        source = (Path(__file__).parent / file).read_text(encoding="utf-8")
        assert f"def test_{quirk}_" in source, quirk

    assert len(named) == 45
    assert {_quirk(name) for name in QUIRKS} | set(FORMULAS) == named
    assert {_quirk(name) for name in QUIRKS} == set(MUTATIONS)
