"""What a probe was answered, told from the text of an Unhealthy event.

Rules: the texts are those of kubelet.md 10 and of Go's net/http and net packages, in all versions
from 1.25; a result that the kubelet discards is no failure, whatever it says (kubelet.md 1.8).
"""

import re
from enum import StrEnum

from holdfast.diagnosis.evidence.pod_events import ProbeResult
from holdfast.model.regex import regex


class Answer(StrEnum):
    """How a probe failed."""

    REFUSED = "connection refused"
    TIMEOUT = "no answer in time"
    WRONG_REQUEST = "a status of 400 to 499"
    SERVER_ERROR = "a status of 500 or more"
    OTHER_PROTOCOL = "an answer in another protocol"
    UNREACHABLE = "no route, or a reset connection"
    NO_HEALTH_SERVICE = "no gRPC health service of that name"
    NOT_SERVING = "NOT_SERVING"
    COMMAND_FAILED = "a command that failed"
    COMMAND_TIMEOUT = "a command that took too long"
    COMMAND_MISSING = "a command that is not there"
    DISCARDED = "an error that the kubelet does not count"
    OTHER = "something else"


_STATUS = regex(r"statuscode: (\d{3})")
# Order matters: the first pattern that fits names the answer.
_TEXTS = (
    (Answer.COMMAND_TIMEOUT, regex(r"^command timed out|^command .* timed out")),
    (Answer.COMMAND_MISSING, regex(r"executable file not found|exec failed|OCI runtime exec")),
    (
        Answer.NO_HEALTH_SERVICE,
        regex(r"does not implement the grpc health|unknown service", re.IGNORECASE),
    ),
    (Answer.NOT_SERVING, regex(r"NOT_SERVING|service unhealthy")),
    (
        Answer.OTHER_PROTOCOL,
        regex(
            r"malformed HTTP|server gave HTTP response to HTTPS|tls: |x509: "
            r"|first record does not look|stopped after 10 redirects|transport connection broken",
        ),
    ),
    (Answer.REFUSED, regex(r"connection refused|actively refused")),
    (
        Answer.TIMEOUT,
        regex(r"deadline exceeded|timeout|timed out", re.IGNORECASE),
    ),
    (
        Answer.UNREACHABLE,
        regex(r"no route to host|network is unreachable|connection reset|EOF|broken pipe"),
    ),
)
_FIRST_SERVER_ERROR = 500


def classify(result: ProbeResult, handler: str) -> Answer:
    """Name the answer. `handler` is Probe.handler: what an exec probe prints is free text."""
    if result.discarded:
        return Answer.DISCARDED
    status = _STATUS.search(result.output)
    if status is not None:
        code = int(status[1])
        return Answer.SERVER_ERROR if code >= _FIRST_SERVER_ERROR else Answer.WRONG_REQUEST
    for answer, pattern in _TEXTS:
        if handler == "exec" and answer not in (Answer.COMMAND_TIMEOUT, Answer.COMMAND_MISSING):
            continue
        if pattern.search(result.output):
            return answer
    return Answer.COMMAND_FAILED if handler == "exec" else Answer.OTHER


def status_code(result: ProbeResult) -> int | None:
    """The HTTP status that the probe got, or None."""
    match = _STATUS.search(result.output)
    return int(match[1]) if match else None
