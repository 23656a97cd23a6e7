"""Digests of short texts without `hashlib`, whose OpenSSL takes 3.5 MB and 2 ms to load.

Rules: random.py of the standard library goes past it in the same way. The modules are those of
CPython (_sha2 from 3.12 on, _sha256 before); some builds, Red Hat's for one, have none of them.
"""

import importlib
from collections.abc import Callable
from functools import cache
from typing import Any
from uuid import NAMESPACE_DNS, UUID

_HOMES = {"sha1": ("_sha1", "hashlib"), "sha256": ("_sha2", "_sha256", "hashlib")}


def sha256_hex(text: str) -> str:
    """The SHA-256 of a text in UTF-8, in hexadecimal digits."""
    return str(_algorithm("sha256")(text.encode()).hexdigest())


def uuid5(name: str) -> UUID:
    """What `uuid.uuid5` makes of a name of the DNS."""
    digest = _algorithm("sha1")(NAMESPACE_DNS.bytes + name.encode()).digest()
    return UUID(bytes=digest[:16], version=5)


@cache
def _algorithm(name: str) -> Callable[[bytes], Any]:
    for home in _HOMES[name]:
        try:
            found: Callable[[bytes], Any] = getattr(importlib.import_module(home), name)
        except ImportError:
            continue
        return found
    raise ImportError(f"this Python has no {name}")
