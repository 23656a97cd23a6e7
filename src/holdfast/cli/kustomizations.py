"""Which files a kustomization makes something of: its patches, and its resources.

Rules: a patch says what changes and leaves out the rest, so rules about what is not there would be
wrong about it. It is told as not examined; what it makes is seen by `kustomize build`. A resource
is an object that may be given fields, such as the selector by commonLabels.
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
    return _named(files, ("patches", "patchesStrategicMerge", "patchesJson6902"))


def resources_among(files: Iterable[TextFile | Unexamined]) -> frozenset[str]:
    """The normal names of the files that a kustomization among them names as resources."""
    return _named(files, ("resources", "bases"))


def _named(files: Iterable[TextFile | Unexamined], fields: tuple[str, ...]) -> frozenset[str]:
    found: set[str] = set()
    for file in files:
        if not isinstance(file, TextFile) or not file.name.endswith(_NAMES):
            continue
        path = PurePath(file.name)
        if path.name in _NAMES:
            found.update(os.path.normpath(path.parent / patch) for patch in _paths(file, fields))
    return frozenset(found)


def is_among(file: str, named: frozenset[str]) -> bool:
    """Whether a file is one of them."""
    return os.path.normpath(file) in named


def not_examined(file: TextFile) -> Unexamined:
    """What is told of a patch."""
    what = "a part of an object; build it first: kustomize build DIR | holdfast check -"
    return Unexamined(UnexaminedReason.PATCH, file.name, 0, what)


def _paths(file: TextFile, fields: tuple[str, ...]) -> Iterator[str]:
    for document in read_stream(file.text, file.name):
        value: Any = None if isinstance(document, Unexamined) else document.value
        if not isinstance(value, dict):
            continue
        for field in fields:
            listed = value.get(field)
            for patch in listed if isinstance(listed, list) else ():
                path = patch.get("path") if isinstance(patch, dict) else patch
                # A patch may also be written in its place, as a text of several lines.
                if isinstance(path, str) and "\n" not in path:
                    yield path
