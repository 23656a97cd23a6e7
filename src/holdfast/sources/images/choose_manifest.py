"""Finds the manifest of one image in an index: by reference, by platform.

Rules: what is no image for a platform (attestations, signatures, other artifacts) is passed over.
Without a wish the choice is the same on every machine: the only platform, else linux/amd64, else
the first one.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from holdfast.sources.images.documents import (
    CONFIGS,
    INDEXES,
    MANIFESTS,
    Descriptor,
    Index,
    Manifest,
    Platform,
    decode,
)
from holdfast.sources.images.errors import broken, unreadable

# Gives a blob by its descriptor, checked against its digest.
Fetch = Callable[[Descriptor], bytes]
_USUAL = Platform("linux", "amd64")
# Builders nest once: an index of a layout, and the index of an image.
_DEEPEST = 4
_MOST = 1000


class Chosen(NamedTuple):
    """The manifest of one image, its digest, and what else there was."""

    manifest: Manifest
    digest: str
    platforms: tuple[str, ...]


class _Candidate(NamedTuple):
    descriptor: Descriptor
    platform: Platform | None


def choose_manifest(
    descriptors: Sequence[Descriptor],
    fetch: Fetch,
    platform: str,
    where: str,
    has: Callable[[Descriptor], bool] = lambda _: True,
) -> Chosen:
    """One image; raises ImageError where there is none for the platform.

    `has` says which manifests are there: an index that Docker saves also names the platforms that
    were never pulled.
    """
    named = list(_candidates(descriptors, fetch, where, 0))
    candidates = [one for one in named if has(one.descriptor)] or named
    if not candidates:
        types = ", ".join(dict.fromkeys(repr(one.media_type) for one in descriptors)) or "nothing"
        raise unreadable(
            where,
            f"an index of {types}; expected the manifest of an image",
            "save the image in a current format: docker save, skopeo copy, crane pull",
        )
    known = [one.platform for one in candidates if one.platform is not None]
    offered = tuple(dict.fromkeys(map(str, known)))
    chosen = _choose(candidates, platform)
    if chosen is None:
        raise unreadable(
            where,
            f"images for {', '.join(offered)}; expected one for {platform}",
            f"take one of these: --platform {offered[0] if offered else 'linux/amd64'}",
        )
    descriptor = chosen.descriptor
    manifest = decode(fetch(descriptor), Manifest, f"{where} {descriptor.digest}")
    if manifest.config.media_type not in (*CONFIGS, ""):
        raise unreadable(
            where,
            f"a configuration of type {manifest.config.media_type}; expected that of an image",
            "this is an artifact of another kind, such as a chart or a signature",
        )
    return Chosen(manifest, descriptor.digest, offered)


def _candidates(
    descriptors: Sequence[Descriptor], fetch: Fetch, where: str, depth: int
) -> Iterator[_Candidate]:
    if depth > _DEEPEST or len(descriptors) > _MOST:
        raise broken(where, "indexes within indexes without end; expected the manifest of an image")
    for one in descriptors:
        if one.media_type in INDEXES:
            inner = decode(fetch(one), Index, f"{where} {one.digest}")
            yield from _candidates(inner.manifests, fetch, where, depth + 1)
        elif one.media_type in (*MANIFESTS, "") and not _is_attachment(one):
            yield _Candidate(one, one.platform)


def _is_attachment(descriptor: Descriptor) -> bool:
    """Provenance and the like, which builders put beside images (BuildKit, attestations)."""
    platform = descriptor.platform
    unknown = platform is not None and platform.os == "unknown"
    kind = (descriptor.annotations or {}).get("vnd.docker.reference.type", "")
    return unknown or bool(kind) or bool(descriptor.artifact_type)


def _choose(candidates: list[_Candidate], wish: str) -> _Candidate | None:
    if wish:
        return next((one for one in candidates if _fits(one.platform, wish)), None)
    usual = (one for one in candidates if one.platform == _USUAL)
    return next(usual, candidates[0])


def check_platform(platform: str, wish: str, where: str) -> None:
    """Raise ImageError for an image of another platform than the one that was asked for."""
    if wish and not (platform == wish or platform.startswith(f"{wish}/")):
        raise unreadable(
            where,
            f"an image for {platform or 'no platform'}; expected one for {wish}",
            "leave --platform out, or name another image",
        )


def _fits(platform: Platform | None, wish: str) -> bool:
    """A wish without a variant takes any; a platform that is not told may be the one."""
    return platform is None or str(platform) == wish or str(platform).startswith(f"{wish}/")
