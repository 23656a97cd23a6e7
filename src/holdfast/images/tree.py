"""The file system of an image: layers laid over one another, as a container sees them.

Source: OCI image-spec, layer.md: the last layer wins; `.wh.NAME` hides NAME of the layers below,
`.wh..wh..opq` all that they have in its directory; a whiteout hides nothing of its own layer.

Rules: nothing is written anywhere; links are followed inside the tree only, at most as often as
Linux does.
"""

from collections.abc import Iterator

from holdfast.images.listing import Entry, Kind, Listing
from holdfast.model.image import Waste, WastedFile

_WHITEOUT = ".wh."
_OPAQUE = ".wh..wh..opq"
# Linux: MAXSYMLINKS (include/linux/namei.h).
_MOST_LINKS = 40


class Node:
    """A name in the tree; `layer` is the one that brought it, `children` those of a directory."""

    __slots__ = ("children", "entry", "layer")

    def __init__(self, entry: Entry, layer: int) -> None:
        """Without children."""
        self.entry = entry
        self.layer = layer
        self.children: dict[str, Node] = {}

    def below(self) -> Iterator["Node"]:
        """This node and all below it, by name."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(node.children[name] for name in sorted(node.children, reverse=True))


class Tree:
    """The layers so far."""

    def __init__(self) -> None:
        """An empty root."""
        self.root = Node(Entry("", Kind.DIRECTORY, 0o755), 0)

    def apply(self, listing: Listing, layer: int) -> list[WastedFile]:
        """Lay a layer over the ones before; what it hides, each file with its layer."""
        hidden: list[WastedFile] = []
        for entry in listing.entries:
            directory, _, name = entry.path.rpartition("/")
            if name.startswith(_WHITEOUT):
                self._white_out(directory, name, layer, hidden)
        for entry in listing.entries:
            if not entry.path.rpartition("/")[2].startswith(_WHITEOUT):
                self._put(entry, layer, hidden)
        return hidden

    def find(self, path: str) -> Node | None:
        """What a path leads to, links followed; None for nothing, and for links in a circle."""
        return self._walk(path, [_MOST_LINKS], follow_last=True)

    def files(self) -> Iterator[Node]:
        """Every regular file, in order of path."""
        return (node for node in self.root.below() if node.entry.kind is Kind.FILE)

    def _walk(self, path: str, links: list[int], *, follow_last: bool) -> Node | None:
        """`links` holds how many links may still be followed on the whole way."""
        trail = [self.root]
        steps = [step for step in path.split("/") if step not in ("", ".")]
        for index, step in enumerate(steps):
            if step == "..":
                trail = trail[:-1] or [self.root]
                continue
            node = trail[-1].children.get(step)
            if node is None:
                return None
            last = index == len(steps) - 1
            if node.entry.kind is Kind.LINK and (follow_last or not last):
                links[0] -= 1
                if links[0] < 0:
                    return None
                target = node.entry.target
                if not target.startswith("/"):
                    target = "/".join((*(n.entry.path.rpartition("/")[2] for n in trail), target))
                return self._walk("/".join((target, *steps[index + 1 :])), links,
                                  follow_last=follow_last)  # fmt: skip
            trail.append(node)
        return trail[-1]

    def _directory(self, path: str, layer: int) -> Node:
        """The directory of a path, made where it is missing; links on the way are followed."""
        node = self.root
        for step in (step for step in path.split("/") if step):
            inner = node.children.get(step)
            if inner is not None and inner.entry.kind is Kind.LINK:
                inner = self.find(inner.entry.path) or inner
            if inner is None or inner.entry.kind is not Kind.DIRECTORY:
                here = f"{node.entry.path}/{step}".lstrip("/")
                inner = Node(Entry(here, Kind.DIRECTORY, 0o755), layer)
                node.children[step] = inner
            node = inner
        return node

    def _white_out(self, directory: str, name: str, layer: int, hidden: list[WastedFile]) -> None:
        parent = self._walk(directory, [_MOST_LINKS], follow_last=True)
        if parent is None:
            return
        if name == _OPAQUE:
            for node in parent.children.values():
                hidden.extend(_hidden(node, layer, Waste.DELETED))
            parent.children = {}
            return
        gone = name.removeprefix(_WHITEOUT)
        if gone in parent.children:
            hidden.extend(_hidden(parent.children.pop(gone), layer, Waste.DELETED))

    def _put(self, entry: Entry, layer: int, hidden: list[WastedFile]) -> None:
        directory, _, name = entry.path.rpartition("/")
        if not name:
            self.root.entry = entry
            return
        parent = self._directory(directory, layer)
        path = f"{parent.entry.path}/{name}".lstrip("/")
        if entry.kind is Kind.HARD_LINK:
            entry = self._linked(entry)
        node = Node(_at(entry, path), layer)
        old = parent.children.get(name)
        if old is not None:
            if entry.kind is Kind.DIRECTORY and old.entry.kind is Kind.DIRECTORY:
                node.children = old.children
            else:
                hidden.extend(_hidden(old, layer, _how(old.entry, entry)))
        parent.children[name] = node

    def _linked(self, entry: Entry) -> Entry:
        """A second name of a file: the same facts, and no bytes of its own."""
        first = self._walk(entry.target, [_MOST_LINKS], follow_last=False)
        if first is None or first.entry.kind is not Kind.FILE:
            return Entry(entry.path, Kind.OTHER, entry.mode)
        one = first.entry
        return Entry(entry.path, Kind.FILE, one.mode, 0, one.path, one.digest, one.text, one.elf)


def _at(entry: Entry, path: str) -> Entry:
    if entry.path == path:
        return entry
    return Entry(path, entry.kind, entry.mode, entry.size, entry.target, entry.digest, entry.text,
                 entry.elf)  # fmt: skip


def _how(old: Entry, new: Entry) -> Waste:
    if new.kind is Kind.FILE and old.kind is Kind.FILE:
        return Waste.TOUCHED if new.digest == old.digest else Waste.REPLACED
    return Waste.DELETED if old.kind is Kind.DIRECTORY else Waste.REPLACED


def _hidden(node: Node, by: int, how: Waste) -> Iterator[WastedFile]:
    for one in node.below():
        if one.entry.kind is Kind.FILE and one.entry.size:
            yield WastedFile(f"/{one.entry.path}", one.entry.size, one.layer, by, how)
