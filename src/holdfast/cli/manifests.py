"""Reads the user's own manifests as documents with positions, so that a patch can be an edit."""

from collections.abc import Iterable
from pathlib import Path

from holdfast.model.document import Document
from holdfast.sources.yaml_tree import parse_documents

# A manifest is written by people; a dump of this size is not.
_LARGEST_BYTES = 1024 * 1024
_SUFFIXES = (".yaml", ".yml")


def read_manifests(paths: Iterable[str]) -> tuple[Document, ...]:
    """The documents of every YAML file among the inputs; unreadable ones give none."""
    documents: list[Document] = []
    for path in map(Path, paths):
        if path.suffix in _SUFFIXES and path.stat().st_size <= _LARGEST_BYTES:
            text = path.read_text(encoding="utf-8", errors="replace")
            documents.extend(parse_documents(text, str(path)))
    return tuple(documents)
