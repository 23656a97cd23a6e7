"""What is told of an image, in the order in which it is told, for every format that people read.

Rules: values of variables are never told, only their names. A size is in binary units, as the
kubelet and manifests have them.
"""

from collections.abc import Iterator
from typing import NamedTuple

from holdfast.model.duration import Duration
from holdfast.model.image import Image, ImageRuntime, LeftoverKind, Waste
from holdfast.model.image_comparison import Change, Comparison
from holdfast.model.pull_cost import transfers
from holdfast.model.quantity import format_bytes
from holdfast.reports.inspection_words import many

_MOST_ROWS = 8
_HIDDEN = {
    Waste.REPLACED: "replaced by a later layer",
    Waste.TOUCHED: "stored again with the same content",
    Waste.DELETED: "deleted by a later layer",
}
_MENDING = {
    LeftoverKind.SYSTEM_PACKAGES: "delete them in the RUN that installs, or mount a cache",
    LeftoverKind.LANGUAGE_PACKAGES: "mount a cache in the RUN that installs",
    LeftoverKind.COMPILERS: "build in a stage of its own and copy what it made",
    LeftoverKind.DEVELOPMENT: "install without them in the last stage",
    LeftoverKind.VERSION_CONTROL: "name it in .dockerignore",
    LeftoverKind.TESTS: "leave them out of what is copied",
    LeftoverKind.BYTECODE: "worth its bytes where starts must be short",
    LeftoverKind.DOCUMENTATION: "leave it out of what is installed",
    LeftoverKind.TEMPORARY: "delete them in the RUN that wrote them",
}


class Row(NamedTuple):
    """A label and what belongs to it."""

    label: str
    words: str


class Part(NamedTuple):
    """A heading, what it says, and rows below it."""

    title: str
    words: str
    rows: tuple[Row, ...] = ()


class Table(NamedTuple):
    """Layers, one in each row; all cells but the last are numbers."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def headline(image: Image) -> str:
    """Which image this is."""
    names = f": {', '.join(image.references)}" if image.references else ""
    named = "" if image.references == (image.name,) else names
    others = [one for one in image.platforms if one and one != image.config.platform]
    also = f" (also offered: {', '.join(others)})" if others else ""
    platform = image.config.platform or "no platform told"
    return f"{image.name}{named} ({image.form}), {platform}{also}"


def layer_table(image: Image) -> Table:
    """What each layer adds and wastes."""
    head = ("layer", "pulled", "unpacked", "adds", "wasted", "files", "made by")
    rows = tuple(
        (
            str(layer.number),
            format_bytes(layer.packed_bytes),
            format_bytes(layer.unpacked_bytes),
            format_bytes(layer.added_bytes),
            format_bytes(layer.wasted_bytes),
            str(layer.files),
            layer.created_by or "not told",
        )
        for layer in image.layers
    )
    total = (
        "all",
        format_bytes(image.packed_bytes),
        format_bytes(image.unpacked_bytes),
        format_bytes(sum(layer.added_bytes for layer in image.layers)),
        format_bytes(image.wasted_bytes),
        str(sum(layer.files for layer in image.layers)),
        f"{format_bytes(image.bytes)} in {many(image.files, 'file')} that a container sees",
    )
    return Table(head, (*rows, total))


def image_parts(image: Image) -> Iterator[Part]:
    """Everything but the layers."""
    yield from _waste(image)
    yield from _start_and_stop(image)
    yield from _runtimes(image)
    yield _pull(image)
    if image.notes:
        yield Part("mind", image.notes[0], tuple(Row("", note) for note in image.notes[1:]))


def comparison_parts(comparison: Comparison) -> Iterator[Part]:
    """What changes from one image to the other."""
    yield Part("sizes", "", tuple(_change(one) for one in comparison.changes))
    if comparison.shared_layers:
        shared = many(comparison.shared_layers, "layer")
        words = f"{shared} of {format_bytes(comparison.shared_bytes)}"
        yield Part("shared", f"{words}: a node that has one of the images does not pull it again")
    else:
        yield Part("shared", "no layer: a node pulls each of them whole")
    if comparison.leftovers:
        yield Part("leftovers", "", tuple(_change(one) for one in comparison.leftovers))
    if comparison.directories:
        yield Part("where", "", tuple(_change(one) for one in comparison.directories))
    if comparison.differences:
        rows = tuple(
            Row(one.about, f"{one.before or 'nothing'} -> {one.after or 'nothing'}")
            for one in comparison.differences
        )
        yield Part("settings", "", rows)


def _change(change: Change) -> Row:
    before, after = (
        format_bytes(count) if change.is_size else str(count)
        for count in (change.before, change.after)
    )
    words = f"{before} -> {after}"
    if change.before and change.after != change.before:
        words += f" ({100 * (change.after - change.before) / change.before:+.0f} %)"
    return Row(change.about, words)


def _waste(image: Image) -> Iterator[Part]:
    if image.wasted_bytes:
        sums = [f"{format_bytes(size)} {_HIDDEN[how]}" for how, size in image.wasted.items()]
        rows = tuple(
            Row(
                format_bytes(one.bytes),
                f"{one.path} of layer {one.layer}, {one.how} by layer {one.by}",
            )
            for one in image.largest_waste[:_MOST_ROWS]
        )
        yield Part("wasted", f"pulled and never seen: {', '.join(sums)}", rows)
    if image.leftovers:
        rows = tuple(
            Row(
                format_bytes(one.bytes),
                f"{one.kind}: {many(one.files, 'file')} in layer {one.layer}, such as "
                f"{one.example}; {_MENDING[one.kind]}",
            )
            for one in image.leftovers[:_MOST_ROWS]
        )
        yield Part("left over", f"{format_bytes(image.leftover_bytes)} of builds", rows)
    if image.duplicates:
        rows = tuple(
            Row(format_bytes(one.wasted_bytes), f"{one.count} times: {', '.join(one.paths)}")
            for one in image.duplicates[:_MOST_ROWS]
        )
        yield Part("twice", f"{format_bytes(image.duplicate_bytes)} of copies", rows)


def _start_and_stop(image: Image) -> Iterator[Part]:
    first, config = image.first, image.config
    if first.words:
        what = f" ({first.what})" if first.what else ""
        form = "shell form: " if first.shell_form else ""
        rows = []
        if first.fault is not None:
            rows.append(Row("cannot start", first.fault_words))
        if first.command_is_dropped:
            rows.append(Row("CMD", "is never read behind an ENTRYPOINT in shell form"))
        rows += [Row("slow start", note) for note in image.start_notes]
        yield Part("starts", f"{form}{' '.join(first.words)}{what}", tuple(rows))
        signal = config.stop_signal or "SIGTERM"
        yield Part("stops", f"{signal} {first.signal}: {first.why}")
    else:
        yield Part("starts", f"nothing: {first.fault_words}")
    user = config.user or "root, since none is set"
    numeric = "" if image.numeric_user or not config.user else (
        " (a name: with runAsNonRoot the kubelet refuses it, because it cannot tell who that is)"
    )  # fmt: skip
    yield Part("user", f"{user}{numeric}")
    shell = "no /bin/sh" if image.shell == "none" else f"/bin/sh is {image.shell}"
    yield Part("system", f"{image.distribution or 'no distribution told'}, {shell}")


def _runtimes(image: Image) -> Iterator[Part]:
    if image.runtime is not None:
        rows = tuple(Row(one.about, one.words) for one in image.advice)
        yield Part("runtime", runtime_words(image.runtime), rows)
    else:
        yield Part("runtime", "none that holdfast knows")
    if image.other_runtimes:
        others = (runtime_words(one) for one in image.other_runtimes[:_MOST_ROWS])
        yield Part("also there", "; ".join(others))


def runtime_words(runtime: ImageRuntime) -> str:
    """A runtime, its version and where it is."""
    kind = runtime.settings.get("IMAGE_TYPE", "")
    version = runtime.version.removeprefix("go") or "of unknown version"
    return f"{runtime.runtime.full_name} {version}{f' ({kind})' if kind else ''}, {runtime.path}"


def _pull(image: Image) -> Part:
    times = ", ".join(
        f"{Duration(max(0.1, one.seconds))} at {one.rate // 1_000_000} Mbit/s"
        for one in transfers(image)
    )
    most = "" if image.compressed else " at most, since the archive holds layers uncompressed"
    largest = max((layer.unpacked_bytes for layer in image.layers), default=0)
    words = (
        f"{format_bytes(image.packed_bytes)}{most}: the transfer alone takes {times}; then "
        f"{format_bytes(image.unpacked_bytes)} are unpacked, one layer after another, the largest "
        f"with {format_bytes(largest)}"
    )
    return Part("cold pull", words)
