"""What holds for every test: how property tests run, and the report of a run.

The report is rows that tests have recorded under a title, printed at the end.
"""

from collections import defaultdict

import pytest
from hypothesis import settings

# A deadline measures how busy the machine is; tests never assert times (docs/architecture.md).
settings.register_profile("holdfast", deadline=None)
settings.load_profile("holdfast")

TITLES = {
    "deadlines": "Probes of frozen dependencies",
    "rolling": "Requests lost by rolling restarts behind nginx",
    "parity": "Pods in real time against the model",
    "zero loss": "Requests lost by a rollout (SIGTERM under load)",
}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the rows of all tests, also of those that ran in another process."""
    rows: dict[str, list[str]] = defaultdict(list)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) == "call":
                for title, row in report.user_properties:
                    rows[title].append(str(row))
    for title, heading in TITLES.items():
        if rows[title]:
            terminalreporter.section(heading)
            for row in sorted(rows[title]):
                terminalreporter.write_line(row)
