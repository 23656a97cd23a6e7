"""Reads inputs of any format: files, directories, archives, standard input.

Rules: every format is tried on the content of everything; the best match reads. Formats that tell
more are read before those that tell less, over all inputs together, because the first reading of an
object counts and logs are named after pods that were read. An input from which nothing came is an
error; a part that could not be read is a gap.
"""

import importlib
import os
import pkgutil
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import BinaryIO, NamedTuple

from holdfast.model.errors import HoldfastError
from holdfast.model.snapshot import Gap, GapKind, Snapshot
from holdfast.sources import formats
from holdfast.sources.archive import is_archive, unpack
from holdfast.sources.collector import Collector
from holdfast.sources.format import LAST_RESORT, Entry, FileFormat, Tree, TreeFormat
from holdfast.sources.pasted import unwrap

STDIN = "-"
_STDIN_NAME = "standard input"
# Archives inside archives: support bundles hold node logs as tar.gz; deeper ones are not made. A
# fence inside a quote is as deep.
_DEEPEST_ARCHIVE = 2
_MOST_FILES = 200_000
_SUPPORTED = (
    "kubectl get -o json|yaml, kubectl describe pod, kubectl get pods|events, logs, cluster-info "
    "dump, support bundle, must-gather, insights archive, /var/log/pods"
)


class SourceError(HoldfastError):
    """An input that cannot be used at all."""


class _Recognised(NamedTuple):
    """A file and who will read it."""

    format: FileFormat
    entry: Entry


def read_inputs(inputs: Sequence[str], stdin: BinaryIO) -> Snapshot:
    """Everything in the inputs: paths, and "-" for standard input.

    Raises SourceError for a path that is not there or not readable, and when no object and no log
    was found in all of them.
    """
    into = Collector()
    with tempfile.TemporaryDirectory(prefix="holdfast-") as scratch:
        found: list[_Recognised] = []
        for number, name in enumerate(dict.fromkeys(inputs)):
            into.add_source(_STDIN_NAME if name == STDIN else name)
            directory = Path(scratch) / str(number)
            directory.mkdir()
            found.extend(_recognise_input(name, stdin, directory, into))
        for recognised in sorted(found, key=lambda r: (r.format.rank, r.entry.path)):
            recognised.format.read(recognised.entry, into)
        if not into.objects:
            raise _nothing(into)
        return into.snapshot()


def _recognise_input(
    name: str, stdin: BinaryIO, scratch: Path, into: Collector
) -> Iterator[_Recognised]:
    if name == STDIN:
        path = scratch / "stdin"
        with path.open("wb") as copy:
            shutil.copyfileobj(stdin, copy)
        yield from _recognise(_entry(_STDIN_NAME, path), scratch, into, depth=0, explicit=True)
        return
    path = Path(name)
    try:
        if path.is_dir():
            yield from _recognise_tree(_directory(path, into), scratch, into, depth=0)
            return
        # A pipe (`-f <(kubectl get pods -o json)`) can be read once only.
        if not path.is_file():
            with path.open("rb") as pipe, (scratch / "pipe").open("wb") as copy:
                shutil.copyfileobj(pipe, copy)
            path = scratch / "pipe"
        entry = _entry(name, path)
        entry.head()
    except OSError as error:
        raise SourceError(
            "reading input",
            name,
            f"{error.strerror or error}; expected a file or directory that can be read",
            "check the path and its permissions",
        ) from error
    yield from _recognise(entry, scratch, into, depth=0, explicit=True)


def _recognise(
    entry: Entry, scratch: Path, into: Collector, *, depth: int, explicit: bool
) -> Iterator[_Recognised]:
    """Who reads a file. `explicit` means that the user named it, so that silence would be wrong."""
    head = entry.head()
    if not head.strip(b"\x00 \t\r\n"):
        what = "empty file" if not head else "file without any text"
        cost = "nothing was read from it, which does not mean that nothing happened"
        into.add_gap(Gap(GapKind.ABSENT, what, entry.path, cost))
    elif is_archive(head):
        if depth < _DEEPEST_ARCHIVE:
            inside = scratch / f"archive-{len(list(scratch.iterdir()))}"
            inside.mkdir()
            tree = unpack(entry, inside, into)
            yield from _recognise_tree(tree, scratch, into, depth=depth + 1)
    elif pasted := _pasted(entry, head, scratch, into, depth):
        yield from pasted
    else:
        best = max(_file_formats(), key=lambda form: form.recognise(head))
        if best.recognise(head):
            yield _Recognised(best, entry)
        elif explicit:
            what = "a file in no format that is known"
            cost = f"nothing of it is used; these are read: {_SUPPORTED}"
            into.add_gap(Gap(GapKind.UNKNOWN_KIND, what, entry.path, cost))


def _pasted(
    entry: Entry, head: bytes, scratch: Path, into: Collector, depth: int
) -> list[_Recognised]:
    """The parts of a quoted or fenced text, where one of them says more than a log does."""
    if depth >= _DEEPEST_ARCHIVE:
        return []
    aside = Collector()
    found = [
        recognised
        for part in unwrap(entry, head, scratch)
        for recognised in _recognise(part, scratch, aside, depth=depth + 1, explicit=False)
    ]
    if all(recognised.format.rank == LAST_RESORT for recognised in found):
        return []
    for gap in aside.snapshot().gaps:
        into.add_gap(gap)
    return found


def _recognise_tree(
    tree: Tree, scratch: Path, into: Collector, *, depth: int
) -> Iterator[_Recognised]:
    scored = [(form.recognise(tree), form.name, form) for form in _tree_formats()]
    done: set[str] = set()
    best = max(scored, key=lambda score: score[:2])
    if best[0]:
        done = best[2].read(tree, into)
    for path in sorted(tree.entries):
        if path not in done:
            entry = tree.entries[path]._replace(path=f"{tree.name.rstrip('/')}/{path}")
            yield from _recognise(entry, scratch, into, depth=depth, explicit=False)


def _directory(root: Path, into: Collector) -> Tree:
    """The regular files below a directory; links are not followed, so that nothing comes twice."""
    entries: dict[str, Entry] = {}
    for folder, names, files in os.walk(root):
        names.sort()
        for file in sorted(files):
            path = Path(folder) / file
            if path.is_symlink() or not path.is_file():
                continue
            if len(entries) >= _MOST_FILES:
                what = f"more than {_MOST_FILES} files"
                cost = "the files beyond are not used"
                into.add_gap(Gap(GapKind.REFUSED, what, str(root), cost))
                return Tree(str(root), entries)
            relative = path.relative_to(root).as_posix()
            if os.access(path, os.R_OK):
                entries[relative] = _entry(relative, path)
            else:
                cost = "what it holds is missing from the diagnosis"
                into.add_gap(
                    Gap(GapKind.FORBIDDEN, "file without read permission", str(path), cost)
                )
    return Tree(str(root), entries)


def _entry(name: str, path: Path) -> Entry:
    return Entry(name, path.stat().st_size, _opener(path))


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def _nothing(into: Collector) -> SourceError:
    gaps = into.snapshot().gaps
    found = "; ".join(f"{gap.where}: {gap.what}" for gap in gaps[:5])
    skipped = ", ".join(f"{count} {kind}" for kind, count in into.skipped.most_common(5))
    parts = [
        part for part in (found, f"objects without pods: {skipped}" if skipped else "") if part
    ]
    return SourceError(
        "reading input",
        ", ".join(into.snapshot().sources),
        f"{'; '.join(parts) or 'nothing in it'}; expected pods, events or logs",
        f"these formats are read: {_SUPPORTED}",
    )


@cache
def _file_formats() -> tuple[FileFormat, ...]:
    return tuple(form for form in _all_formats() if isinstance(form, FileFormat))


@cache
def _tree_formats() -> tuple[TreeFormat, ...]:
    return tuple(form for form in _all_formats() if isinstance(form, TreeFormat))


@cache
def _all_formats() -> tuple[FileFormat | TreeFormat, ...]:
    names = [info.name for info in pkgutil.iter_modules(formats.__path__)]
    return tuple(
        importlib.import_module(f"{formats.__name__}.{name}").FORMAT for name in sorted(names)
    )
