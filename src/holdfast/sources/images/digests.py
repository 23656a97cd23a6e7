"""Digests: names of blobs that are checked by hashing what was read.

Source: OCI image-spec 1.1, descriptor.md: ALGORITHM:HEX, of which three are registered.
"""

import hashlib
import re

from holdfast.sources.images.errors import broken

_ALGORITHMS = {"sha256": 64, "sha384": 96, "sha512": 128}


def algorithm_of(digest: str, where: str) -> str:
    """The hash of a digest, "" for no digest; raises ImageError for what is none."""
    algorithm, _, value = digest.partition(":")
    length = _ALGORITHMS.get(algorithm)
    if not digest:
        return ""
    if length is None or not re.fullmatch(rf"[0-9a-f]{{{length}}}", value):
        known = ", ".join(_ALGORITHMS)
        raise broken(where, f"the digest {digest[:80]!r}; expected one of {known} in hexadecimal")
    return algorithm


def check_digest(raw: bytes, digest: str, where: str) -> bytes:
    """The bytes, when they are those of the digest; else raises ImageError."""
    algorithm = algorithm_of(digest, where)
    found = f"{algorithm}:{hashlib.new(algorithm, raw).hexdigest()}"
    if found != digest:
        raise broken(f"{where} {digest}", f"{found} as its digest; expected {digest}")
    return raw
