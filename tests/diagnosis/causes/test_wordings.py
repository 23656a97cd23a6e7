"""Logs as people meet them name their cause first, in the whole diagnosis and not only its judge.

`ended_logs.txt` beside this file holds them: add a log that was diagnosed wrongly there.
"""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.diagnosis.cases import case, terminated

from holdfast.diagnosis.diagnose import diagnose

_HEAD = re.compile(r"^=== (?P<cause>[A-Z]\d\d) (?P<code>\d+) (?P<uptime>\d+)\n", re.MULTILINE)


class Ended(NamedTuple):
    """What a program wrote before it ended, and what that means."""

    cause: str
    exit_code: int
    uptime_seconds: int
    log: str


def ended_logs() -> list[Ended]:
    """Every log of the file, in its order."""
    text = Path(__file__).with_name("ended_logs.txt").read_text(encoding="utf-8")
    heads = list(_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return [
        Ended(head["cause"], int(head["code"]), int(head["uptime"]), text[head.end() : end])
        for head, end in zip(heads, ends, strict=True)
    ]


@pytest.mark.parametrize("ended", ended_logs(), ids=lambda e: f"{e.cause}-{e.log[:40]!r}")
def test_log_names_its_cause(ended: Ended) -> None:
    """The deciding line wins over a bare "it ended with an error"."""
    finished = f"2026-11-23T08:20:{ended.uptime_seconds:02}Z"
    last = terminated(ended.exit_code, finished=finished)
    finding = diagnose(case(last=last, log=ended.log).context.snapshot).findings[0]

    assert finding.cause is not None, finding.headline
    assert finding.cause.cause == ended.cause


def test_previous_log_speaks_without_any_end() -> None:
    """Names of log files and `kubectl get pods` tell of restarts, and keep no exit code."""
    log = "java.lang.OutOfMemoryError: Metaspace"
    finding = diagnose(case(log=log, state={}, restarts=4).context.snapshot).findings[0]

    assert finding.cause is not None
    assert finding.cause.cause == "A13"
