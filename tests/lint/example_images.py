"""Images that lie beside the examples of rules, described in YAML and really built.

`image.yaml` is the image of every example of a rule, `image-good.yaml` that of good.yaml.
"""

import hashlib
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from tests.images.building import Item, Layout, configuration, file, layer, link
from tests.images.programs import elf, go_program

from holdfast.images.elf import MACHINES
from holdfast.lint.images import KnownImage
from holdfast.sources.images.read_image import read_content

# Ages of examples are told from here, so that they do not change.
_TODAY = datetime(2026, 12, 1, tzinfo=UTC)


def images_beside(directory: Path, example: Path) -> tuple[KnownImage, ...]:
    """The image of an example, where its rule has one."""
    for name in (f"image-{example.stem}.yaml", "image.yaml"):
        if (directory / name).exists():
            return (_image(directory / name),)
    return ()


@cache
def _image(path: Path) -> KnownImage:
    described: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    plain = [layer(*(_item(name, one) for name, one in described["files"].items()))]
    created = described.get("created", "2026-11-01T00:00:00Z")
    config = configuration(
        plain,
        architecture=described.get("architecture", "amd64"),
        os=described.get("os", "linux"),
        created=created,
        **described["config"],
    )
    with tempfile.TemporaryDirectory() as root:
        layout = Layout(Path(root) / "layout")
        layout.add(plain, config)
        content = read_content(str(layout.root))
    age = _TODAY - datetime.fromisoformat(created)
    return KnownImage(content, tuple(described["references"]), age.total_seconds() / 86400)


def _item(name: str, described: dict[str, Any]) -> Item:
    if "link" in described:
        return link(name, described["link"])
    if "go" in described:
        line = f"build\tDefaultGODEBUG={described.get('godebug', '')}"
        return go_program(name, described["go"], line)
    content = described.get("text", "").encode()
    if "elf" in described:
        number = next(number for number, word in MACHINES.items() if word == described["elf"])
        content = elf(number)
    elif "random" in described:
        content = hashlib.shake_256().digest(described["random"])
    return file(name, content, int(described.get("mode", "0644"), 8))
