"""Digests are those of the standard library, wherever they come from."""

import hashlib
import sys
import uuid

import pytest

from holdfast.model import digest

_NAMES = ("", "api.shop", "Grüße")


@pytest.mark.parametrize("missing", [(), ("_sha1", "_sha2", "_sha256")])
def test_same_as_hashlib(missing: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Also on a Python that was built without them."""
    digest._algorithm.cache_clear()
    for name in missing:
        monkeypatch.setitem(sys.modules, name, None)
    for name in _NAMES:
        assert digest.sha256_hex(name) == hashlib.sha256(name.encode()).hexdigest()
        assert digest.uuid5(name) == uuid.uuid5(uuid.NAMESPACE_DNS, name)
    digest._algorithm.cache_clear()
