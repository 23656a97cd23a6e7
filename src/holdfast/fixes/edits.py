"""A change of the pod template as edits of the user's own text.

Rules: only the lines concerned change; comments, anchors, quotes, order and line ends stay. Where a
place is written once for several uses (an anchor), or made by a template, nothing is edited and the
reason is told (rules.md 6).
"""

from collections.abc import Iterable

from holdfast.fixes.strategic import MERGE_KEYS
from holdfast.fixes.write_yaml import (
    Layout,
    layout_of,
    rewrite_scalar,
    write_entry,
    write_flow,
    write_item,
    write_scalar,
)
from holdfast.model.document import (
    Alias,
    Document,
    Mapping,
    Node,
    Part,
    Scalar,
    Sequence,
    Style,
    find,
    to_plain,
)
from holdfast.model.edit import Edit, Json
from holdfast.model.span import Span

_BREAKS = "\n\r\x85\u2028\u2029"
# A container without an image is none: a patch only changes those that are there.
_NEVER_ADDED = ("containers", "initContainers")
# A new field goes behind its closest relative where that exists.
_FOLLOWS = {"startupProbe": "livenessProbe", "livenessProbe": "readinessProbe"}


class RefusedError(Exception):
    """The place cannot be edited; the message says why, in words for a caveat."""


def edit(document: Document, root: Node, patch: dict[str, Json]) -> tuple[Edit, ...]:
    """The edits that merge a patch (of `strategic.patch_of`) into the mapping `root`.

    Raises RefusedError where no edit of this text would make exactly that change.
    """
    editor = _Editor(document)
    editor.merge(root, patch)
    return tuple(sorted(editor.edits, key=lambda made: made.span.start))


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; edits at the same place keep their order."""
    parts: list[str] = []
    done = 0
    for made in sorted(edits, key=lambda made: made.span.start):
        parts += [text[done : made.span.start], made.text]
        done = made.span.end
    return "".join([*parts, text[done:]])


def unified_diff(document: Document, edits: Iterable[Edit]) -> str:
    """The edits as `patch` reads them, with the file's own line ends."""
    return text_diff(document.file, document.text, apply_edits(document.text, edits))


def text_diff(file: str, before: str, after: str) -> str:
    """Two versions of a file as `patch` reads them, with the file's own line ends."""
    import difflib

    # As git names files: `patch -p1` finds them from the directory that the path starts in.
    file = file.lstrip("/")
    lines = difflib.unified_diff(_lines(before), _lines(after), f"a/{file}", f"b/{file}")
    missing = "\n\\ No newline at end of file\n"
    return "".join(line if line.endswith("\n") else line + missing for line in lines)


def _lines(text: str) -> list[str]:
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1].removesuffix("\n")
    return lines if lines[-1] else lines[:-1]


class _Editor:
    """Walks the tree and the patch together and collects edits."""

    def __init__(self, document: Document) -> None:
        self.edits: list[Edit] = []
        self._document = document
        self._layout: Layout = layout_of(document)

    def merge(self, node: Node, patch: dict[str, Json]) -> None:
        mapping = self._own(node)
        if not isinstance(mapping, Mapping):
            raise RefusedError("the manifest has another kind of value where fields belong")
        if mapping.entries and self._is_explicit(mapping.entries[0][0]):
            raise RefusedError("the manifest writes its keys with question marks")
        missing: dict[str, Json] = {}
        for key, value in patch.items():
            entry = mapping.entry(key)
            if entry is None and key in _NEVER_ADDED:
                raise RefusedError(f"it has no {key}: something injects them")
            if entry is None:
                self._check_merge_key(mapping, key, value)
                missing[key] = value
            else:
                self._change(key, entry[1], value, mapping)
        if missing:
            self._insert(mapping, missing)

    def _own(self, node: Node) -> Node:
        """The node, unless its text serves several places."""
        if isinstance(node, Alias):
            raise RefusedError(f"the place repeats the anchor &{node.name}: change it there")
        if node.anchor and node.anchor in self._document.aliased:
            raise RefusedError(f"the anchor &{node.anchor} is used in several places")
        return node

    def _check_merge_key(self, mapping: Mapping, key: str, value: Json) -> None:
        if not isinstance(value, dict | list) or not mapping.merges:
            return
        merged = to_plain(mapping)
        if isinstance(merged, dict) and key in merged:
            raise RefusedError(f"{key} comes from a merge key (<<): change it at its anchor")

    def _change(self, key: str, node: Node, value: Json, parent: Mapping) -> None:
        own = self._own(node)
        if isinstance(value, dict) and isinstance(own, Mapping):
            self.merge(own, value)
        elif isinstance(own, Scalar) and own.value is None and value is not None:
            self._fill(key, own, value, parent)
        elif isinstance(value, list) and isinstance(own, Sequence):
            if key in MERGE_KEYS:
                self._merge_elements(own, value, key)
            else:
                self._replace_list(own, value)
        elif isinstance(own, Scalar) and not isinstance(value, dict | list):
            self._replace_scalar(own, value)
        else:
            raise RefusedError(f"the manifest has another kind of value at {key}")

    def _replace_scalar(self, node: Scalar, value: bool | int | float | str | None) -> None:
        if node.value == value and type(node.value) is type(value):
            return
        if node.anchor or node.tag:
            raise RefusedError(f"the value {node.text!r} carries an anchor or a tag")
        if "{{" in node.text:
            raise RefusedError("the value is made by a template")
        self._add(node.span, rewrite_scalar(node, value, self._layout))

    def _fill(self, key: str, node: Scalar, value: Json, parent: Mapping) -> None:
        """A key without a value ("resources:") or with null."""
        if node.anchor or node.tag:
            raise RefusedError(f"the empty value of {key} carries an anchor or a tag")
        if parent.flow or node.text:
            text = write_flow(value)
            self._add(node.span, text if node.text else f" {text}")
            return
        entry = write_entry(key, value, parent.column, self._layout)
        inner = entry[len(write_scalar(key)) + 1 :]
        inline = not inner.startswith(self._layout.newline)
        place = node.span.end if inline else self._line_end(node.span.end)
        self._add(_at(place), inner)

    def _merge_elements(self, node: Sequence, patches: list[Json], key: str) -> None:
        merge_key = MERGE_KEYS[key]
        missing: list[Json] = []
        for patch in patches:
            if not isinstance(patch, dict):
                raise RefusedError("an element without a name")
            found = [i for i in node.items if _value_at(i, merge_key) == patch[merge_key]]
            if found:
                self.merge(found[-1], patch)
            elif "name" in patch and key in _NEVER_ADDED:
                raise RefusedError(f"it has no container {patch['name']}: something injects that")
            elif any(isinstance(item, Alias) for item in node.items):
                raise RefusedError("the list holds elements written elsewhere")
            else:
                missing.append(patch)
        if missing:
            self._append(node, missing)

    def _append(self, node: Sequence, values: list[Json]) -> None:
        if node.flow or not node.items:
            self._insert_flow(node, [write_flow(value) for value in values], list(node.items))
        else:
            texts = [write_item(value, node.column, self._layout) for value in values]
            self._insert_lines(node.items[-1], texts, node.column)

    def _replace_list(self, node: Sequence, values: list[Json]) -> None:
        if to_plain(node) == values:
            return
        if len(values) == len(node.items):
            pairs = list(zip(node.items, values, strict=True))
            if all(isinstance(i, Scalar) and not isinstance(v, dict | list) for i, v in pairs):
                for item, value in pairs:
                    self._change("the list", item, value, _NO_MAPPING)
                return
        if node.anchor:
            raise RefusedError(f"the list carries the anchor &{node.anchor}")
        if not values:
            raise RefusedError("the list would be empty")
        if any(_is_shared(item) for item in node.items):
            raise RefusedError("the list holds anchors or aliases")
        if node.flow:
            self._add(node.span, write_flow(values))
            return
        lead = f"{self._layout.newline}{' ' * node.column}"
        lines = [write_item(value, node.column, self._layout) for value in values]
        added = len(values) - len(node.items)
        if added > 0 and values[added:] == to_plain(node):
            self._add(_at(node.span.start), "".join(line + lead for line in lines[:added]))
            return
        gaps = zip(node.items, node.items[1:], strict=False)
        if any("#" in self._document.text[a.span.end : b.span.start] for a, b in gaps):
            raise RefusedError("comments inside the list would be lost")
        self._add(node.span, lead.join(lines))

    def _insert(self, mapping: Mapping, missing: dict[str, Json]) -> None:
        if mapping.flow or not mapping.entries:
            texts = [f"{write_scalar(k)}: {write_flow(v)}" for k, v in missing.items()]
            self._insert_flow(mapping, texts, [value for _, value in mapping.entries])
            return
        behind: dict[int, list[str]] = {}
        for key, value in missing.items():
            text = write_entry(key, value, mapping.column, self._layout)
            behind.setdefault(_neighbour(mapping, key), []).append(text)
        for index, texts in behind.items():
            self._insert_lines(mapping.entries[index][1], texts, mapping.column)

    def _insert_flow(self, node: Mapping | Sequence, texts: list[str], values: list[Node]) -> None:
        if not values:
            self._add(_at(node.span.end - 1), ", ".join(texts))
            return
        last = values[-1]
        if isinstance(last, Alias) or (isinstance(last, Scalar) and not last.text):
            raise RefusedError("the last value in the brackets is empty or an alias")
        self._add(_at(last.span.end), ", " + ", ".join(texts))

    def _insert_lines(self, after: Node, texts: list[str], indent: int) -> None:
        """Whole lines behind the last line of a node."""
        if _keeps_breaks(after, self._document.text):
            raise RefusedError("the place follows a block of text that keeps its blank lines")
        lead = f"{self._layout.newline}{' ' * indent}"
        self._add(_at(self._line_end(after.span.end)), "".join(lead + text for text in texts))

    def _is_explicit(self, key: Node) -> bool:
        """A key behind "? ", whose column is not that of its mapping."""
        return (
            self._document.text[max(0, key.span.start - 9) : key.span.start].rstrip(" ")[-1:] == "?"
        )

    def _line_end(self, offset: int) -> int:
        text = self._document.text
        while offset < len(text) and text[offset] not in _BREAKS:
            offset += 1
        return offset

    def _add(self, span: Span, text: str) -> None:
        if span.line == 0:
            whole, part = self._document.text, self._document.part or _ALL
            line_start = whole.rfind("\n", 0, span.start) + 1
            line = part.line + whole.count("\n", part.start, span.start) + 1
            span = Span(span.start, span.end, line, span.start - line_start + 1)
        self.edits.append(Edit(self._document.file, span, text))


_ALL = Part(0, 0, 0)
_NO_MAPPING = Mapping((), Span(0, 0, 1, 1), flow=True)


def _at(offset: int) -> Span:
    """A place between two characters; `_add` fills in its line."""
    return Span(offset, offset, 0, 0)


def _neighbour(mapping: Mapping, key: str) -> int:
    """The index of the entry that a new one goes behind."""
    relative = _FOLLOWS.get(key)
    for index, (name, _) in enumerate(mapping.entries):
        if relative is not None and isinstance(name, Scalar) and name.value == relative:
            return index
    return len(mapping.entries) - 1


def _value_at(node: Node, key: str) -> Json:
    found = find(node, key)
    return to_plain(found) if found is not None else None


def _is_shared(node: Node) -> bool:
    return isinstance(node, Alias) or bool(node.anchor)


def _keeps_breaks(node: Node, text: str) -> bool:
    """Whether blank lines behind a node belong to its value: it ends in a block with "+"."""
    while isinstance(node, Mapping | Sequence) and not node.flow:
        last = node.entries[-1][1] if isinstance(node, Mapping) else node.items[-1]
        node = last
    if not isinstance(node, Scalar) or node.style not in (Style.LITERAL, Style.FOLDED):
        return False
    header = text[node.span.start : node.span.end].partition("\n")[0]
    return "+" in header.partition("#")[0]
