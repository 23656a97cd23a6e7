"""The blob of a Go program, found in a stream that is cut anywhere."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.images.programs import MAGIC, text

from holdfast.images.go_build import OLD, GoBuild, GoScan

MODULES = "path\texample.com/app\nmod\texample.com/app\tv1.4.2\nbuild\tCGO_ENABLED=0\n"


def blob(version: str = "go1.25.4") -> bytes:
    """A whole blob of the form since Go 1.18."""
    marked = b"#" * 16 + MODULES.encode() + b"#" * 16
    return MAGIC + b"\x08\x02" + b"\0" * 16 + text(version.encode()) + text(marked)


def scan(content: bytes, *cuts: int) -> GoBuild | None:
    """What a scan of the pieces between the cuts finds."""
    found = GoScan()
    places = [0, *sorted(cuts), len(content)]
    for start, end in pairwise(places):
        found.feed(content[start:end])
    return found.found


BEFORE = b"\x7fELF" + b"\1" * 28
BUILD = GoBuild("go1.25.4", "example.com/app", {"example.com/app": "v1.4.2"}, {"CGO_ENABLED": "0"})


@given(st.lists(st.integers(0, 400), max_size=6))
def test_cuts_change_nothing(cuts: list[int]) -> None:
    """Pieces of a stream end wherever they end."""
    content = BEFORE + blob() + b"\2" * 200
    assert scan(content, *(min(cut, len(content)) for cut in cuts)) == BUILD


@pytest.mark.parametrize(
    "decoy",
    [
        MAGIC + b"\x08\x02" + b"\0" * 16,
        MAGIC + b"\x08\x02" + b"\0" * 16 + b"\xff\xff\xff\xff\x7f",
        MAGIC + b"\x08\x02" + b"\0" * 16 + text(b"not a version"),
        MAGIC + b"\x03\x00",
        b"#" + blob("go1.2.3"),
    ],
    ids=["empty", "endless length", "other text", "no pointers", "not aligned"],
)
def test_mark_alone_is_no_blob(decoy: bytes) -> None:
    """Programs that read blobs hold the mark as data; what follows decides."""
    padded = decoy + b"\0" * (-len(decoy) % 16)
    assert scan(BEFORE + padded + blob() + b"\2" * 64) == BUILD
    assert scan(BEFORE + padded + b"\2" * 64) is None


def test_old_form_is_named_by_its_age() -> None:
    """Before Go 1.18 the blob points elsewhere; its age is all that is needed of it."""
    old = GoBuild(OLD)
    assert scan(BEFORE + MAGIC + b"\x08\x00" + b"\3" * 16) == old


def test_blob_that_is_cut_off_is_none() -> None:
    """A program whose file ends within its blob tells no version."""
    assert scan(BEFORE + blob()[:-1]) is None
