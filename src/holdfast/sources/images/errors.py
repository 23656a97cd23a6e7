"""The error of this layer."""

from holdfast.model.errors import HoldfastError


class ImageError(HoldfastError):
    """An image that cannot be read, or must not be."""


def unreadable(where: str, found: str, advice: str) -> ImageError:
    """`found` says what was found against what was expected."""
    return ImageError("reading an image", where, found, advice)


def broken(where: str, found: str) -> ImageError:
    """A target that is no image, or was damaged on its way."""
    return unreadable(where, found, "copy or save the image again, then compare its digest")
