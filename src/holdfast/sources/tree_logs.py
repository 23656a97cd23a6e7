"""Logs of a tree whose paths say whose they are."""

import re

from holdfast.model.snapshot import Gap, GapKind, Log, LogLife
from holdfast.sources.collector import Collector
from holdfast.sources.format import Entry, Tree
from holdfast.sources.log_lines import read_log


def read_tree_logs(tree: Tree, pattern: re.Pattern[str], into: Collector) -> set[str]:
    """Every file whose path matches, named by the pattern's groups.

    Groups: `namespace` and `container` (optional), `pod`, and `previous` (matched for a log of the
    previous life). Returns the paths.
    """
    done = set()
    for entry in tree.matching(pattern.match):
        match = pattern.match(entry.path)
        groups = match.groupdict() if match else {}
        done.add(entry.path)
        template = Log(
            lines=(),
            source=f"{tree.name}/{entry.path}",
            life=LogLife.PREVIOUS if groups.get("previous") else LogLife.CURRENT,
            namespace=groups.get("namespace") or "",
            pod=groups.get("pod") or "",
            container=groups.get("container") or "",
        )
        add_log_file(entry, template, into)
    return done


def add_log_file(entry: Entry, template: Log, into: Collector) -> None:
    """One file as the log that the template describes; a binary one becomes a gap."""
    try:
        for log in read_log(entry, template):
            into.add_log(log)
    except ValueError as error:
        cost = "what the application wrote is missing"
        into.add_gap(Gap(GapKind.BROKEN, f"log with {error}", template.source, cost))
