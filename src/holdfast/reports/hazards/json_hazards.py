"""The inspection as JSON, with the schema docs/schema/inspection.v1.json."""

import msgspec

from holdfast.model.hazard import Inspection
from holdfast.reports.inspection_document import inspection_document
from holdfast.reports.options import RenderOptions


def render(inspection: Inspection, options: RenderOptions) -> str:
    """One JSON document."""
    # Nested, so that of a long report no more than two forms are held at a time.
    document = inspection_document(inspection, options.version)
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"
