"""An image that was read, as others than `describe` need it."""

import msgspec

from holdfast.images.tree import Tree
from holdfast.model.image import Image


class Content(msgspec.Struct, frozen=True):
    """What is said of an image, and its files, for questions that come later."""

    image: Image
    tree: Tree
