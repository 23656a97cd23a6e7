"""References of images: registry, repository, tag and digest, and how firmly a tag stands.

Rules: a colon before the last slash is a port (rules.md 10.4). Source of the grammar:
github.com/distribution/reference, regexp.go; of what the kubelet refuses: InvalidImageName.
"""

import re
from enum import StrEnum
from functools import lru_cache

import msgspec

from holdfast.model.environment import environment_of_place
from holdfast.model.regex import regex
from holdfast.model.release_tag import ReleaseTag

_DOMAIN = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]+)?|\[[0-9a-fA-F:]+\](?::[0-9]+)?)"
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REFERENCE = regex(
    rf"(?P<repository>(?:{_DOMAIN}/)?{_PART}(?:/{_PART})*)"
    r"(?::(?P<tag>[\w][\w.-]{0,127}))?(?:@(?P<digest>[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}))?",
    re.ASCII,
)
_DIGEST_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}
_FULL = regex(r"v?\d+\.\d+\.\d+(?:[-_.+][\w.-]+)?", re.ASCII)
# Of MinIO, too: RELEASE.2022-11-17T23-20-09Z.
_CALENDAR = regex(
    r"(?:RELEASE\.)?(?:19|20)\d{2}[.-]?\d{2}[.-]?\d{2}(?:[.-]\w+|T[\d-]+Z)?"
    r"|(?:19|20)\d{2}\.\d+\.\d+"
)
_COMMIT = regex(r"(?:sha-|git-|g)?(?=[0-9a-f]*\d)[0-9a-f]{7,40}")
_BUILD = regex(r"[\w.-]*[-_.](?:\d{8,14}|[0-9a-f]{7,40})(?:[-_.]\d+)?|(?:build|b|r)[-_]?\d+|\d{5,}")
_PARTIAL = regex(r"v?\d{1,4}(?:\.\d+)?(?:-[a-z][\w.-]*)?", re.ASCII)
_CHANNELS = frozenset(
    {"latest", "stable", "edge", "main", "master", "dev", "develop", "nightly", "lts", "prod",
     "production", "staging", "test", "canary", "beta", "alpha", "rc", "release", "current", "next"}
)  # fmt: skip
_VARIANTS = frozenset({"alpine", "slim", "bookworm", "bullseye", "jammy", "noble", "distroless"})
_UNRENDERED = regex(r"\$|\{\{|<|%")


class Firmness(StrEnum):
    """How firmly a reference means one image (rules.md 10.4)."""

    DIGEST = "pinned by digest"
    VERSION = "a full version"
    BUILD = "a build"
    FLOATING = "floating"
    LATEST = "latest"
    UNTAGGED = "no tag"
    UNRENDERED = "not rendered"
    INVALID = "invalid"


class ImageReference(msgspec.Struct, frozen=True):
    """A reference as it was written, taken apart. Parts that are not there are ""."""

    text: str
    repository: str
    tag: str
    digest: str
    firmness: Firmness

    @property
    def name(self) -> str:
        """The last part of the repository: "nginx"."""
        return self.repository.rpartition("/")[2]

    @property
    def registry(self) -> str:
        """The host that serves it, with its port: "ghcr.io"; "" for Docker Hub.

        Source: github.com/distribution/reference normalize.go, splitDockerDomain.
        """
        first, slash, _ = self.repository.partition("/")
        is_host = "." in first or ":" in first or first == "localhost"
        return first if slash and is_host else ""


# Some twenty rules ask about images.
@lru_cache(maxsize=4096)
def parse_reference(text: str) -> ImageReference:
    """Take a reference apart; never fails: what is invalid says so in its firmness."""
    match = _REFERENCE.fullmatch(text)
    if match is None:
        firmness = Firmness.UNRENDERED if _UNRENDERED.search(text) else Firmness.INVALID
        return ImageReference(text, text, "", "", firmness)
    tag, digest = match["tag"] or "", match["digest"] or ""
    algorithm, _, value = digest.partition(":")
    if digest and len(value) != _DIGEST_LENGTHS.get(algorithm, len(value)):
        return ImageReference(text, match["repository"], tag, digest, Firmness.INVALID)
    firmness = Firmness.DIGEST if digest else firmness_of_tag(tag)
    return ImageReference(text, match["repository"], tag, digest, firmness)


def firmness_of_tag(tag: str) -> Firmness:
    """What a tag alone promises."""
    if not tag:
        return Firmness.UNTAGGED
    low = tag.lower()
    if low == "latest":
        return Firmness.LATEST if tag == "latest" else Firmness.FLOATING
    words = re.split(r"[-_.]", low)
    released = ReleaseTag.parse(tag)
    if released is not None and environment_of_place(released.environment) is not None:
        return Firmness.VERSION
    if low in _CHANNELS or all(word in _VARIANTS or word in _CHANNELS for word in words):
        return Firmness.FLOATING
    if _FULL.fullmatch(tag) or _CALENDAR.fullmatch(tag):
        return Firmness.VERSION
    if _COMMIT.fullmatch(low) or (_BUILD.fullmatch(low) and not _PARTIAL.fullmatch(low)):
        return Firmness.BUILD
    # What is left names a line of versions: 1, 1.2, 3.20-alpine, jre.
    return Firmness.FLOATING
