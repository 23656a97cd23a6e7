"""The same image in every format that is read, and the choice of one among several."""

import bz2
import gzip
import io
import json
import tarfile
from pathlib import Path

import msgspec
import pytest
from tests.images.building import (
    INDEX,
    LAYER,
    Layout,
    configuration,
    docker_archive,
    file,
    layer,
    packed,
    program,
    tar_of,
)

from holdfast.model.image import Image
from holdfast.sources.images.errors import ImageError
from holdfast.sources.images.read_image import read_image
from holdfast.sources.images.recognise import is_image

PLAIN = [
    layer(file("etc/os-release", 'PRETTY_NAME="Test Linux 1"\n'), file("data", b"\0" * 9000)),
    layer(program("app", "#!/bin/sh\nexec true\n"), file("data", b"\1" * 10)),
]
CONFIG = configuration(PLAIN, ["COPY data", "RUN build"], Entrypoint=["/app"], User="1000")


def compared(image: Image) -> Image:
    """An image without what depends on its format."""
    layers = tuple(
        msgspec.structs.replace(one, packed_bytes=0, compressed=True) for one in image.layers
    )
    return msgspec.structs.replace(
        image, name="", form="", references=(), digest="", platforms=(), layers=layers
    )


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """The image as a layout in a directory."""
    made = Layout(tmp_path / "layout")
    made.add(PLAIN, CONFIG, name="example.com/app:1.4.2")
    return made


def test_every_format_tells_the_same(layout: Layout, tmp_path: Path) -> None:
    """A directory, an archive, a compressed archive and docker save hold one image."""
    expected = read_image(str(layout.root))
    docker = docker_archive(tmp_path / "docker.tar", PLAIN, CONFIG, ["example.com/app:1.4.2"])
    squeezed = tmp_path / "docker.tar.gz"
    squeezed.write_bytes(gzip.compress(docker.read_bytes()))
    archives = [
        tar_of(layout.root, tmp_path / "oci.tar"),
        tar_of(layout.root, tmp_path / "oci.tar.gz", "w:gz"),
        docker,
        squeezed,
    ]

    assert expected.distribution == "Test Linux 1"
    assert expected.references == ("example.com/app:1.4.2",)
    assert [one.created_by for one in expected.layers] == ["COPY data", "RUN build"]
    assert expected.wasted_bytes == 9000
    for archive in archives:
        image = read_image(str(archive))
        assert compared(image) == compared(expected), archive
        assert image.references == expected.references
        assert is_image(archive)


@pytest.mark.parametrize("form", ["plain", "gzip", "zstd", "two members"])
def test_layers_are_told_by_their_content(tmp_path: Path, form: str) -> None:
    """Plain, gzip in one or more members, and zstd, whatever the media type says."""
    blob = PLAIN[0]
    if form == "gzip":
        blob = packed(blob)
    elif form == "two members":
        blob = packed(blob[:700]) + packed(blob[700:])
    elif form == "zstd":
        zstd = pytest.importorskip("backports.zstd")
        blob = zstd.compress(blob)
    layout = Layout(tmp_path / "layout")
    layout.add([PLAIN[0]], blobs=[blob], media_type=f"{LAYER}+{form.partition(' ')[0]}")
    image = read_image(str(layout.root))

    assert image.bytes == 9000 + len('PRETTY_NAME="Test Linux 1"\n')
    assert image.layers[0].packed_bytes == len(blob)
    assert image.layers[0].compressed is (form != "plain")


def test_other_compression_is_told(tmp_path: Path) -> None:
    """What no runtime unpacks is not taken for an empty layer."""
    layout = Layout(tmp_path / "layout")
    layout.add([PLAIN[0]], blobs=[bz2.compress(PLAIN[0])])

    with pytest.raises(ImageError, match="no tar archive"):
        read_image(str(layout.root))


def test_platform_is_chosen(tmp_path: Path) -> None:
    """The same answer on every machine without a wish; a wish without its variant fits."""
    layout = Layout(tmp_path / "layout")
    for platform in ("linux/arm64/v8", "linux/amd64", "unknown/unknown"):
        architecture = platform.split("/")[1]
        layout.add(PLAIN, configuration(PLAIN, architecture=architecture), platform=platform)
    index = (layout.root / "index.json").read_bytes()
    layout.manifests = [layout.described(index, INDEX)]
    layout.add(PLAIN[:1], name="other:1")
    target = f"{layout.root}:{layout.manifests[0]['digest']}"

    assert read_image(target).config.platform == "linux/amd64"
    assert read_image(target).platforms == ("linux/arm64/v8", "linux/amd64")
    assert read_image(target, "linux/arm64").config.architecture == "arm64"
    with pytest.raises(ImageError, match="expected one for linux/s390x"):
        read_image(target, "linux/s390x")
    with pytest.raises(ImageError, match="an image for linux/amd64"):
        read_image(f"{layout.root}:other:1", "linux/arm64")


def test_image_is_chosen_by_name(tmp_path: Path) -> None:
    """Behind a colon stands the whole name, its last part, or its tag."""
    layout = Layout(tmp_path / "lay:out")
    layout.add(PLAIN, name="example.com/app:1.4.2")
    layout.add(PLAIN[:1], name="example.com/other:2.0.0")
    for name in ("example.com/other:2.0.0", "other:2.0.0", "2.0.0"):
        assert len(read_image(f"{layout.root}:{name}").layers) == 1

    with pytest.raises(ImageError, match="expected missing:1"):
        read_image(f"{layout.root}:missing:1")


def test_platforms_that_were_never_pulled_are_passed_over(tmp_path: Path) -> None:
    """Docker saves the whole index of an image, and of one platform only what is in it."""
    layout = Layout(tmp_path / "layout")
    for platform in ("linux/amd64", "linux/arm64"):
        config = configuration(PLAIN, architecture=platform.split("/")[1])
        layout.add(PLAIN, config, platform=platform)
    layout.path(layout.manifests[0]["digest"]).unlink()

    assert read_image(str(layout.root)).config.architecture == "arm64"
    with pytest.raises(ImageError, match="images for linux/arm64"):
        read_image(str(layout.root), "linux/amd64")


def test_layout_of_several_images_needs_a_name(tmp_path: Path) -> None:
    """Two images are two answers; two names of one image are one."""
    layout = Layout(tmp_path / "layout")
    layout.add(PLAIN, name="a:1")
    layout.add(PLAIN, name="a:2")
    assert read_image(str(layout.root)).references == ("a:1", "a:2")
    layout.add(PLAIN[:1], name="b:1")

    with pytest.raises(ImageError, match=r"2 images \(a:2, b:1\)"):
        read_image(str(layout.root))


def test_order_of_a_compressed_archive_is_that_of_its_layers(tmp_path: Path) -> None:
    """Layers are read in the order in which they are stored, and laid in the order of the image."""
    saved = docker_archive(tmp_path / "saved.tar", PLAIN, CONFIG)
    turned = tmp_path / "turned.tar.gz"
    with tarfile.open(saved) as whole, tarfile.open(turned, "w:gz") as archive:
        for member in reversed(whole.getmembers()):
            archive.addfile(member, whole.extractfile(member))

    assert compared(read_image(str(turned))) == compared(read_image(str(saved)))


def test_archive_of_several_images_needs_a_name(tmp_path: Path) -> None:
    """Which one is meant is asked, not guessed."""
    path = tmp_path / "several.tar"
    one = docker_archive(tmp_path / "one.tar", PLAIN, CONFIG, ["a:1"])
    root = tmp_path / "files"
    with tarfile.open(one) as archive:
        archive.extractall(root, filter="data")
    manifest = json.loads((root / "manifest.json").read_text())
    (root / "manifest.json").write_text(
        json.dumps([*manifest, manifest[0] | {"RepoTags": ["b:1"]}])
    )
    tar_of(root, path)

    with pytest.raises(ImageError, match=r"2 images \(a:1, b:1\)"):
        read_image(str(path))
    assert read_image(f"{path}:b:1").references == ("b:1",)


def test_layers_that_are_links_are_followed(tmp_path: Path) -> None:
    """Older engines write a layer that two images share as a link in the archive."""
    path = tmp_path / "linked.tar"
    raw = configuration(PLAIN[:1])
    manifest = json.dumps([{"Config": "c.json", "RepoTags": None, "Layers": ["b/layer.tar"]}])
    with tarfile.open(path, "w") as archive:
        for name, content in (("c.json", raw), ("a/layer.tar", PLAIN[0]),
                              ("manifest.json", manifest.encode())):  # fmt: skip
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        info = tarfile.TarInfo("b/layer.tar")
        info.type, info.linkname = tarfile.SYMTYPE, "../a/layer.tar"
        archive.addfile(info)

    assert read_image(str(path)).files == 2
