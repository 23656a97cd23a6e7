"""JSON for programs, described by docs/schema/diagnosis.v1.json."""

import msgspec

from holdfast.model.finding import Diagnosis
from holdfast.reports.options import RenderOptions
from holdfast.reports.publish import publish

NAME = "json"


def render(diagnosis: Diagnosis, options: RenderOptions) -> str:
    """One JSON object, indented, with its keys in the order of the document's structs."""
    encoded = msgspec.json.encode(publish(diagnosis, options.version))
    return msgspec.json.format(encoded, indent=2).decode() + "\n"
