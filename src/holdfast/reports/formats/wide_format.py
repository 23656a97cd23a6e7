"""A table in the manner of kubectl: one row per finding, columns set apart by blanks.

Rules: cells are never cut, so that `awk` and `sort` can work on them; the summary comes last
because it is the only cell with blanks that somebody may want to cut.
"""

from collections.abc import Iterable

from holdfast.model.finding import Diagnosis, Finding
from holdfast.model.printable import one_line
from holdfast.reports.ink import Ink, ink_of, paint
from holdfast.reports.options import RenderOptions
from holdfast.reports.words import surety

NAME = "wide"

_COLUMNS = (
    "NAMESPACE", "POD", "CONTAINER", "STATE", "RESTARTS", "CAUSE", "SURE", "SUMMARY",
)  # fmt: skip
_STATE_COLUMN = 3
# kubectl sets its columns apart by three blanks (k8s.io/cli-runtime printers, GetNewTabWriter).
_GAP = "   "
_NOTHING = "<none>"


def render(diagnosis: Diagnosis, options: RenderOptions) -> str:
    """A head line and a row for each finding, worst first."""
    rows = [_row(finding) for finding in diagnosis.findings]
    widths = [max(map(len, column)) for column in zip(_COLUMNS, *rows, strict=True)]
    lines = [_line(_COLUMNS, widths)]
    for finding, row in zip(diagnosis.findings, rows, strict=True):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        cells[_STATE_COLUMN] = paint(
            cells[_STATE_COLUMN], ink_of(finding.state), color=options.color
        )
        lines.append(_GAP.join(cells).rstrip())
    lines[0] = paint(lines[0], Ink.FAINT, color=options.color)
    return "".join(f"{line}\n" for line in lines)


def _row(finding: Finding) -> tuple[str, ...]:
    subject = finding.subject
    cause = finding.cause.cause if finding.cause is not None else ""
    cells = (
        subject.namespace,
        subject.pod,
        subject.container,
        "".join(word.capitalize() for word in finding.state.value.split(",")[0].split()),
        str(finding.restarts),
        cause,
        surety(finding).replace(" ", "") if finding.decided else "unknown",
    )
    return (*(one_line(cell) or _NOTHING for cell in cells), one_line(finding.headline))


def _line(cells: Iterable[str], widths: list[int]) -> str:
    return _GAP.join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
