"""From the configuration and the listings of an image to what holdfast says of it.

Rules: pure; the same image gives the same description whatever format it came in, but for sizes
that a format does not keep.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import msgspec

from holdfast.images.advice import advice_for
from holdfast.images.content import Content
from holdfast.images.duplicates import duplicates
from holdfast.images.first_process import first_process, shell_of
from holdfast.images.leftovers import leftovers
from holdfast.images.listing import Listing
from holdfast.images.runtimes import runtimes
from holdfast.images.tree import Tree
from holdfast.model.image import (
    FirstProcess,
    Image,
    ImageConfig,
    ImageLayer,
    ImageRuntime,
    Waste,
    WastedFile,
)
from holdfast.model.regex import regex
from holdfast.model.runtime import Runtime

_MOST_WASTE = 10
_PRETTY_NAME = regex(r'(?m)^PRETTY_NAME="?([^"\n]+)')
# BuildKit writes the arguments of a build before the command: "RUN |1 KEY=value /bin/sh -c ...".
_BUILD_ARGUMENTS = regex(r"^(RUN )?\|\d+ .*?(?=/bin/)")
# Of what was copied, the classic builder and buildah write the digest: "COPY dir:2e8a... in /".
_CONTENT = regex(r"\b(dir|file|multi):[0-9a-f]{32,}")
_INSTALLS = regex(
    r"(?m)^\s*(?:exec\s+)?(pip3? install|npm (?:ci|install)|yarn install|apk add|apt-get install|"
    r"bundle install|composer install|mvn |gradle |go (?:build|run))"
)


class Source(msgspec.Struct, frozen=True):
    """What a format says of an image beside its layers."""

    name: str
    form: str
    references: tuple[str, ...]
    digest: str
    platforms: tuple[str, ...]
    layer_digests: tuple[str, ...]
    history: tuple[str, ...]
    """The commands behind the layers, as far as the builder wrote them."""


def describe(source: Source, config: ImageConfig, listings: Sequence[Listing]) -> Content:
    """Everything about an image."""
    tree, hidden = Tree(), []
    for number, listing in enumerate(listings, 1):
        hidden.extend(tree.apply(listing, number))
    first = first_process(config, tree)
    runtime, others = runtimes(config, tree, first)
    shown, duplicated = duplicates(tree)
    sizes = [node.entry.size for node in tree.files()]
    image = Image(
        name=source.name,
        form=source.form,
        references=source.references,
        digest=source.digest,
        platforms=source.platforms,
        config=config,
        layers=_layers(source, listings, hidden),
        files=len(sizes),
        bytes=sum(sizes),
        wasted=_by_waste(hidden),
        largest_waste=tuple(sorted(hidden, key=lambda one: (-one.bytes, one.path))[:_MOST_WASTE]),
        leftovers=leftovers(tree),
        duplicates=shown,
        duplicate_bytes=duplicated,
        directories=_directories(tree),
        distribution=_distribution(tree),
        shell=shell_of(tree.find("/bin/sh")),
        first=first,
        runtime=runtime,
        other_runtimes=others,
        advice=tuple(advice_for(runtime, config)) if runtime is not None else (),
        start_notes=tuple(_start_notes(tree, first, runtime)),
        numeric_user=config.user.partition(":")[0].isdecimal(),
        notes=tuple(note for listing in listings for note in listing.notes),
    )
    return Content(image, tree)


def _layers(
    source: Source, listings: Sequence[Listing], hidden: Sequence[WastedFile]
) -> tuple[ImageLayer, ...]:
    # Builders that squash layers keep the history of all of them.
    history = source.history if len(source.history) == len(listings) else ()
    wasted: Counter[int] = Counter()
    hides: Counter[int] = Counter()
    for one in hidden:
        wasted[one.layer] += one.bytes
        hides[one.by] += one.bytes
    return tuple(
        ImageLayer(
            number=number,
            digest=source.layer_digests[number - 1],
            created_by=_command(history[number - 1 : number]),
            packed_bytes=listing.packed_bytes,
            unpacked_bytes=listing.unpacked_bytes,
            compressed=listing.compressed,
            files=sum(bool(entry.size) for entry in listing.entries),
            added_bytes=sum(entry.size for entry in listing.entries),
            wasted_bytes=wasted[number],
            hides_bytes=hides[number],
        )
        for number, listing in enumerate(listings, 1)
    )


def _command(history: tuple[str, ...]) -> str:
    """The instruction without what builders put around it, and without values of arguments."""
    text = history[0] if history else ""
    text = _BUILD_ARGUMENTS.sub(lambda match: match[1] or "", " ".join(text.split()))
    text = text.removesuffix("# buildkit").strip().removeprefix("/bin/sh -c ")
    return _CONTENT.sub(r"\1", text.removeprefix("#(nop) ").strip())


def _by_waste(hidden: Sequence[WastedFile]) -> dict[Waste, int]:
    sums = dict.fromkeys(Waste, 0)
    for one in hidden:
        sums[one.how] += one.bytes
    return {how: size for how, size in sums.items() if size}


def _directories(tree: Tree) -> dict[str, int]:
    """Bytes below the directories of the first two levels: "/usr/lib"."""
    sums: dict[str, int] = defaultdict(int)
    for node in tree.files():
        parts = node.entry.path.split("/")[:-1][:2]
        sums["/" + "/".join(parts)] += node.entry.size
    return dict(sorted(sums.items()))


def _distribution(tree: Tree) -> str:
    for path in ("/etc/os-release", "/usr/lib/os-release"):
        node = tree.find(path)
        match = _PRETTY_NAME.search(node.entry.text or "") if node is not None else None
        if match is not None:
            return match[1].strip()
    return ""


def _start_notes(tree: Tree, first: FirstProcess, runtime: ImageRuntime | None) -> Iterator[str]:
    """What makes each start longer than it need be."""
    installs = _INSTALLS.search(first.script or "")
    if installs is not None:
        yield (
            f"{first.path} runs {installs[1].strip()!r}: each start installs or builds anew, "
            "and needs what it installs from"
        )
    if runtime is None:
        return
    if runtime.runtime is Runtime.PYTHON:
        yield from _uncompiled(tree)
    no_archive = "class data sharing" not in runtime.settings
    if runtime.runtime is Runtime.JVM and no_archive and "home" in runtime.settings:
        yield (
            f"{runtime.settings['home']} has no archive for class data sharing (classes.jsa): "
            "java -Xshare:dump in the build makes starts shorter"
        )


def _uncompiled(tree: Tree) -> Iterator[str]:
    """Modules of packages without bytecode: PEP 3147, __pycache__/NAME.cpython-312.pyc."""
    sources, compiled = 0, set()
    waiting = []
    for node in tree.files():
        directory, _, name = node.entry.path.rpartition("/")
        if "-packages/" not in node.entry.path and not directory.endswith("-packages"):
            continue
        if name.endswith(".pyc") and directory.endswith("__pycache__"):
            module = name.partition(".")[0]
            compiled.add(f"{directory.removesuffix('/__pycache__')}/{module}.py")
        elif name.endswith(".py"):
            waiting.append(node.entry)
    for entry in waiting:
        sources += entry.path not in compiled
    missing = sum(entry.size for entry in waiting if entry.path not in compiled)
    if sources:
        yield (
            f"{sources} of {len(waiting)} modules of packages have no bytecode ({missing} bytes "
            "of source): each start compiles what it imports, again and again where the root "
            "is read-only or the user may not write there"
        )
