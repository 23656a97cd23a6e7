"""Two images beside each other, such as a single-stage build and a multi-stage one.

Rules: layers are the same when their digests are; what both have is pulled once by a node.
"""

from holdfast.model.image import Image, LeftoverKind
from holdfast.model.image_comparison import Change, Comparison, Difference

_MOST_DIRECTORIES = 10
_LEAST_CHANGE = 64 * 1024


def compare(before: Image, after: Image) -> Comparison:
    """What changes."""
    known = {layer.digest for layer in before.layers}
    shared = [layer for layer in after.layers if layer.digest in known]
    return Comparison(
        changes=_changes(before, after),
        leftovers=_leftovers(before, after),
        directories=_directories(before, after),
        differences=_differences(before, after),
        shared_layers=len(shared),
        shared_bytes=sum(layer.packed_bytes for layer in shared),
    )


def _changes(before: Image, after: Image) -> tuple[Change, ...]:
    return (
        Change("pulled", before.packed_bytes, after.packed_bytes),
        Change("unpacked", before.unpacked_bytes, after.unpacked_bytes),
        Change("files a container sees", before.bytes, after.bytes),
        Change("wasted", before.wasted_bytes, after.wasted_bytes),
        Change("leftovers", before.leftover_bytes, after.leftover_bytes),
        Change("duplicates", before.duplicate_bytes, after.duplicate_bytes),
        Change("files", before.files, after.files, is_size=False),
        Change("layers", len(before.layers), len(after.layers), is_size=False),
    )


def _leftovers(before: Image, after: Image) -> tuple[Change, ...]:
    changes = []
    for kind in LeftoverKind:
        one, other = (
            sum(found.bytes for found in image.leftovers if found.kind is kind)
            for image in (before, after)
        )
        if one != other:
            changes.append(Change(kind.value, one, other))
    return tuple(sorted(changes, key=lambda c: c.after - c.before))


def _directories(before: Image, after: Image) -> tuple[Change, ...]:
    names = dict.fromkeys((*before.directories, *after.directories))
    changes = [
        Change(name, before.directories.get(name, 0), after.directories.get(name, 0))
        for name in names
    ]
    large = [c for c in changes if abs(c.after - c.before) >= _LEAST_CHANGE]
    large.sort(key=lambda c: (-abs(c.after - c.before), c.about))
    return tuple(large[:_MOST_DIRECTORIES])


def _differences(before: Image, after: Image) -> tuple[Difference, ...]:
    settings = [_settings(before), _settings(after)]
    return tuple(
        Difference(about, settings[0][about], settings[1][about])
        for about in settings[0]
        if settings[0][about] != settings[1][about]
    )


def _settings(image: Image) -> dict[str, str]:
    config, runtime = image.config, image.runtime
    return {
        "platform": config.platform,
        "distribution": image.distribution or "none",
        "/bin/sh": image.shell.value,
        "starts": " ".join(config.words),
        "stop signal": config.stop_signal or "SIGTERM",
        "which": image.first.signal.value,
        "user": config.user or "root",
        "runtime": f"{runtime.runtime.full_name} {runtime.version}" if runtime is not None else "",
        "variables": ", ".join(sorted(config.environment)),
        "ports": ", ".join(config.exposed_ports),
    }
