"""An image as a format has it: its configuration, and layers that can be opened."""

from typing import NamedTuple

from holdfast.sources.images.documents import Configuration
from holdfast.sources.images.scan_layer import PackedLayer


class PackedImage(NamedTuple):
    """Nothing of its layers has been read yet."""

    form: str
    references: tuple[str, ...]
    digest: str
    platforms: tuple[str, ...]
    configuration: Configuration
    layers: tuple[PackedLayer, ...]
