"""GitLab Code Quality: a JSON array of issues.

Source: GitLab documentation, "Code Quality report format". What was not examined is an issue as
well, so that an empty report means that everything was.
"""

import hashlib

import msgspec

from holdfast.model.hazard import Inspection, Place
from holdfast.model.rule import Severity
from holdfast.reports.inspection_words import notes, sentence
from holdfast.reports.options import RenderOptions

_SEVERITY = {
    Severity.FATAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}


def render(inspection: Inspection, options: RenderOptions) -> str:
    """The array."""
    del options
    issues: list[dict[str, object]] = [
        {
            "description": sentence(hazard),
            "check_name": hazard.rule.id,
            "fingerprint": hazard.fingerprint,
            "severity": _SEVERITY[hazard.rule.severity],
            "location": _location(hazard.place),
        }
        for hazard in inspection.hazards
    ]
    issues += [_note(*note) for note in notes(inspection)]
    return msgspec.json.format(msgspec.json.encode(issues), indent=2).decode() + "\n"


def _location(place: Place) -> dict[str, object]:
    begin = {"line": place.span.line, "column": place.span.column}
    end = {"line": place.end_line, "column": place.end_column}
    return {"path": place.file, "positions": {"begin": begin, "end": end}}


def _note(file: str, line: int, words: str) -> dict[str, object]:
    digest = hashlib.sha256(f"{file}\n{line}\n{words}".encode()).hexdigest()
    return {
        "description": words,
        "check_name": "holdfast-check",
        "fingerprint": digest[:32],
        "severity": "major",
        "location": {"path": file, "lines": {"begin": max(1, line)}},
    }
