"""ConfigMaps and Secrets of a rehearsal: from the manifest itself, or from files.

Rules: values stay bytes, because a Secret may hold a key in DER; they are never printed. A path may
be a manifest of the object, a directory with a file for each key, or lines of KEY=VALUE, as
`kubectl create configmap --from-file` and `--from-env-file` read them.
"""

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from holdfast.rehearsal.container_runtime import RehearsalError

CONFIG_MAP, SECRET = "ConfigMap", "Secret"


class Given(NamedTuple):
    """What an object is called, and its kind."""

    kind: str
    name: str


Data = dict[Given, dict[str, bytes]]


def data_of_object(value: Mapping[str, Any]) -> tuple[Given, dict[str, bytes]] | None:
    """A ConfigMap or Secret as it is written in a manifest; None for anything else.

    Raises ValueError for a value that is no text, or no base64 where that is needed.
    """
    kind = value.get("kind")
    if kind not in (CONFIG_MAP, SECRET):
        return None
    metadata = value.get("metadata")
    name = str(metadata.get("name", "")) if isinstance(metadata, Mapping) else ""
    plain = "data" if kind == CONFIG_MAP else "stringData"
    coded = "binaryData" if kind == CONFIG_MAP else "data"
    found: dict[str, bytes] = {}
    for field, decode in ((coded, _decode), (plain, str.encode)):
        for key, text in (value.get(field) or {}).items():
            if not isinstance(text, str):
                raise ValueError(f"{field}.{key} is no text")
            found[str(key)] = decode(text)
    return Given(str(kind), name), found


def data_of_path(path: Path) -> dict[str, bytes]:
    """The values in a directory or in a file with lines of KEY=VALUE. Raises RehearsalError."""
    try:
        if path.is_dir():
            files = sorted(file for file in path.iterdir() if file.is_file())
            return {file.name: file.read_bytes() for file in files}
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise _refusal(path, str(error)) from error
    found = {}
    for number, line in enumerate(lines, 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        key, equals, value = stripped.partition("=")
        if not equals or not key:
            raise _refusal(path, f"line {number} is not KEY=VALUE")
        found[key] = value.encode()
    return found


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=False)
    except binascii.Error as error:
        raise ValueError(f"no base64: {error}") from error


def _refusal(path: Path, found: str) -> RehearsalError:
    return RehearsalError(
        "reading the values of a ConfigMap or Secret",
        str(path),
        f"{found}; expected a manifest, a directory with a file for each key, or KEY=VALUE lines",
        "correct the file, or give another path",
    )
