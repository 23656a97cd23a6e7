"""From the manifest of an image to its configuration and its layers, wherever their blobs lie."""

from collections.abc import Callable
from typing import BinaryIO

from holdfast.sources.images.documents import Descriptor, Manifest, is_layer, read_configuration
from holdfast.sources.images.errors import broken, unreadable
from holdfast.sources.images.packed_image import PackedImage
from holdfast.sources.images.scan_layer import PackedLayer

_MOST_LAYERS = 500


def assemble(
    form: str,
    manifest: Manifest,
    fetch: Callable[[Descriptor], bytes],
    open_blob: Callable[[Descriptor], Callable[[], BinaryIO]],
    where: str,
) -> PackedImage:
    """The image of a manifest, whose blobs come from anywhere."""
    configuration = read_configuration(fetch(manifest.config), f"{where} {manifest.config.digest}")
    if len(manifest.layers) > _MOST_LAYERS:
        found = f"{len(manifest.layers)} layers; expected at most {_MOST_LAYERS}"
        raise unreadable(where, found, "no runtime mounts so many (overlayfs: 500)")
    if len(configuration.diff_ids) != len(manifest.layers):
        found = f"{len(manifest.layers)} layers and {len(configuration.diff_ids)} diff_ids"
        raise broken(where, f"{found}; expected as many of each")
    for layer in manifest.layers:
        if not is_layer(layer.media_type):
            found = f"a layer of type {layer.media_type!r}; expected a tar archive"
            raise unreadable(
                where, found, "this is an artifact of another kind, or an encrypted image"
            )
    layers = tuple(
        PackedLayer(f"{where} layer {number}", layer.digest, diff_id, layer.size, open_blob(layer))
        for number, (layer, diff_id) in enumerate(
            zip(manifest.layers, configuration.diff_ids, strict=True), 1
        )
    )
    return PackedImage(form, (), "", (), configuration, layers)
