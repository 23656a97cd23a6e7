"""Damaged and hostile images: each is an error in four parts, soon, and nothing is written."""

import gzip
import io
import json
import resource
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.images.building import (
    CONFIG,
    INDEX,
    Item,
    Layout,
    configuration,
    docker_archive,
    file,
    layer,
    packed,
    tar_of,
)

from holdfast.sources.images import streams
from holdfast.sources.images.errors import ImageError
from holdfast.sources.images.forward_tar import ForwardTar, TarBrokenError
from holdfast.sources.images.read_image import read_image
from holdfast.sources.images.scan_layer import PackedLayer, scan_layer

PLAIN = [layer(file("a", b"x" * 3000), file("b", b"y" * 3000))]


def layout_of(root: Path, **settings: Any) -> Layout:
    """A layout of one image."""
    layout = Layout(root / "layout")
    layout.add(PLAIN, **settings)
    return layout


def manifest_of(layout: Layout) -> dict[str, Any]:
    """The manifest of the only image."""
    text = layout.path(layout.manifests[0]["digest"]).read_text()
    found: dict[str, Any] = json.loads(text)
    return found


def with_manifest(layout: Layout, manifest: dict[str, Any]) -> None:
    """Put another manifest in the place of the only one."""
    descriptor = layout.described(json.dumps(manifest).encode(), manifest["mediaType"])
    layout.manifests = [descriptor]
    index = {"schemaVersion": 2, "manifests": layout.manifests}
    (layout.root / "index.json").write_text(json.dumps(index))


def layer_path(layout: Layout) -> Path:
    """Where the only layer is."""
    return layout.path(manifest_of(layout)["layers"][0]["digest"])


def _cut(layout: Layout) -> None:
    path = layer_path(layout)
    manifest = manifest_of(layout)
    content = path.read_bytes()[:-20]
    manifest["layers"][0] |= {"digest": layout.blob(content), "size": len(content)}
    with_manifest(layout, manifest)


def _other_content(layout: Layout) -> None:
    path = layer_path(layout)
    path.write_bytes(packed(layer(file("a", b"x" * 3000), file("b", b"z" * 3000))))
    manifest = manifest_of(layout)
    manifest["layers"][0]["size"] = path.stat().st_size
    with_manifest(layout, manifest)


def _wrong_diff_id(layout: Layout) -> None:
    manifest = manifest_of(layout)
    wrong = configuration([layer(file("other"))])
    manifest["config"] = layout.described(wrong, CONFIG)
    with_manifest(layout, manifest)


def _fewer_diff_ids(layout: Layout) -> None:
    manifest = manifest_of(layout)
    manifest["config"] = layout.described(configuration([]), CONFIG)
    with_manifest(layout, manifest)


def _missing_layer(layout: Layout) -> None:
    layer_path(layout).unlink()


def _wrong_size(layout: Layout) -> None:
    manifest = manifest_of(layout)
    manifest["layers"][0]["size"] += 1
    with_manifest(layout, manifest)


def _changed_config(layout: Layout) -> None:
    layout.path(manifest_of(layout)["config"]["digest"]).write_text("{}")


def _unknown_layer(layout: Layout) -> None:
    manifest = manifest_of(layout)
    manifest["layers"][0]["mediaType"] = "application/vnd.example.chart"
    with_manifest(layout, manifest)


def _artifact(layout: Layout) -> None:
    manifest = manifest_of(layout)
    manifest["config"]["mediaType"] = "application/vnd.cncf.helm.config.v1+json"
    with_manifest(layout, manifest)


def _unknown_manifest(layout: Layout) -> None:
    manifest = manifest_of(layout) | {"mediaType": "application/vnd.example"}
    with_manifest(layout, manifest)


def _bad_digest(layout: Layout) -> None:
    manifest = manifest_of(layout)
    manifest["layers"][0]["digest"] = "sha256:../../../../etc/passwd"
    with_manifest(layout, manifest)


def _endless_index(layout: Layout) -> None:
    """An index cannot hold its own digest, but ten of them stand in one another."""
    descriptor = layout.manifests[0]
    for _ in range(10):
        index = json.dumps({"schemaVersion": 2, "manifests": [descriptor]}).encode()
        descriptor = layout.described(index, INDEX)
    index = json.dumps({"manifests": [descriptor]}).encode()
    (layout.root / "index.json").write_bytes(index)


def _empty_index(layout: Layout) -> None:
    (layout.root / "index.json").write_text('{"manifests": []}')


def _no_json(layout: Layout) -> None:
    (layout.root / "index.json").write_text("[" * 100_000)


def _large_index(layout: Layout) -> None:
    (layout.root / "index.json").write_text(" " * (5 * 1024 * 1024) + "{}")


def _newer_layout(layout: Layout) -> None:
    (layout.root / "oci-layout").write_text('{"imageLayoutVersion": "2.0.0"}')


DAMAGE: dict[str, tuple[Callable[[Layout], None], str]] = {
    "truncated layer": (_cut, "expected a whole layer"),
    "another layer": (_other_content, "as the digest of its bytes"),
    "wrong diff_id": (_wrong_diff_id, "as the digest of its archive"),
    "fewer diff_ids": (_fewer_diff_ids, "1 layers and 0 diff_ids"),
    "missing layer": (_missing_layer, "no such layer"),
    "wrong size": (_wrong_size, "bytes; expected"),
    "changed configuration": (_changed_config, "as its digest"),
    "unknown layer": (_unknown_layer, "expected a tar archive"),
    "artifact": (_artifact, "expected that of an image"),
    "unknown manifest": (_unknown_manifest, "expected the manifest of an image"),
    "digest that is a path": (_bad_digest, "expected one of sha256"),
    "endless index": (_endless_index, "without end"),
    "empty index": (_empty_index, "an index of nothing"),
    "no JSON": (_no_json, "expected the JSON of an image's index"),
    "large index": (_large_index, "expected at most"),
    "newer layout": (_newer_layout, "expected 1"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_told_in_four_parts(tmp_path: Path, name: str) -> None:
    """What was read, where it stands, what was found and expected, and what to do."""
    damage, words = DAMAGE[name]
    layout = layout_of(tmp_path)
    damage(layout)

    with pytest.raises(ImageError) as caught:
        read_image(str(layout.root))
    error = caught.value
    assert words in error.found
    assert error.doing == "reading an image"
    assert str(tmp_path) in error.where
    assert error.next_step
    with pytest.raises(ImageError):
        read_image(str(tar_of(layout.root, tmp_path / "archive.tar")))


def test_bomb_is_refused_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten gibibytes of zeros in ten megabytes are neither unpacked whole nor kept in memory."""
    monkeypatch.setattr(streams, "_ALWAYS_ALLOWED_BYTES", 64 * 1024 * 1024)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    zeros = gzip.compress(b"\0" * (64 * 1024 * 1024), 9)
    info = tarfile.TarInfo("zeros")
    info.size = 10 * 1024**3
    blob = gzip.compress(info.tobuf()) + zeros * 160  # a member of gzip each
    layout = Layout(tmp_path / "layout")
    layout.add([PLAIN[0]], blobs=[blob])

    with pytest.raises(ImageError, match="decompression bomb"):
        read_image(str(layout.root))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 200 * 1024


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.XGLTYPE])
def test_large_header_is_not_read_into_memory(kind: bytes) -> None:
    """A header that announces a gigabyte is refused before any of it is read."""
    info = tarfile.TarInfo("name")
    info.type, info.size = kind, 1024**3

    with pytest.raises(TarBrokenError, match="a header of"):
        list(ForwardTar(io.BytesIO(info.tobuf() + b"\0" * 2048)).members())


def test_sparse_giant_is_refused(tmp_path: Path) -> None:
    """A sparse file of a terabyte, which is in no archive, does not take its time."""
    headers = {"GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.name": "giant",
               "GNU.sparse.size": str(2**40), "GNU.sparse.realsize": str(2**40),
               "GNU.sparse.map": "0,512"}  # fmt: skip
    info = tarfile.TarInfo("giant")
    info.size, info.pax_headers = 512, headers
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(info, io.BytesIO(b"\0" * 512))
    layout = Layout(tmp_path / "layout")
    layout.add([out.getvalue()])

    with pytest.raises(ImageError, match="decompression bomb"):
        read_image(str(layout.root))


def test_archive_that_goes_on_with_rubbish_is_no_short_archive() -> None:
    """`tarfile` ends its list at a broken header without a word; files behind it would be lost."""
    first = tarfile.TarInfo("a").tobuf()
    rubbish = b"\xff" * 512

    with pytest.raises(TarBrokenError, match="no header at byte 512"):
        list(ForwardTar(io.BytesIO(first + rubbish + first)).members())


def test_what_is_no_image_says_what_would_be(tmp_path: Path) -> None:
    """A path that is not there, an empty directory, a tar archive of something else."""
    other = tmp_path / "other.tar"
    other.write_bytes(PLAIN[0])
    text = tmp_path / "text"
    text.write_text("no archive")
    for target, words in (
        (tmp_path / "nowhere", "no such file"),
        (tmp_path, "neither oci-layout"),
        (other, "neither oci-layout"),
        (text, "expected a tar archive"),
    ):
        with pytest.raises(ImageError, match=words):
            read_image(str(target))


def test_docker_archive_with_another_configuration(tmp_path: Path) -> None:
    """The name of a configuration is its digest, also where nothing else tells it."""
    path = docker_archive(tmp_path / "d.tar", PLAIN, configuration(PLAIN, User="1000"))
    path.write_bytes(path.read_bytes().replace(b'"1000"', b'"2000"'))

    with pytest.raises(ImageError, match="as its digest"):
        read_image(str(path))


@settings(max_examples=150)
@given(st.data())
def test_any_damage_of_a_layer_is_an_error_or_its_listing(data: st.DataObject) -> None:
    """Bytes changed, cut or added anywhere never crash, and never pass for the whole layer."""
    items = (file("a", b"x" * 700), Item("b", kind=tarfile.SYMTYPE, target="a"), file("ü" * 90))
    whole = layer(*items)
    damaged = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for _ in range(data.draw(st.integers(0, 4))):
        if damaged:
            damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    blob = bytes(damaged)
    if data.draw(st.booleans()):
        blob = packed(blob)
    try:
        listing = scan_layer(PackedLayer("layer", "", "", len(blob), lambda: io.BytesIO(blob)))
    except ImageError:
        return
    assert listing.packed_bytes == len(blob)
    assert len(listing.entries) <= len(items)
