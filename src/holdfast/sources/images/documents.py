"""Documents of images, typed: indexes, manifests and configurations of OCI and Docker.

Source: OCI image-spec 1.1 (image-index.md, manifest.md, config.md), moby image/spec v1.2. Fields
that are not used here are left out.
"""

from typing import Any, TypeVar

import msgspec

from holdfast.model.image import ImageConfig
from holdfast.sources.images.errors import broken

INDEXES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
MANIFESTS = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
CONFIGS = (
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.docker.container.image.v1+json",
)
_LAYERS = (
    "application/vnd.oci.image.layer.",
    "application/vnd.docker.image.rootfs.",
)
_Kind = TypeVar("_Kind")


class Platform(msgspec.Struct, frozen=True):
    """For what an image is built."""

    os: str = ""
    architecture: str = ""
    variant: str = ""

    def __str__(self) -> str:
        """ "linux/arm/v7"."""
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)


class Descriptor(msgspec.Struct, frozen=True, rename="camel"):
    """A blob by its digest."""

    digest: str
    media_type: str = ""
    size: int = -1
    platform: Platform | None = None
    annotations: dict[str, str] | None = None
    artifact_type: str = ""


class Index(msgspec.Struct, frozen=True, rename="camel"):
    """Several manifests, or further indexes."""

    manifests: tuple[Descriptor, ...]
    media_type: str = ""


class Manifest(msgspec.Struct, frozen=True, rename="camel"):
    """One image."""

    config: Descriptor
    layers: tuple[Descriptor, ...]
    media_type: str = ""


class _Run(msgspec.Struct, frozen=True, rename="pascal"):
    entrypoint: tuple[str, ...] | str | None = None
    cmd: tuple[str, ...] | str | None = None
    env: tuple[str, ...] | None = None
    user: str | None = None
    working_dir: str | None = None
    stop_signal: str | None = None
    exposed_ports: dict[str, Any] | None = None
    healthcheck: Any = None
    shell: tuple[str, ...] | None = None
    labels: dict[str, str] | None = None


class _RootFiles(msgspec.Struct, frozen=True):
    diff_ids: tuple[str, ...] = ()


class _Step(msgspec.Struct, frozen=True):
    created_by: str | None = None
    empty_layer: bool = False


class _Config(msgspec.Struct, frozen=True):
    rootfs: _RootFiles
    os: str = ""
    architecture: str = ""
    variant: str = ""
    created: str | None = None
    config: _Run | None = None
    history: tuple[_Step, ...] | None = None


class Configuration(msgspec.Struct, frozen=True):
    """A configuration, with the layers that it names and the commands behind them."""

    config: ImageConfig
    diff_ids: tuple[str, ...]
    history: tuple[str, ...]


def decode(raw: bytes, kind: type[_Kind], where: str) -> _Kind:
    """A document; raises ImageError for one that is broken."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        named = kind.__name__.strip("_").lower()
        raise broken(where, f"{error}; expected the JSON of an image's {named}") from error


def is_layer(media_type: str) -> bool:
    """Whether a blob of that type is a layer; "" is taken for one, as old builders wrote."""
    return not media_type or media_type.startswith(_LAYERS)


def read_configuration(raw: bytes, where: str) -> Configuration:
    """The configuration of an image."""
    found = decode(raw, _Config, where)
    run = found.config or _Run()
    pairs = (entry.partition("=") for entry in run.env or ())
    steps = [step.created_by or "" for step in found.history or () if not step.empty_layer]
    config = ImageConfig(
        os=found.os,
        architecture=found.architecture,
        variant=found.variant,
        created=found.created or "",
        entrypoint=_words(run.entrypoint),
        command=_words(run.cmd),
        environment={name: value for name, _, value in pairs},
        user=run.user or "",
        working_directory=run.working_dir or "",
        stop_signal=run.stop_signal or "",
        exposed_ports=tuple(sorted(run.exposed_ports or ())),
        has_health_check=_checks(run.healthcheck),
        shell=run.shell or (),
        labels=run.labels or {},
    )
    return Configuration(config, found.rootfs.diff_ids, tuple(steps))


def _words(value: tuple[str, ...] | str | None) -> tuple[str, ...]:
    """Old builders wrote a single word as a text (moby, strslice)."""
    return (value,) if isinstance(value, str) else value or ()


def _checks(value: Any) -> bool:
    """Whether HEALTHCHECK asks anything: NONE takes one of the base image back."""
    test = value.get("Test") if isinstance(value, dict) else None
    return isinstance(test, list) and bool(test) and test[0] not in ("", "NONE")
