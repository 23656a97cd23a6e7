"""Manifests as single documents with positions: one that is broken costs no other.

Rules: documents are separated by lines before YAML is read, as the Kubernetes decoder does it
(rules.md 5.1). A document with template markers that is no YAML was never rendered, and is told as
that. Positions are those of the file.
"""

import re
from collections.abc import Iterator

from holdfast.model.document import Document, Part
from holdfast.model.hazard import Unexamined, UnexaminedReason
from holdfast.sources.yaml_tree import YamlError, parse_part

# k8s.io/apimachinery pkg/util/yaml/decoder.go splitYAMLDocument: the rest of the line is dropped.
_SEPARATOR = re.compile(r"^---[^\n]*\n?", re.MULTILINE)
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_LINE = re.compile(r":(\d+)$")
_COMMENTS = re.compile(r"\ufeff?(?:[ \t\r\n]+|#[^\n]*)*+")


def read_stream(text: str, file: str) -> Iterator[Document | Unexamined]:
    """The documents of a text in their order, and those that could not be read."""
    for part in _parts(text):
        try:
            yield from parse_part(text, part, file)
        except YamlError as error:
            yield _unexamined(text, part, file, error)


def _parts(text: str) -> Iterator[Part]:
    """The documents that hold more than comments."""
    start = line = index = 0
    for end, behind in _ends(text):
        if _COMMENTS.fullmatch(text, start, end) is None:
            yield Part(start, end, line, index)
            index += 1
        line += text.count("\n", start, behind)
        start = behind


def _ends(text: str) -> Iterator[tuple[int, int]]:
    """Where each document ends, and where the next one begins."""
    for match in _SEPARATOR.finditer(text):
        yield match.start(), match.end()
    yield len(text), len(text)


def _unexamined(text: str, part: Part, file: str, error: YamlError) -> Unexamined:
    match = _LINE.search(error.where)
    line = part.line + (int(match[1]) if match is not None else 1)
    if _TEMPLATE.search(text, part.start, part.end):
        what = f"not rendered ({error.found}); render it first: helm template . | holdfast check -"
        return Unexamined(UnexaminedReason.TEMPLATE, file, line, what)
    return Unexamined(UnexaminedReason.BROKEN, file, line, error.found)
