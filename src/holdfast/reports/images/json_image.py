"""The answer as JSON, with the schema docs/schema/image.v1.json."""

import msgspec

from holdfast.model.image_comparison import ImageAnswer
from holdfast.reports.image_document import image_document
from holdfast.reports.options import RenderOptions


def render(answer: ImageAnswer, options: RenderOptions) -> str:
    """One JSON document."""
    encoded = msgspec.json.encode(image_document(answer, options.version))
    return msgspec.json.format(encoded, indent=2).decode() + "\n"
