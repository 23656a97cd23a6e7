"""Which files are patches of a kustomization: parts of objects, and no objects.

Rules: a patch says what changes and leaves out the rest, so rules about what is not there would be
wrong about it. It is told as not examined; what it makes is seen by `kustomize build`.
"""

import os.path
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import Any

from holdfast.cli.manifest_files import TextFile
from holdfast.model.hazard import Unexamined, UnexaminedReason
from holdfast.sources.manifest_stream import read_stream

# sigs.k8s.io/kustomize/api/konfig RecognizedKustomizationFileNames
_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")


def patches_among(files: Iterable[TextFile | Unexamined]) -> frozenset[str]:
    """The normal names of the files that a kustomization among them names as patches."""
    found: set[str] = set()
    for file in files:
        if not isinstance(file, TextFile) or not file.name.endswith(_NAMES):
            continue
        path = PurePath(file.name)
        if path.name in _NAMES:
            found.update(os.path.normpath(path.parent / patch) for patch in _paths(file))
    return frozenset(found)


def is_patch(file: TextFile, patches: frozenset[str]) -> bool:
    """Whether a file is one of them."""
    return os.path.normpath(file.name) in patches


def not_examined(file: TextFile) -> Unexamined:
    """What is told of a patch."""
    what = "a part of an object; build it first: kustomize build DIR | holdfast check -"
    return Unexamined(UnexaminedReason.PATCH, file.name, 0, what)


def _paths(file: TextFile) -> Iterator[str]:
    for document in read_stream(file.text, file.name):
        value: Any = None if isinstance(document, Unexamined) else document.value
        if not isinstance(value, dict):
            continue
        for field in ("patches", "patchesStrategicMerge", "patchesJson6902"):
            listed = value.get(field)
            for patch in listed if isinstance(listed, list) else ():
                path = patch.get("path") if isinstance(patch, dict) else patch
                # A patch may also be written in its place, as a text of several lines.
                if isinstance(path, str) and "\n" not in path:
                    yield path
