"""`holdfast check` with images beside manifests: who runs them, and what is then known."""

import json
from pathlib import Path

import pytest
from tests.cli.command import Outcome, holdfast
from tests.images.building import Layout, configuration, docker_archive, layer, packed, program
from tests.images.programs import elf

MANIFEST = """\
apiVersion: v1
kind: Pod
metadata: {name: api}
spec:
  containers:
    - name: api
      image: registry.example.com/team/api:1.4.2
      command: [/serve]
      resources: {limits: {memory: 64Mi}}
"""
PLAIN = [layer(program("server", elf()))]
CONFIG = configuration(PLAIN, Entrypoint=["/server"], User="1000")


def check(*arguments: str | Path) -> Outcome:
    """One run of the rules on commands."""
    return holdfast("check", "--rule", "HF513", *arguments)


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """A pod whose command the image does not have."""
    path = tmp_path / "pod.yaml"
    path.write_text(MANIFEST)
    return path


def image(path: Path, name: str) -> Path:
    """The image, saved under a name."""
    return docker_archive(path, PLAIN, CONFIG, [name] if name else [])


@pytest.mark.parametrize(
    "name", ["registry.example.com/team/api:1.4.2", "team/api:1.4.2", "api:1.4.2"]
)
def test_container_is_found_by_its_image(manifest: Path, tmp_path: Path, name: str) -> None:
    """The finding stands at the field of the manifest that is wrong."""
    outcome = check(manifest, image(tmp_path / "api.tar", name))

    assert outcome.code == 1
    assert f"{manifest}:8:17: HF513 high" in outcome.out
    assert "Pod/api container api: /serve is not in the image" in outcome.out
    assert "1 container, 1 image" in outcome.out


@pytest.mark.parametrize(
    "name", ["registry.example.com/team/api:1.4.3", "other.example.com/api:1.4.2", ""]
)
def test_other_image_is_told_as_such(manifest: Path, tmp_path: Path, name: str) -> None:
    """Another tag or registry is another image; it is examined alone, and that is said."""
    outcome = check(manifest, image(tmp_path / "api.tar", name))

    assert outcome.code == 0
    assert "1 image that no container here runs (--image NAME=TARGET names it)" in outcome.out


def test_flag_names_an_image(manifest: Path, tmp_path: Path) -> None:
    """An archive without a name is what its user says that it is."""
    archive = image(tmp_path / "api.tar", "")
    outcome = check(manifest, "--image", f"registry.example.com/team/api:1.4.2={archive}")

    assert outcome.code == 1
    assert "/serve is not in the image" in outcome.out


def test_digest_names_an_image(manifest: Path, tmp_path: Path) -> None:
    """A reference by digest is that of the manifest in a layout, whatever its name."""
    layout = Layout(tmp_path / "layout")
    digest = layout.add(PLAIN, CONFIG)
    manifest.write_text(MANIFEST.replace(":1.4.2", f":1.4.2@{digest}"))

    assert check(manifest, layout.root).code == 1
    manifest.write_text(MANIFEST.replace(":1.4.2", f":1.4.2@sha256:{'0' * 64}"))
    assert check(manifest, layout.root).code == 0


def test_image_alone_is_examined(tmp_path: Path) -> None:
    """An image needs no manifest, in text and in JSON."""
    plain = [layer(program("server", elf(183)))]
    archive = docker_archive(tmp_path / "api.tar", plain, configuration(plain, Cmd=["/server"]))
    outcome = check(archive)
    document = json.loads(check(archive, "-o", "json").out)

    assert outcome.code == 1
    assert f"{archive}:1:1: HF513" in outcome.out
    assert "built for arm64, and the image is for amd64" in outcome.out
    assert document["examined"]["images"] == 1
    assert holdfast("image", archive).code == 1
    assert holdfast("image", archive, "--exit-zero").code == 0


def test_broken_image_does_not_end_the_run(manifest: Path, tmp_path: Path) -> None:
    """The manifests are examined, and what was not is counted; alone it is nothing examined."""
    layout = Layout(tmp_path / "layout")
    layout.add(PLAIN, CONFIG)
    for blob in (layout.root / "blobs" / "sha256").iterdir():
        if blob.read_bytes() == packed(PLAIN[0]):
            blob.unlink()
    outcome = check(manifest, layout.root)

    assert outcome.code == 0
    assert "not examined (unreadable): no such layer" in outcome.out
    assert check(manifest, layout.root, "--strict").code == 3
    alone = check(layout.root)
    assert alone.code == 3
    assert "no such layer" in alone.err
