"""Every rule against its own examples: bad ones are found where they say, good ones are not."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from tests.house.test_catalogue import HEADINGS
from tests.lint.example_images import images_beside

import holdfast
from holdfast.cli.api_schema import ApiSchema
from holdfast.cli.inspect_files import Wanted, inspect
from holdfast.cli.manifest_files import TextFile, read_files
from holdfast.fixes.edits import apply_edits
from holdfast.kubelet.behaviour import NEWEST
from holdfast.lint.catalogue import CHECKS, Entry, catalogue
from holdfast.model.edit import Edit, Safety
from holdfast.model.hazard import Hazard, HazardReplay, StopReplay

SCHEMA = ApiSchema(NEWEST)
R = TypeVar("R", HazardReplay, StopReplay)
_MARK = re.compile(r"#.*\bhere\b")
# In Dockerfiles, and in heredocs of scripts, a comment of its own marks the line behind it.
_MARK_ABOVE = re.compile(r"\s*# here\s*")
_KINDS = ("yaml", "Dockerfile")
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
        for path in example_files(entry, kind)
    ]


def example_files(entry: Entry, kind: str) -> list[Path]:
    """The manifests and Dockerfiles of a kind."""
    found = (path for suffix in _KINDS for path in directory(entry).glob(f"{kind}*.{suffix}"))
    return sorted(found)


def texts(path: Path) -> list[TextFile]:
    """An example, and the scripts that it brings."""
    return [file for file in read_files([str(path)]) if isinstance(file, TextFile)]


def marked_lines(file: TextFile) -> Iterator[tuple[str, int]]:
    """(file, line) of every mark."""
    for number, line in enumerate(file.text.splitlines(), 1):
        if file.is_dockerfile:
            if _MARK_ABOVE.fullmatch(line):
                yield file.name, number + 1
        elif _MARK.search(line):
            yield file.name, number


def hazards(entry: Entry, path: Path) -> tuple[Hazard, ...]:
    """What one rule finds in one file; its before.yaml is what was deployed until then.

    Its image.yaml is the image that containers of its examples run.
    """
    before = [str(found) for found in directory(entry).glob("before.yaml")]
    against = tuple(file for file in read_files(before) if isinstance(file, TextFile))
    images = images_beside(directory(entry), path)
    schema = SCHEMA if "check_refusals" in entry.checks else None
    wanted = Wanted(only=frozenset({entry.rule.id}), against=against, images=images, schema=schema)
    inspection = inspect(read_files([str(path)]), wanted)
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
    assert example_files(entry, "bad")
    assert example_files(entry, "good")
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
    marked = sorted(mark for file in texts(path) for mark in marked_lines(file))
    found = hazards(entry, path)
    places = sorted((p.file, p.span.line) for h in found for p in (h.place, *h.also_at))

    assert marked
    assert places == marked


@pytest.mark.parametrize(("entry", "path"), examples("good"))
def test_good_example_is_clean(entry: Entry, path: Path) -> None:
    """The rule does not fire."""
    assert hazards(entry, path) == ()


# Rules that make edits, and rules that ask the kubelet model.
MENDABLE = frozenset(
    re.findall(
        r"\w+",
        """
        HF101 HF103 HF104 HF105 HF106 HF107 HF108 HF109 HF110 HF111 HF114 HF116 HF119 HF122
        HF131 HF201 HF202 HF203 HF204 HF206 HF207 HF214 HF218 HF303 HF317 HF413 HF507 HF508
        HF603 HF604 HF607 HF608 HF613 HF618 HF622 HF714 HF715 HF716 HF724
        HF801 HF802 HF803 HF804 HF805 HF807 HF808 HF809 HF813 HF815 HF821 HF824
        """,
    )
)
REPLAYED = frozenset(
    ("HF103", "HF104", "HF106", "HF107", "HF108", "HF110", "HF120", "HF128", "HF130", "HF131",
     "HF327", "HF403", "HF628", "HF718", "HF719", "HF720")
)  # fmt: skip
# Those that ask how a container ends when its pod is deleted, or when it hangs.
STOPPED = frozenset(
    ("HF105", "HF109", "HF201", "HF202", "HF204", "HF205", "HF206", "HF207", "HF208", "HF209",
     "HF214", "HF216", "HF218", "HF221", "HF222", "HF224")
)  # fmt: skip


@pytest.mark.parametrize(("entry", "path"), examples("bad"))
def test_fix_mends(entry: Entry, path: Path, tmp_path: Path) -> None:
    """What is mended is gone for good, and all that lies between the edits is as it was."""
    found = [h for h in hazards(entry, path) if h.mending is not None and h.mending.edits]
    assert bool(found) <= (entry.rule.id in MENDABLE)
    edits = list(dict.fromkeys(e for h in found if h.mending for e in h.mending.edits))
    for file in texts(path):
        own = [edit for edit in edits if edit.file == file.name]
        after = apply_edits(file.text, own)
        mended = tmp_path / Path(file.name).name
        mended.write_bytes(after.encode())
        mended.chmod(Path(file.name).stat().st_mode)
        place = 0
        for kept in _between(file.text, own):
            place = after.index(kept, place) + len(kept)
    left = {_about(hazard) for hazard in hazards(entry, tmp_path / path.name)}
    assert left.isdisjoint(map(_about, found))


@pytest.mark.parametrize("entry", rules())
def test_mendable_rules_mend_an_example(entry: Entry) -> None:
    """A rule that promises edits makes one in an example of its own; no other rule does."""
    paths = example_files(entry, "bad")
    mends = any(h.mending and h.mending.edits for path in paths for h in hazards(entry, path))

    assert mends is (entry.rule.id in MENDABLE)


def replayed(entry: Entry, kind: type[R]) -> list[tuple[Hazard, R]]:
    """The hazards of the bad examples that show such replays."""
    found = [h for path in example_files(entry, "bad") for h in hazards(entry, path)]
    return [(h, h.replayed) for h in found if isinstance(h.replayed, kind)]


@pytest.mark.parametrize("entry", rules())
def test_replays_show_the_hazard(entry: Entry) -> None:
    """Where a rule asks the kubelet model, the pod restarts, and not with the safe fix."""
    found = replayed(entry, HazardReplay)

    assert bool(found) is (entry.rule.id in REPLAYED)
    for hazard, shown in found:
        assert shown.restarts_before > 0
        if hazard.mending and hazard.mending.edits and hazard.mending.safety is Safety.SAFE:
            assert shown.restarts_after == 0


@pytest.mark.parametrize("entry", rules())
def test_replays_show_the_stop(entry: Entry) -> None:
    """Where a rule asks how a container ends, it is by SIGKILL; a fix lets it end, or sooner."""
    found = replayed(entry, StopReplay)

    assert bool(found) is (entry.rule.id in STOPPED)
    for hazard, stop in found:
        assert stop.before.is_killed
        if hazard.mending and hazard.mending.edits and stop.after is not None:
            assert stop.after.exit_code == 0 or stop.after.seconds < stop.before.seconds


def _about(hazard: Hazard) -> tuple[str, ...]:
    """What stays the same of a hazard in another copy of its file."""
    return hazard.kind, hazard.namespace, hazard.name, hazard.container, hazard.place.path


def _between(text: str, edits: list[Edit]) -> list[str]:
    """The stretches of a text that no edit covers."""
    ends = [0, *(e.span.end for e in sorted(edits, key=lambda e: e.span.start))]
    starts = [*(e.span.start for e in sorted(edits, key=lambda e: e.span.start)), len(text)]
    return [text[end:start] for end, start in zip(ends, starts, strict=True)]
