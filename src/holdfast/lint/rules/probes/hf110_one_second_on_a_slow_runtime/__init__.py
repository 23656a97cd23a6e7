"""The default timeout of 1 s meets a process that ordinarily pauses for longer.

What happens
------------
A JVM collects, a Python worker computes, a container reaches its CPU limit, a command of an exec
probe starts an interpreter: answers take more than a second now and then.

Why it hurts
------------
Three such moments in a row kill the container.

How we know
-----------
timeoutSeconds is 1 or left out, and the image, the command, the handler or the CPU limit say that
pauses are ordinary.

What else it could be
---------------------
A runtime with short pauses behind a name that looks like another.

Fix
---
timeoutSeconds 5.

When the fix is wrong
---------------------
Where a late answer is as bad as none.

References
----------
docs/specs/rules.md HF110, docs/specs/tuning.md on timeouts.
"""

import math
from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem, Replay
from holdfast.model.container import Probe
from holdfast.model.edit import Safety
from holdfast.model.rule import Confidence, Rule, Severity
from holdfast.model.runtime import Runtime

RULE = Rule(
    "HF110",
    "liveness allows 1 s for an answer of a runtime that pauses",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("C04", "C05"),
)


# rules.md HF110
_SMALL_CPU_MILLICORES = 500
_PATIENT_SECONDS = 5
_BEFORE_SECONDS = 300
_LATE_SECONDS = 1.5


def check_liveness(container: ContainerSubject, probe: Probe) -> Iterator[Problem]:
    """A liveness probe with a timeout of 1 s on something that pauses."""
    why = _why_slow(container, probe.handler) if probe.timeout <= 1 else ""
    if not why:
        return
    # Longer than any phase of the probe.
    late = (probe.failures + 1) * max(probe.period, math.ceil(_LATE_SECONDS))
    period = {"periodSeconds": _PATIENT_SECONDS} if probe.period < _PATIENT_SECONDS else {}
    yield container.problem(
        f"timeoutSeconds 1 on {why}: {probe.failures} late answers in a row kill it",
        "livenessProbe",
        "timeoutSeconds",
        fix=Fix(
            f"timeoutSeconds {_PATIENT_SECONDS}",
            Safety.SAFE,
            {"livenessProbe": {"timeoutSeconds": _PATIENT_SECONDS, **period}},
        ),
        replay=Replay(
            f"answers take {_LATE_SECONDS:g} s for {late} s",
            _late(probe, {"from": "5m", "for": f"{late}s"}),
            seconds=_BEFORE_SECONDS + 2 * (late + container.pod.spec.grace_seconds),
        ),
    )


def _late(probe: Probe, spell: dict[str, str]) -> dict[str, object]:
    """Answers that come late for a spell."""
    if probe.exec is not None:
        return {"exec": {"*": [{"takes": f"{_LATE_SECONDS:g}s", **spell}]}}
    kind = "grpc" if probe.grpc is not None else "answers"
    return {kind: {"*": [{"latency": f"{_LATE_SECONDS:g}s", **spell}]}}


def _why_slow(container: ContainerSubject, handler: str) -> str:
    if handler == "tcpSocket":
        # The kernel accepts connections for a process that stands still.
        return ""
    if handler == "exec":
        return "a command, which has to be started first"
    runtime = container.runtime
    if runtime is Runtime.JVM:
        return "a JVM, which stands still while it collects"
    if runtime is Runtime.PYTHON:
        return "Python, whose workers answer one request at a time"
    cpu = container.limit_millicores()
    if cpu is not None and cpu < _SMALL_CPU_MILLICORES:
        return f"a CPU limit of {cpu}m, which stops it for most of each 100 ms when it is used up"
    return ""
