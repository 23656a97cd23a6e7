"""OCI image layouts, in a directory or a tar archive.

Source: OCI image-spec 1.1, image-layout.md: `oci-layout`, `index.json`, `blobs/ALGORITHM/HEX`.
"""

import hashlib
from collections.abc import Callable
from typing import BinaryIO

import msgspec

from holdfast.sources.images.choose_manifest import choose_manifest
from holdfast.sources.images.documents import (
    Descriptor,
    Index,
    Manifest,
    decode,
    is_layer,
    read_configuration,
)
from holdfast.sources.images.errors import broken, unreadable
from holdfast.sources.images.file_set import FileSet, read_document
from holdfast.sources.images.packed_image import PackedImage
from holdfast.sources.images.scan_layer import PackedLayer, algorithm_of

INDEX = "index.json"
_MARK = "oci-layout"
_VERSION = "1."
# The whole reference, as containerd, docker and buildx write it; the tag alone, as skopeo does.
_NAMES = ("io.containerd.image.name", "org.opencontainers.image.ref.name")
_MOST_LAYERS = 500


class _Mark(msgspec.Struct, frozen=True, rename="camel"):
    image_layout_version: str


def is_layout(files: FileSet) -> bool:
    """Whether the files are those of a layout."""
    return files.has(_MARK) and files.has(INDEX)


def read_layout(files: FileSet, reference: str, platform: str) -> PackedImage:
    """One image of a layout; raises ImageError."""
    where = f"{files.name}/{INDEX}"
    mark = decode(read_document(files, _MARK), _Mark, f"{files.name}/{_MARK}")
    if not mark.image_layout_version.startswith(_VERSION):
        found = f"a layout of version {mark.image_layout_version!r}; expected 1"
        raise unreadable(files.name, found, "save the image in the current format")
    index = decode(read_document(files, INDEX), Index, where)
    descriptors = _named(index, reference, where)

    def fetch(descriptor: Descriptor) -> bytes:
        return _checked(read_document(files, _blob(descriptor, where)), descriptor, where)

    chosen = choose_manifest(descriptors, fetch, platform, where)
    names = tuple(name for one in descriptors for name in _names_of(one)[:1])

    def open_blob(descriptor: Descriptor) -> Callable[[], BinaryIO]:
        name = _blob(descriptor, where)
        if not files.has(name):
            raise broken(f"{files.name}/{name}", "no such layer; expected every one of the image")
        if descriptor.size >= 0 and files.size(name) != descriptor.size:
            found = f"{files.size(name)} bytes; expected {descriptor.size}"
            raise broken(f"{files.name}/{name}", found)
        return lambda: files.open(name)

    return assemble("OCI layout", chosen.manifest, fetch, open_blob, files.name)._replace(
        references=tuple(dict.fromkeys(names)), digest=chosen.digest, platforms=chosen.platforms
    )


def assemble(
    form: str,
    manifest: Manifest,
    fetch: Callable[[Descriptor], bytes],
    open_blob: Callable[[Descriptor], Callable[[], BinaryIO]],
    where: str,
) -> PackedImage:
    """The image of a manifest, whose blobs come from anywhere."""
    configuration = read_configuration(fetch(manifest.config), f"{where} {manifest.config.digest}")
    if len(manifest.layers) > _MOST_LAYERS:
        found = f"{len(manifest.layers)} layers; expected at most {_MOST_LAYERS}"
        raise unreadable(where, found, "no runtime mounts so many (overlayfs: 500)")
    if len(configuration.diff_ids) != len(manifest.layers):
        found = f"{len(manifest.layers)} layers and {len(configuration.diff_ids)} diff_ids"
        raise broken(where, f"{found}; expected as many of each")
    for layer in manifest.layers:
        if not is_layer(layer.media_type):
            found = f"a layer of type {layer.media_type!r}; expected a tar archive"
            raise unreadable(
                where, found, "this is an artifact of another kind, or an encrypted image"
            )
    layers = tuple(
        PackedLayer(f"{where} layer {number}", layer.digest, diff_id, layer.size, open_blob(layer))
        for number, (layer, diff_id) in enumerate(
            zip(manifest.layers, configuration.diff_ids, strict=True), 1
        )
    )
    return PackedImage(form, (), "", (), configuration, layers)


def _named(index: Index, reference: str, where: str) -> tuple[Descriptor, ...]:
    """The descriptors that a reference means: all without one."""
    if not reference:
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


def _checked(raw: bytes, descriptor: Descriptor, where: str) -> bytes:
    return check_digest(raw, descriptor.digest, where)


def check_digest(raw: bytes, digest: str, where: str) -> bytes:
    """The bytes, when they are those of the digest; else raises ImageError."""
    algorithm = algorithm_of(digest, where)
    found = f"{algorithm}:{hashlib.new(algorithm, raw).hexdigest()}"
    if found != digest:
        raise broken(f"{where} {digest}", f"{found} as its digest; expected {digest}")
    return raw
