"""The JSON Schema of the published document.

`python -m holdfast.reports.schema > docs/schema/diagnosis.v1.json` writes it; a test compares the
committed file. Rules: states, grounds and the like are listed from the model, so that a program
knows every word it may meet; unknown fields are allowed, since later versions may add some.
"""

import sys
from enum import StrEnum
from typing import Any

import msgspec

from holdfast.model.edit import Safety
from holdfast.model.evidence import Grounds
from holdfast.model.finding import State
from holdfast.model.snapshot import GapKind
from holdfast.model.timeline import SegmentKind
from holdfast.model.verdict import Role
from holdfast.reports.document import Document

IDENTITY = "https://holdfast.dev/schema/diagnosis.v1.json"
_WORDS: dict[tuple[str, str], type[StrEnum]] = {
    ("Fact", "grounds"): Grounds,
    ("Claimed", "role"): Role,
    ("Missing", "kind"): GapKind,
    ("Fix", "safety"): Safety,
    ("Stretch", "kind"): SegmentKind,
    ("Found", "state"): State,
}


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of what `-o json` prints."""
    generated: dict[str, Any] = msgspec.json.schema(Document)
    for (part, field), words in _WORDS.items():
        generated["$defs"][part]["properties"][field]["enum"] = [word.value for word in words]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": IDENTITY,
        "title": "Diagnosis of holdfast why",
        **generated,
    }


def schema_text() -> str:
    """The schema as it is committed."""
    return msgspec.json.format(msgspec.json.encode(schema()), indent=2).decode() + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
