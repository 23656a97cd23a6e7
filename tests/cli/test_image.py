"""`holdfast image` as it is typed: what it prints in each format, and what it exits with."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.cli.command import ROOT, holdfast
from tests.images.building import (
    Item,
    Layout,
    configuration,
    docker_archive,
    file,
    layer,
    link,
    program,
)

from holdfast.reports.schema import image_schema, text_of

SYSTEM = layer(
    file("etc/os-release", 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'),
    program("usr/bin/dash", "shell"),
    link("usr/bin/sh", "dash"),
    link("bin", "usr/bin"),
    file("var/lib/apt/lists/archive_Packages", b"p" * 200_000),
    file("usr/include/stdio.h", b"h" * 90_000),
)
BUILT = layer(
    program("app/start.sh", '#!/bin/sh\n/app/server "$@"\n'),
    file("app/data", b"d" * 50_000),
    Item("var/lib/apt/lists/.wh.archive_Packages"),
)
COPIED = layer(program("server", "program"), file("data", b"d" * 50_000))
SINGLE = configuration(
    [SYSTEM, BUILT],
    ["/bin/sh -c #(nop) ADD file:1 in / ", "RUN |1 TOKEN=hunter2 /bin/sh -c make # buildkit"],
    Entrypoint=["/app/start.sh"],
    Env=["PASSWORD=hunter2", "PATH=/usr/bin"],
    User="app",
)


@pytest.fixture
def single(tmp_path: Path) -> Path:
    """A single-stage image with what its build left."""
    return docker_archive(tmp_path / "single.tar", [SYSTEM, BUILT], SINGLE, ["app:1.4.2"])


@pytest.fixture
def multi(tmp_path: Path) -> Path:
    """The same program in an image of its own, as a layout."""
    layout = Layout(tmp_path / "multi")
    config = configuration([COPIED], ["COPY /server / # buildkit"], Entrypoint=["/server"])
    layout.add([COPIED], config, name="app:1.4.2")
    return layout.root


def test_text_shows_layers_waste_start_and_stop(single: Path) -> None:
    """A reader sees what is pulled for nothing and what SIGTERM meets, each with its numbers."""
    outcome = holdfast("image", single)

    assert outcome.err == ""
    assert outcome.code == 1
    assert f"{single}:1:1: HF804 high" in outcome.out
    text = " ".join(outcome.out.split())
    assert f"{single}: app:1.4.2 (docker archive), linux/amd64" in text
    assert "pulled and never seen: 195.3Ki deleted by a later layer" in text
    assert "/var/lib/apt/lists/archive_Packages of layer 1, deleted by layer 2" in text
    assert "compilers, headers and static libraries: 1 file in layer 1" in text
    assert "SIGTERM ends at a script that does not exec" in text
    assert "/bin/sh is dash" in text
    assert "with runAsNonRoot the kubelet refuses it" in text
    assert "make" in text
    assert "hunter2" not in outcome.out


def test_comparison_shows_what_changes(single: Path, multi: Path) -> None:
    """Single-stage against multi-stage: sizes, leftovers, settings."""
    outcome = holdfast("image", single, multi)

    assert outcome.code == 0
    text = " ".join(outcome.out.split())
    assert f"from {single} to {multi}" in text
    assert "no layer: a node pulls each of them whole" in text
    assert "compilers, headers and static libraries 87.89Ki -> 0 (-100 %)" in text
    assert "starts /app/start.sh -> /server" in text
    assert "which ends at a script that does not exec -> reaches the program" in text


def test_json_obeys_its_schema(single: Path, multi: Path) -> None:
    """The published schema is current, and the output keeps to it."""
    committed = (ROOT / "docs" / "schema" / "image.v1.json").read_text(encoding="utf-8")
    assert committed == text_of(image_schema())
    outcome = holdfast("image", single, multi, "-o", "json")
    document: dict[str, Any] = json.loads(outcome.out)

    jsonschema.validate(document, image_schema())
    first, second = document["images"]
    assert first["wasted"] == {"deleted": 200_000}
    assert first["variables"] == ["PASSWORD", "PATH"]
    assert second["pulledBytes"] == second["layers"][0]["pulledBytes"] > 0
    assert document["comparison"]["sharedLayers"] == 0
    assert "hunter2" not in outcome.out


def test_markdown_shows_nothing_as_markup(tmp_path: Path) -> None:
    """Names of files and commands are text, whatever is in them."""
    plain = [layer(file("a|b<script>", b"x" * 20_000), file("`c`", b"x" * 20_000))]
    layout = Layout(tmp_path / "layout")
    layout.add(plain, configuration(plain, ["RUN echo | tee <file> @someone"], Cmd=["/a|b<i>"]))
    outcome = holdfast("image", layout.root, "-o", "markdown", "--exit-zero")

    assert outcome.code == 0
    assert "<script>" not in outcome.out.replace("\\<script", "")
    assert "\\| tee \\<file\\> @<!-- -->someone" in outcome.out
    assert "/a\\|b" in outcome.out
    assert "<i>" not in outcome.out.replace("\\<i", "")


def test_escape_sequences_do_not_reach_the_terminal(tmp_path: Path) -> None:
    """An image is a stranger's input: its names and history cannot move the cursor."""
    plain = [layer(program("a\x1b[2J", b"\xff" * 20_000), file("b\x1b]0;x\x07", b"\xff" * 20_000))]
    layout = Layout(tmp_path / "layout")
    layout.add(plain, configuration(plain, ["RUN \x1b[31m"], Cmd=["/a\x1b[2J"]))
    for form in ("text", "json", "markdown"):
        outcome = holdfast("image", layout.root, "-o", form)
        assert outcome.code == 0
        assert "\x1b" not in outcome.out


def test_errors_have_four_parts_and_exit_codes(tmp_path: Path, single: Path) -> None:
    """What cannot be read is 3 and never a clean answer; wrong flags are 2; time is 124."""
    missing = holdfast("image", tmp_path / "nowhere.tar")
    assert missing.code == 3
    assert "reading an image" in missing.err
    assert "found: no such file or directory" in missing.err
    assert f"docker://{tmp_path}/nowhere.tar" in missing.err
    assert missing.out == ""
    assert holdfast("image", single, "--platform", "linux/arm64").code == 3
    assert holdfast("image").code == 2
    assert holdfast("image", single, "-o", "yaml").code == 2


def test_same_input_gives_the_same_bytes(single: Path) -> None:
    """A report can be compared with the one of yesterday."""
    assert holdfast("image", single) == holdfast("image", single)
