"""The document as JSON, indented, in the order of its fields."""

import msgspec

from holdfast.model.simulated import Simulated
from holdfast.reports.options import RenderOptions
from holdfast.reports.replay_document import document

NAME = "json"


def render(simulated: Simulated, options: RenderOptions) -> str:
    """One JSON document."""
    encoded = msgspec.json.encode(document(simulated, options.version))
    return msgspec.json.format(encoded, indent=2).decode() + "\n"
