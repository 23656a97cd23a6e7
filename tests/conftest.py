"""The report of a run: rows that tests have recorded under a title, printed at the end."""

from collections import defaultdict

import pytest

TITLES = {"zero loss": "Requests lost by a rollout (SIGTERM under load)"}


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
