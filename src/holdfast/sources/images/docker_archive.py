"""Archives of `docker save` and `podman save --format docker-archive`.

Source: moby image/spec v1.2, "Combined Image JSON + Filesystem Changeset Format": `manifest.json`
names a configuration and layers for each image; a layer that two images share may be a link. Newer
engines write an OCI layout beside it, which is then read instead.
"""

import re
from collections.abc import Callable
from typing import BinaryIO

import msgspec

from holdfast.sources.images.digests import check_digest
from holdfast.sources.images.documents import decode, read_configuration
from holdfast.sources.images.errors import broken, unreadable
from holdfast.sources.images.file_set import FileSet, read_document
from holdfast.sources.images.packed_image import PackedImage
from holdfast.sources.images.scan_layer import PackedLayer

_MANIFEST = "manifest.json"
# The form of before Docker 1.10, which has no manifest.
_OLDEST = "repositories"


class _Saved(msgspec.Struct, frozen=True, rename="pascal"):
    config: str
    layers: tuple[str, ...]
    repo_tags: tuple[str, ...] | None = None


def is_docker_archive(files: FileSet) -> bool:
    """Whether the files are those of `docker save`."""
    return files.has(_MANIFEST) or files.has(_OLDEST)


def read_docker_archive(files: FileSet, reference: str) -> PackedImage:
    """One image of an archive; raises ImageError."""
    if not files.has(_MANIFEST):
        found = "no manifest.json; expected one, as Docker 1.10 and later write it"
        raise unreadable(files.name, found, "load it and save it again with a newer Docker")
    where = f"{files.name}/{_MANIFEST}"
    saved = _choose(decode(read_document(files, _MANIFEST), tuple[_Saved, ...], where), reference,
                    where)  # fmt: skip
    raw, digest = read_document(files, saved.config), _digest_in(saved.config)
    if digest:
        check_digest(raw, digest, f"{files.name}/{saved.config}")
    configuration = read_configuration(raw, f"{files.name}/{saved.config}")
    if len(configuration.diff_ids) != len(saved.layers):
        found = f"{len(saved.layers)} layers and {len(configuration.diff_ids)} diff_ids"
        raise broken(where, f"{found}; expected as many of each")
    layers = tuple(
        PackedLayer(
            f"{files.name}/{name}", "", diff_id, None, _opener(files, name), files.position(name)
        )
        for name, diff_id in zip(saved.layers, configuration.diff_ids, strict=True)
    )
    return PackedImage(
        "docker archive",
        saved.repo_tags or (),
        digest,
        (configuration.config.platform,),
        configuration,
        layers,
    )


def _digest_in(name: str) -> str:
    """The digest that the name of a configuration is; "" for another name."""
    match = re.fullmatch(r"(?:.*/)?(?:sha256:)?([0-9a-f]{64})(?:\.json)?", name)
    return f"sha256:{match[1]}" if match is not None else ""


def _choose(saved: tuple[_Saved, ...], reference: str, where: str) -> _Saved:
    tags = [tag for one in saved for tag in one.repo_tags or ()]
    if not saved:
        raise broken(where, "no image; expected at least one")
    if not reference and len(saved) > 1:
        raise unreadable(
            where,
            f"{len(saved)} images ({', '.join(tags)}); expected one",
            "name one of these behind a colon",
        )
    for one in saved:
        names = one.repo_tags or ()
        if not reference or any(n == reference or n.endswith((f"/{reference}", f":{reference}"))
                                for n in names):  # fmt: skip
            return one
    raise unreadable(
        where,
        f"images named {', '.join(tags) or 'nothing'}; expected {reference}",
        "name one of these behind a colon, or leave the name out",
    )


def _opener(files: FileSet, name: str) -> Callable[[], BinaryIO]:
    if not files.has(name):
        raise broken(f"{files.name}/{name}", "no such layer; expected every one of the image")
    return lambda: files.open(name)
