"""OCI image layouts, in a directory or a tar archive.

Source: OCI image-spec 1.1, image-layout.md: `oci-layout`, `index.json`, `blobs/ALGORITHM/HEX`.
"""

from collections.abc import Callable
from typing import BinaryIO

import msgspec

from holdfast.sources.images.assemble import assemble
from holdfast.sources.images.choose_manifest import choose_manifest
from holdfast.sources.images.digests import algorithm_of, check_digest
from holdfast.sources.images.documents import (
    Descriptor,
    Index,
    decode,
)
from holdfast.sources.images.errors import broken, unreadable
from holdfast.sources.images.file_set import FileSet, read_document
from holdfast.sources.images.packed_image import PackedImage
from holdfast.sources.images.recognise import LAYOUT_INDEX, LAYOUT_MARK

_VERSION = "1."
# The whole reference, as containerd, docker and buildx write it; the tag alone, as skopeo does.
_NAMES = ("io.containerd.image.name", "org.opencontainers.image.ref.name")


class _Mark(msgspec.Struct, frozen=True, rename="camel"):
    image_layout_version: str


def is_layout(files: FileSet) -> bool:
    """Whether the files are those of a layout."""
    return files.has(LAYOUT_MARK) and files.has(LAYOUT_INDEX)


def read_layout(files: FileSet, reference: str, platform: str) -> PackedImage:
    """One image of a layout; raises ImageError."""
    where = f"{files.name}/{LAYOUT_INDEX}"
    mark = decode(read_document(files, LAYOUT_MARK), _Mark, f"{files.name}/{LAYOUT_MARK}")
    if not mark.image_layout_version.startswith(_VERSION):
        found = f"a layout of version {mark.image_layout_version!r}; expected 1"
        raise unreadable(files.name, found, "save the image in the current format")
    index = decode(read_document(files, LAYOUT_INDEX), Index, where)
    descriptors = _named(index, reference, where)

    def fetch(descriptor: Descriptor) -> bytes:
        raw = read_document(files, _blob(descriptor, where))
        return check_digest(raw, descriptor.digest, where)

    def has(descriptor: Descriptor) -> bool:
        return files.has(_blob(descriptor, where))

    chosen = choose_manifest(descriptors, fetch, platform, where, has)
    names = tuple(name for one in descriptors for name in _names_of(one)[:1])

    def open_blob(descriptor: Descriptor) -> Callable[[], BinaryIO]:
        name = _blob(descriptor, where)
        if not files.has(name):
            raise broken(f"{files.name}/{name}", "no such layer; expected every one of the image")
        if descriptor.size >= 0 and files.size(name) != descriptor.size:
            found = f"{files.size(name)} bytes; expected {descriptor.size}"
            raise broken(f"{files.name}/{name}", found)
        return lambda: files.open(name)

    packed = assemble("OCI layout", chosen.manifest, fetch, open_blob, files.name)
    places = [files.position(_blob(layer, where)) for layer in chosen.manifest.layers]
    return packed._replace(
        references=tuple(dict.fromkeys(names)),
        digest=chosen.digest,
        platforms=chosen.platforms,
        layers=tuple(
            layer._replace(position=place)
            for layer, place in zip(packed.layers, places, strict=True)
        ),
    )


def _named(index: Index, reference: str, where: str) -> tuple[Descriptor, ...]:
    """The descriptors that a reference means: all without one, where they are of one image."""
    if not reference:
        named = {one.digest: _names_of(one)[0] for one in index.manifests if _names_of(one)}
        if len(named) > 1:
            raise unreadable(
                where,
                f"{len(named)} images ({', '.join(sorted(named.values()))}); expected one",
                "name one of these behind a colon",
            )
        return index.manifests
    found = tuple(
        one
        for one in index.manifests
        if one.digest == reference or any(_matches(name, reference) for name in _names_of(one))
    )
    if not found:
        names = sorted({name for one in index.manifests for name in _names_of(one)})
        raise unreadable(
            where,
            f"images named {', '.join(names) or 'nothing'}; expected {reference}",
            "name one of these behind a colon, or leave the name out",
        )
    return found


def _matches(name: str, reference: str) -> bool:
    return name == reference or name.endswith((f"/{reference}", f":{reference}"))


def _names_of(descriptor: Descriptor) -> list[str]:
    annotations = descriptor.annotations or {}
    return [annotations[key] for key in _NAMES if annotations.get(key)]


def _blob(descriptor: Descriptor, where: str) -> str:
    algorithm = algorithm_of(descriptor.digest, where)
    return f"blobs/{algorithm}/{descriptor.digest.partition(':')[2]}"
