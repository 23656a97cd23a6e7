"""A HEALTHCHECK, which Kubernetes does not run.

What happens
------------
HEALTHCHECK is for Docker. The kubelet ignores it and runs the probes of the manifest only.

Why it hurts
------------
A process that hangs is never restarted, while the Dockerfile looks as if it were.

How we know
-----------
HEALTHCHECK in the last stage or those it starts from. Its numbers are told as fields of a probe.

What else it could be
---------------------
An image that also runs under Docker.

Fix
---
Probes in the manifest: the same request as livenessProbe, start-period as a startupProbe.

When the fix is wrong
---------------------
Where the check asks a dependency: then as readinessProbe at most.

References
----------
docs/specs/rules.md HF823, HF517; docs.docker.com/reference/dockerfile, HEALTHCHECK.
"""

import math
from collections.abc import Iterator

from holdfast.lint.dockerfiles import StageSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.start import Start
from holdfast.model.dockerfile import Instruction
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF823",
    "Kubernetes does not run HEALTHCHECK",
    Severity.INFO,
    Confidence.CERTAIN,
    prevents=("C07",),
)


# docs.docker.com/reference/dockerfile, HEALTHCHECK: the defaults.
_DEFAULTS = {"interval": 30.0, "timeout": 30.0, "start-period": 0.0}
_RETRIES = 3
_PART = regex(r"(\d+(?:\.\d+)?)(ms|us|ns|h|m|s)")
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_REQUEST = regex(
    r"\b(?:curl|wget)\b.*?\bhttp(?P<tls>s?)://(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)"
    r"(?::(?P<port>\d+))?(?P<path>/[^\s\"'|;&]*)?"
)


def check_start(start: Start) -> Iterator[Problem]:
    """The HEALTHCHECK that counts."""
    written = start.stage.last("HEALTHCHECK")
    if written is not None and written.inner is not None:
        fix = Fix(f"in the manifest: {_probes(start.stage, written, written.inner)}")
        message = "the kubelet ignores it, and runs the probes of the manifest only"
        yield start.stage.dockerfile.problem(message, written, fix=fix)


def _probes(stage: StageSubject, written: Instruction, command: Instruction) -> str:
    """The same check as probes, in one line."""
    period, timeout = max(1, round(_seconds(written, "interval"))), _seconds(written, "timeout")
    failures = written.flag("retries") or ""
    count = int(failures) if failures.isdigit() and int(failures) > 0 else _RETRIES
    handler = _handler(stage, command)
    liveness = (
        f"livenessProbe {{{handler}, periodSeconds: {period}, "
        f"timeoutSeconds: {max(1, math.ceil(timeout))}, failureThreshold: {count}}}"
    )
    start_period = _seconds(written, "start-period")
    if not start_period:
        return liveness
    # A startup probe waits (failureThreshold - 1) periods, and a phase (rules.md 11.11).
    needed = 1 + math.ceil(start_period / period)
    startup = f"startupProbe {{{handler}, periodSeconds: {period}, failureThreshold: {needed}}}"
    return f"{liveness}, {startup}"


def _handler(stage: StageSubject, command: Instruction) -> str:
    words = [word.text for word in command.words] if command.is_json else [command.text]
    expanded = " ".join(stage.value_of(word) or word for word in words)
    match = _REQUEST.search(expanded)
    if match is not None:
        scheme = ", scheme: HTTPS" if match["tls"] else ""
        port = match["port"] or ("443" if match["tls"] else "80")
        return f"httpGet: {{path: {match['path'] or '/'}, port: {port}{scheme}}}"
    if command.is_json:
        return f"exec: {{command: {words}}}"
    return "exec with the same command"


def _seconds(written: Instruction, name: str) -> float:
    """A duration of Go in seconds; the default where it is not there or cannot be read."""
    text = written.flag(name) or ""
    parts = _PART.findall(text)
    if not parts or "".join(f"{count}{unit}" for count, unit in parts) != text:
        return _DEFAULTS[name]
    return sum(float(count) * _UNITS[unit] for count, unit in parts)
