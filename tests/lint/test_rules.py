"""Every rule against its own examples: bad ones are found where they say, good ones are not."""

import re
from pathlib import Path

import pytest
from tests.house.test_catalogue import HEADINGS

import holdfast
from holdfast.cli.inspect_files import Wanted, inspect
from holdfast.cli.manifest_files import read_files
from holdfast.fixes.edits import apply_edits
from holdfast.lint.catalogue import CHECKS, Entry, catalogue
from holdfast.model.edit import Edit, Safety
from holdfast.model.hazard import Hazard

_MARK = re.compile(r"#.*\bhere\b")
_PACKAGE = Path(holdfast.__file__).parent
_CAUSES = {path.stem.split("_")[0].upper() for path in _PACKAGE.glob("diagnosis/causes/*_*.py")}


def directory(entry: Entry) -> Path:
    """Where a rule lives."""
    return _PACKAGE.parent.joinpath(*entry.module.split("."))


def examples(kind: str) -> list["pytest.ParameterSet"]:
    """All examples of a kind, with their rule."""
    return [
        pytest.param(entry, path, id=f"{entry.rule.id}-{path.stem}")
        for entry in catalogue()
        for path in sorted(directory(entry).glob(f"{kind}*.yaml"))
    ]


def hazards(entry: Entry, path: Path) -> tuple[Hazard, ...]:
    """What one rule finds in one file."""
    inspection = inspect(read_files([str(path)]), Wanted(only=frozenset({entry.rule.id})))
    assert not inspection.unexamined
    return inspection.hazards


def rules() -> list["pytest.ParameterSet"]:
    """All rules."""
    return [pytest.param(entry, id=entry.rule.id) for entry in catalogue()]


@pytest.mark.parametrize("entry", rules())
def test_rule_is_complete(entry: Entry) -> None:
    """A rule has checks, both kinds of examples, its page, and causes that exist."""
    assert entry.checks
    assert directory(entry).name.startswith(entry.rule.id.lower() + "_")
    assert list(directory(entry).glob("bad*.yaml"))
    assert list(directory(entry).glob("good*.yaml"))
    assert [h for h in HEADINGS if f"\n{h}\n{'-' * len(h)}\n" in entry.documentation] == [*HEADINGS]
    assert entry.rule.prevents
    assert set(entry.rule.prevents) <= _CAUSES


def test_ids_are_unique() -> None:
    """An id means one rule, for ever."""
    ids = [entry.rule.id for entry in catalogue()]
    assert len(ids) == len(set(ids))


def test_checks_have_known_names() -> None:
    """A check with a wrong name would never be called."""
    for entry in catalogue():
        text = (directory(entry) / "__init__.py").read_text(encoding="utf-8")
        defined = set(re.findall(r"^def (check_\w+)", text, re.MULTILINE))
        assert defined <= set(CHECKS), entry.rule.id


@pytest.mark.parametrize(("entry", "path"), examples("bad"))
def test_bad_example_is_found(entry: Entry, path: Path) -> None:
    """The rule fires on exactly the lines that are marked, and on each of them."""
    lines = path.read_text(encoding="utf-8").splitlines()
    marked = [number for number, line in enumerate(lines, 1) if _MARK.search(line)]
    found = hazards(entry, path)
    places = sorted(p.span.line for h in found for p in (h.place, *h.also_at))

    assert marked
    assert places == marked


@pytest.mark.parametrize(("entry", "path"), examples("good"))
def test_good_example_is_clean(entry: Entry, path: Path) -> None:
    """The rule does not fire."""
    assert hazards(entry, path) == ()


@pytest.mark.parametrize(("entry", "path"), examples("bad"))
def test_fix_mends(entry: Entry, path: Path, tmp_path: Path) -> None:
    """An edit ends its hazard at once, and no bytes outside of its spans are touched."""
    text = path.read_text(encoding="utf-8")
    edits = _edits(hazards(entry, path))
    if not edits:
        return
    mended = tmp_path / path.name
    mended.write_text(apply_edits(text, edits), encoding="utf-8")

    assert not [h for h in hazards(entry, mended) if h.mending and h.mending.edits]


@pytest.mark.parametrize(("entry", "path"), examples("bad"))
def test_replay_shows_the_hazard(entry: Entry, path: Path) -> None:
    """Where a rule asks the kubelet model, the pod restarts, and not with the fix."""
    for hazard in hazards(entry, path):
        replayed = hazard.replayed
        if replayed is None:
            continue
        assert replayed.restarts_before > 0
        if hazard.mending and hazard.mending.edits and hazard.mending.safety is Safety.SAFE:
            assert replayed.restarts_after == 0


def _edits(found: tuple[Hazard, ...]) -> list[Edit]:
    edits = [edit for h in found if h.mending for edit in h.mending.edits]
    return list(dict.fromkeys(edits))
