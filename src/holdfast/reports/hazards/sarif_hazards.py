"""SARIF 2.1.0, with our own fingerprints, edits as fixes, and suppressions with their reasons.

Source: OASIS SARIF 2.1.0; "SARIF support for code scanning" of GitHub (rules.md 13). Columns count
UTF-16 code units unless the run says otherwise; ours count Unicode code points, and say so.
"""

import string
from typing import Any

import msgspec

from holdfast.model.edit import Edit
from holdfast.model.hazard import Hazard, Inspection, Place
from holdfast.model.rule import Rule, Severity
from holdfast.reports.inspection_words import notes, sentence, summary
from holdfast.reports.options import RenderOptions

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVEL = {
    Severity.FATAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_FINGERPRINT = "holdfast/v1"
# RFC 3986 2.3 and 3.3: what a path may hold as it is.
_PLAIN = frozenset(string.ascii_letters + string.digits + "-._~/!$&'()*+,;=:@")
# GitHub takes so many locations of one result.
_MOST_PLACES = 100


def render(inspection: Inspection, options: RenderOptions) -> str:
    """One run."""
    rules = list({h.rule.id: h.rule for h in _all(inspection)}.values())
    index = {rule.id: number for number, rule in enumerate(rules)}
    reasons = {id(one.hazard): one.reason for one in inspection.suppressed}
    run = {
        "tool": {
            "driver": {
                "name": "holdfast",
                "version": options.version,
                "rules": [_rule(rule) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(inspection)],
        "results": [
            _result(hazard, index[hazard.rule.id], reasons.get(id(hazard), ""))
            for hazard in _all(inspection)
        ],
        "properties": {"examined": summary(inspection)},
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _all(inspection: Inspection) -> list[Hazard]:
    return [*inspection.hazards, *(one.hazard for one in inspection.suppressed)]


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "help": {"text": f"holdfast check --explain {rule.id}"},
        "defaultConfiguration": {"level": _LEVEL[rule.severity]},
        "properties": {
            "severity": rule.severity.value,
            "confidence": rule.confidence.value,
            "audience": rule.audience.value,
            "tags": [f"cause-{cause}" for cause in rule.prevents],
        },
    }


def _invocation(inspection: Inspection) -> dict[str, Any]:
    notifications = [
        {
            "level": "warning",
            "message": {"text": words},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": _uri(file)},
                        "region": {"startLine": max(1, line)},
                    }
                }
            ],
        }
        for file, line, words in notes(inspection)
    ]
    return {"executionSuccessful": True, "toolExecutionNotifications": notifications}


def _result(hazard: Hazard, index: int, reason: str) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": hazard.rule.id,
        "ruleIndex": index,
        "level": _LEVEL[hazard.rule.severity],
        "message": {"text": sentence(hazard)},
        "locations": [_location(hazard.place)],
        "relatedLocations": [
            {"id": number, **_location(place)}
            for number, place in enumerate(hazard.also_at[: _MOST_PLACES - 1], 1)
        ],
        "partialFingerprints": {_FINGERPRINT: hazard.fingerprint},
    }
    if hazard.mending is not None and hazard.mending.edits:
        words = {"text": hazard.mending.words}
        result["fixes"] = [{"description": words, "artifactChanges": _changes(hazard)}]
    if hazard.less_sure is not None:
        result["properties"] = {"confidence": hazard.less_sure.value}
    if reason:
        result["suppressions"] = [{"kind": "inSource", "justification": reason}]
    return result


def _location(place: Place) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(place.file)},
            "region": {
                "startLine": place.span.line,
                "startColumn": place.span.column,
                "endLine": place.end_line,
                "endColumn": place.end_column,
            },
        },
        "logicalLocations": [{"fullyQualifiedName": place.path}],
    }


def _uri(file: str) -> str:
    """The name of a file as a reference of a URI: blanks and the like as %20."""
    text = "".join(
        character if character in _PLAIN else "".join(f"%{byte:02X}" for byte in character.encode())
        for character in file
    )
    # RFC 3986 4.2: a colon in the first part would begin a scheme.
    return f"./{text}" if ":" in text.partition("/")[0] else text


def _changes(hazard: Hazard) -> list[dict[str, Any]]:
    edits: tuple[Edit, ...] = hazard.mending.edits if hazard.mending is not None else ()
    files = dict.fromkeys(edit.file for edit in edits)
    return [
        {
            "artifactLocation": {"uri": _uri(file)},
            "replacements": [
                {
                    "deletedRegion": {
                        "charOffset": edit.span.start,
                        "charLength": edit.span.end - edit.span.start,
                    },
                    "insertedContent": {"text": edit.text},
                }
                for edit in edits
                if edit.file == file
            ],
        }
        for file in files
    ]
