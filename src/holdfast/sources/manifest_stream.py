"""Manifests as single documents: one that is broken costs no other.

Rules: documents are separated by lines before YAML is read, as the Kubernetes decoder does it
(rules.md 5.1). A document with template markers that is no YAML was never rendered, and is told as
that. Most documents are never asked for a place, so that positions are read on demand; they are
those of the file.
"""

import re
from collections.abc import Iterator
from functools import cached_property

from holdfast.model.document import Document, Part
from holdfast.model.edit import Json
from holdfast.model.hazard import Unexamined, UnexaminedReason
from holdfast.model.regex import regex
from holdfast.sources.yaml_events import YamlError
from holdfast.sources.yaml_tree import parse_part
from holdfast.sources.yaml_values import PlainDocument, plain_document

_TEMPLATE = regex(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_LINE = regex(r":(\d+)$")
_COMMENTS = regex(r"\ufeff?(?:[ \t\r\n]+|#[^\n]*)*+")


class Manifest:
    """A document of a stream."""

    def __init__(self, file: str, text: str, part: Part, plain: PlainDocument) -> None:
        """`part` is where in the text of the file the document stands."""
        self.file = file
        self.text = text
        self.part = part
        self.value: Json = plain.value
        self.has_odd_keys = plain.has_odd_keys
        self._events = plain.events

    @property
    def index(self) -> int:
        """How many documents stand before it."""
        return self.part.first

    @cached_property
    def tree(self) -> Document:
        """With positions."""
        events, self._events = self._events, None
        return parse_part(self.text, self.part, self.file, events)


def read_stream(text: str, file: str) -> Iterator[Manifest | Unexamined]:
    """The documents of a text in their order, and those that could not be read."""
    for part in _parts(text):
        try:
            plain = plain_document(text[part.start : part.end], file)
        except YamlError as error:
            yield _unexamined(text, part, file, error)
        else:
            if plain is not None:
                yield Manifest(file, text, part, plain)


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
    behind = 0
    while behind < len(text):
        at = behind if text.startswith("---", behind) else text.find("\n---", behind) + 1
        if at < behind or not text.startswith("---", at):
            break
        # k8s.io/apimachinery pkg/util/yaml/decoder.go splitYAMLDocument drops the rest of the line.
        behind = text.find("\n", at) + 1 or len(text)
        yield at, behind
    yield len(text), len(text)


def _unexamined(text: str, part: Part, file: str, error: YamlError) -> Unexamined:
    match = _LINE.search(error.where)
    line = part.line + (int(match[1]) if match is not None else 1)
    if _TEMPLATE.search(text, part.start, part.end):
        what = f"not rendered ({error.found}); render it first: helm template . | holdfast check -"
        return Unexamined(UnexaminedReason.TEMPLATE, file, line, what)
    return Unexamined(UnexaminedReason.BROKEN, file, line, error.found)
