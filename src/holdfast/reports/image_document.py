"""What `holdfast image -o json` prints: the published form of images and their comparison.

Rules: values of environment variables are left out, only their names are published.
"""

import msgspec

from holdfast.model.image import Image, ImageLayer, ImageRuntime
from holdfast.model.image_comparison import Change, ImageAnswer
from holdfast.model.pull_cost import transfers
from holdfast.reports.inspection_document import API_VERSION, Danger, danger


class Layer(msgspec.Struct, frozen=True, rename="camel"):
    """One layer; all sizes are in bytes."""

    number: int
    digest: str
    made_by: str
    pulled_bytes: int
    unpacked_bytes: int
    compressed: bool
    files: int
    added_bytes: int
    wasted_bytes: int
    hides_bytes: int


class Hidden(msgspec.Struct, frozen=True, rename="camel"):
    """A file that is pulled and never seen; `by` is the layer that hides it."""

    path: str
    bytes: int
    layer: int
    by: int
    how: str


class Remains(msgspec.Struct, frozen=True, rename="camel"):
    """What of a build stayed."""

    kind: str
    layer: int
    files: int
    bytes: int
    example: str


class Copies(msgspec.Struct, frozen=True, rename="camel"):
    """One content under `count` paths, some of which are listed."""

    bytes: int
    count: int
    paths: tuple[str, ...]


class Start(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """The first process, and what a stop signal meets."""

    words: tuple[str, ...]
    path: str
    what: str
    shell_form: bool
    command_is_dropped: bool
    stop_signal: str
    signal: str
    why: str
    shell: str | None = None
    fault: str | None = None
    fault_words: str = ""


class Engine(msgspec.Struct, frozen=True, rename="camel"):
    """A runtime; `version` is "" where it could not be read."""

    runtime: str
    version: str
    path: str
    settings: dict[str, str]


class Follows(msgspec.Struct, frozen=True):
    """What follows for a setting of the container."""

    about: str
    words: str


class Pull(msgspec.Struct, frozen=True, rename="camel"):
    """The least time of a transfer to a node that has none of the layers."""

    bits_per_second: int
    seconds: float


class Described(msgspec.Struct, frozen=True, rename="camel"):
    """One image."""

    name: str
    form: str
    references: tuple[str, ...]
    digest: str
    platform: str
    platforms: tuple[str, ...]
    created: str
    distribution: str
    shell: str
    user: str
    variables: tuple[str, ...]
    exposed_ports: tuple[str, ...]
    has_health_check: bool
    files: int
    bytes: int
    pulled_bytes: int
    unpacked_bytes: int
    layers: tuple[Layer, ...]
    wasted: dict[str, int]
    largest_waste: tuple[Hidden, ...]
    leftovers: tuple[Remains, ...]
    duplicates: tuple[Copies, ...]
    duplicate_bytes: int
    directories: dict[str, int]
    start: Start
    slow_start: tuple[str, ...]
    runtime: Engine | None
    other_runtimes: tuple[Engine, ...]
    follows: tuple[Follows, ...]
    transfers: tuple[Pull, ...]
    notes: tuple[str, ...]


class Number(msgspec.Struct, frozen=True, rename="camel"):
    """A number before and after, in bytes where `isSize` says so."""

    about: str
    before: int
    after: int
    is_size: bool


class Setting(msgspec.Struct, frozen=True):
    """A setting before and after."""

    about: str
    before: str
    after: str


class Compared(msgspec.Struct, frozen=True, rename="camel"):
    """From the first image to the second."""

    sizes: tuple[Number, ...]
    leftovers: tuple[Number, ...]
    directories: tuple[Number, ...]
    settings: tuple[Setting, ...]
    shared_layers: int
    shared_bytes: int


class ImageDocument(msgspec.Struct, frozen=True, rename="camel"):
    """The whole answer."""

    api_version: str
    kind: str
    holdfast: str
    images: tuple[Described, ...]
    hazards: tuple[Danger, ...]
    rules_run: int
    comparison: Compared | None


def image_document(answer: ImageAnswer, version: str) -> ImageDocument:
    """The published form."""
    return ImageDocument(
        API_VERSION,
        "Images",
        version,
        tuple(map(_described, answer.images)),
        tuple(map(danger, answer.hazards)),
        answer.rules_run,
        _compared(answer),
    )


def _described(image: Image) -> Described:
    config = image.config
    return Described(
        name=image.name,
        form=image.form,
        references=image.references,
        digest=image.digest,
        platform=config.platform,
        platforms=image.platforms,
        created=config.created,
        distribution=image.distribution,
        shell=image.shell.value,
        user=config.user,
        variables=tuple(sorted(config.environment)),
        exposed_ports=config.exposed_ports,
        has_health_check=config.has_health_check,
        files=image.files,
        bytes=image.bytes,
        pulled_bytes=image.packed_bytes,
        unpacked_bytes=image.unpacked_bytes,
        layers=tuple(map(_layer, image.layers)),
        wasted={how.value: size for how, size in image.wasted.items()},
        largest_waste=tuple(
            Hidden(one.path, one.bytes, one.layer, one.by, one.how.value)
            for one in image.largest_waste
        ),
        leftovers=tuple(
            Remains(one.kind.value, one.layer, one.files, one.bytes, one.example)
            for one in image.leftovers
        ),
        duplicates=tuple(Copies(one.bytes, one.count, one.paths) for one in image.duplicates),
        duplicate_bytes=image.duplicate_bytes,
        directories=image.directories,
        start=_start(image),
        slow_start=image.start_notes,
        runtime=_engine(image.runtime) if image.runtime is not None else None,
        other_runtimes=tuple(map(_engine, image.other_runtimes)),
        follows=tuple(Follows(one.about, one.words) for one in image.advice),
        transfers=tuple(Pull(one.rate, round(one.seconds, 3)) for one in transfers(image)),
        notes=image.notes,
    )


def _layer(layer: ImageLayer) -> Layer:
    return Layer(
        layer.number,
        layer.digest,
        layer.created_by,
        layer.packed_bytes,
        layer.unpacked_bytes,
        layer.compressed,
        layer.files,
        layer.added_bytes,
        layer.wasted_bytes,
        layer.hides_bytes,
    )


def _start(image: Image) -> Start:
    first = image.first
    return Start(
        words=first.words,
        path=first.path,
        what=first.what,
        shell_form=first.shell_form,
        command_is_dropped=first.command_is_dropped,
        stop_signal=image.config.stop_signal or "SIGTERM",
        signal=first.signal.value,
        why=first.why,
        shell=first.shell.value if first.shell is not None else None,
        fault=first.fault.value if first.fault is not None else None,
        fault_words=first.fault_words,
    )


def _engine(runtime: ImageRuntime) -> Engine:
    return Engine(runtime.runtime.value, runtime.version, runtime.path, runtime.settings)


def _compared(answer: ImageAnswer) -> Compared | None:
    found = answer.comparison
    if found is None:
        return None
    return Compared(
        _numbers(found.changes),
        _numbers(found.leftovers),
        _numbers(found.directories),
        tuple(Setting(one.about, one.before, one.after) for one in found.differences),
        found.shared_layers,
        found.shared_bytes,
    )


def _numbers(changes: tuple[Change, ...]) -> tuple[Number, ...]:
    return tuple(Number(one.about, one.before, one.after, one.is_size) for one in changes)
