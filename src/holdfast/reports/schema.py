"""The JSON Schemas of the published documents.

`python -m holdfast.reports.schema > docs/schema/diagnosis.v1.json` writes the one of `why`; with a
name behind it (`simulation`, `proof`, `inspection`, `image`, `next-tag`, `tag-check`) that of
another command. A test compares the committed files. Rules: states, grounds and the like are listed
from the model, so that a program knows every word it may meet; unknown fields are allowed, since
later versions may add some.
"""

import inspect
import sys
from enum import StrEnum
from typing import Any

import msgspec

from holdfast.model.edit import Safety
from holdfast.model.evidence import Grounds
from holdfast.model.finding import State
from holdfast.model.hazard import UnexaminedReason
from holdfast.model.image import Fault, LeftoverKind, SignalPath, Waste
from holdfast.model.rule import Audience, Confidence, Severity
from holdfast.model.runtime import Runtime
from holdfast.model.shell_call import Shell
from holdfast.model.simulated import Better, Unit
from holdfast.model.snapshot import GapKind
from holdfast.model.timeline import SegmentKind
from holdfast.model.verdict import Role
from holdfast.reports.document import Document
from holdfast.reports.image_document import ImageDocument
from holdfast.reports.inspection_document import InspectionDocument
from holdfast.reports.proof_document import ProofDocument
from holdfast.reports.replay_document import SimulationDocument
from holdfast.reports.tag_documents import NextTagDocument, TagCheckDocument

IDENTITY = "https://holdfast.dev/schema/{}.v1.json"
_Words = dict[tuple[str, str], type[StrEnum]]
_WORDS: _Words = {
    ("Fact", "grounds"): Grounds,
    ("Claimed", "role"): Role,
    ("Missing", "kind"): GapKind,
    ("Fix", "safety"): Safety,
    ("Stretch", "kind"): SegmentKind,
    ("Found", "state"): State,
}
_REPLAY_WORDS: _Words = {
    ("Number", "unit"): Unit,
    ("Number", "better"): Better,
    ("Stretch", "state"): SegmentKind,
}
_CHECK_WORDS: _Words = {
    ("Danger", "severity"): Severity,
    ("Danger", "confidence"): Confidence,
    ("Danger", "audience"): Audience,
    ("Remedy", "safety"): Safety,
    ("Left", "reason"): UnexaminedReason,
}
_IMAGE_WORDS: _Words = {
    ("Danger", "severity"): Severity,
    ("Danger", "confidence"): Confidence,
    ("Danger", "audience"): Audience,
    ("Remedy", "safety"): Safety,
    ("Hidden", "how"): Waste,
    ("Remains", "kind"): LeftoverKind,
    ("Start", "signal"): SignalPath,
    ("Described", "shell"): Shell,
    ("Engine", "runtime"): Runtime,
}


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of what `why -o json` prints."""
    return _schema(Document, "diagnosis", "Diagnosis of holdfast why", _WORDS)


def replay_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of what `simulate -o json` prints."""
    title = "Answer of holdfast simulate"
    return _schema(SimulationDocument, "simulation", title, _REPLAY_WORDS)


def proof_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of what `prove -o json` prints."""
    return _schema(ProofDocument, "proof", "Answer of holdfast prove", {})


def inspection_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of what `check -o json` prints."""
    return _schema(InspectionDocument, "inspection", "Answer of holdfast check", _CHECK_WORDS)


def image_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of what `image -o json` prints."""
    found = _schema(ImageDocument, "image", "Answer of holdfast image", _IMAGE_WORDS)
    found["$defs"]["Start"]["properties"]["fault"]["enum"] = [*map(str, Fault), None]
    return found


def next_tag_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of what `tag next -o json` prints."""
    return _schema(NextTagDocument, "next-tag", "Answer of holdfast tag next", {})


def tag_check_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of what `tag verify -o json` prints."""
    return _schema(TagCheckDocument, "tag-check", "Answer of holdfast tag verify", {})


def text_of(schema: dict[str, Any]) -> str:
    """A schema as it is committed."""
    return msgspec.json.format(msgspec.json.encode(schema), indent=2).decode() + "\n"


def _schema(document: type, name: str, title: str, words: _Words) -> dict[str, Any]:
    generated: dict[str, Any] = msgspec.json.schema(document)
    for definition in generated["$defs"].values():
        # Older versions of msgspec leave the indentation of a docstring in.
        if "description" in definition:
            definition["description"] = inspect.cleandoc(definition["description"])
    for (part, field), known in words.items():
        generated["$defs"][part]["properties"][field]["enum"] = [word.value for word in known]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": IDENTITY.format(name),
        "title": title,
        **generated,
    }


if __name__ == "__main__":
    wanted = sys.argv[1] if len(sys.argv) > 1 else "diagnosis"
    schemas = {
        "diagnosis": schema,
        "simulation": replay_schema,
        "proof": proof_schema,
        "inspection": inspection_schema,
        "image": image_schema,
        "next-tag": next_tag_schema,
        "tag-check": tag_check_schema,
    }
    sys.stdout.write(text_of(schemas[wanted]()))
