"""From what a user names to an image that holdfast has looked at.

Rules: formats are told by content. A registry is asked only where the target says `docker://`, so
that no name that was mistyped goes anywhere. Layers are read one at a time.
"""

from collections.abc import Callable
from pathlib import Path

from holdfast.images.content import Content
from holdfast.images.describe import Source, describe
from holdfast.images.listing import Listing
from holdfast.model.image import Image
from holdfast.sources.images.choose_manifest import check_platform
from holdfast.sources.images.docker_archive import is_docker_archive, read_docker_archive
from holdfast.sources.images.errors import unreadable
from holdfast.sources.images.file_set import DirectoryFiles, FileSet, TarFiles
from holdfast.sources.images.oci_layout import is_layout, read_layout
from holdfast.sources.images.packed_image import PackedImage
from holdfast.sources.images.recognise import REGISTRY
from holdfast.sources.images.scan_layer import scan_layer

# skopeo's words for files, which people have at hand (containers-transports(5)).
_TRANSPORTS = ("oci:", "oci-archive:", "docker-archive:", "dir:")
_MOST_ENTRIES = 2_000_000


def read_image(
    target: str, platform: str = "", say: Callable[[str], None] = lambda _: None
) -> Image:
    """What is said of the image of a target: PATH, PATH:NAME or docker://REFERENCE.

    `say` is told what is being read. Raises ImageError.
    """
    return read_content(target, platform, say).image


def read_content(
    target: str, platform: str = "", say: Callable[[str], None] = lambda _: None
) -> Content:
    """The image of a target with its files; as `read_image`."""
    packed = open_image(target, platform)
    check_platform(packed.configuration.config.platform, platform, target)
    scanned: dict[int, Listing] = {}
    places = sorted(range(len(packed.layers)), key=lambda index: packed.layers[index].position)
    for number, index in enumerate(places, 1):
        say(f"reading layer {number} of {len(places)} of {target}")
        scanned[index] = scan_layer(packed.layers[index])
        if sum(len(listing.entries) for listing in scanned.values()) > _MOST_ENTRIES:
            found = f"more than {_MOST_ENTRIES} entries; expected an image of programs"
            raise unreadable(target, found, "leave data out of the image, or mount it")
    source = Source(
        name=target,
        form=packed.form,
        references=packed.references,
        digest=packed.digest,
        platforms=packed.platforms,
        layer_digests=packed.configuration.diff_ids,
        history=packed.configuration.history,
    )
    listings = [scanned[index] for index in range(len(places))]
    return describe(source, packed.configuration.config, listings)


def open_image(target: str, platform: str) -> PackedImage:
    """The image before any of its layers is read."""
    if target.startswith(REGISTRY):
        from holdfast.sources.images.registry import read_registry

        return read_registry(target.removeprefix(REGISTRY), platform)
    path, reference = _split(target)
    files = _files(path)
    if is_layout(files):
        return read_layout(files, reference, platform)
    if is_docker_archive(files):
        return read_docker_archive(files, reference)
    raise unreadable(
        str(path),
        "neither oci-layout with index.json nor manifest.json; expected an OCI layout or what "
        "docker save writes",
        "docker save IMAGE -o image.tar, or skopeo copy docker://IMAGE oci-archive:image.tar",
    )


def _split(target: str) -> tuple[Path, str]:
    """The path, and the name of an image behind it."""
    for transport in _TRANSPORTS:
        target = target.removeprefix(transport)
    path = Path(target)
    parts = target.split(":")
    for count in range(len(parts), 0, -1):
        path = Path(":".join(parts[:count]))
        if path.exists():
            return path, ":".join(parts[count:])
    raise unreadable(
        target,
        "no such file or directory; expected an image",
        f"check the path; a registry is asked for {REGISTRY}{target}",
    )


def _files(path: Path) -> FileSet:
    return DirectoryFiles(path) if path.is_dir() else TarFiles(path)
