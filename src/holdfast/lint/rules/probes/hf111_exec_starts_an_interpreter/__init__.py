"""An exec probe starts a program that is heavy to start.

What happens
------------
Every period the kubelet starts a JVM, an interpreter or a database client inside the container,
within its CPU and memory limits.

Why it hurts
------------
Under load the command itself does not finish in time; its memory counts against the limit, so that
the probe can be what the kernel kills, or whom it is killed for.

How we know
-----------
The first word of the command, with timeoutSeconds of 1 or a period of at most 5 s.

What else it could be
---------------------
A wrapper of that name which is light.

Fix
---
An httpGet, tcpSocket or grpc probe; or timeoutSeconds of at least 5 and a longer period.

When the fix is wrong
---------------------
Where the server has no port to ask.

References
----------
docs/specs/rules.md HF111, docs/specs/kubelet.md Q10.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.container import Probe
from holdfast.model.edit import Safety
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF111",
    "the probe starts an interpreter or a client each time",
    Severity.HIGH,
    Confidence.LIKELY,
    prevents=("C09", "D05"),
)


_HEAVY = regex(
    r"(?:java|jcmd|python[\d.]*|node|npm|ruby|php|perl|curl|wget|mysql|mysqladmin|mariadb|"
    r"mariadb-admin|psql|mongo|mongosh|redis-cli|cqlsh|nodetool|rabbitmqctl|"
    r"rabbitmq-diagnostics|kafka-[\w-]+(?:\.sh)?)"
)
_SHORT_TIMEOUT_SECONDS, _SHORT_PERIOD_SECONDS = 1, 5


def check_probe(container: ContainerSubject, field: str, probe: Probe) -> Iterator[Problem]:
    """An exec probe of a heavy program that is short of time or frequent."""
    command = probe.exec.command if probe.exec is not None else None
    if not command or field == "startupProbe":
        return
    program = _program(command)
    if not program:
        return
    if probe.timeout > _SHORT_TIMEOUT_SECONDS and probe.period > _SHORT_PERIOD_SECONDS:
        return
    yield container.problem(
        f"{program} is started every {probe.period} s inside the container's limits and has "
        f"{probe.timeout} s to answer",
        field,
        "exec",
        fix=Fix(
            "ask a port instead (httpGet, tcpSocket, grpc), or timeoutSeconds 5 and "
            "periodSeconds 10",
            Safety.REVIEW,
            {
                field: {
                    "timeoutSeconds": max(5, probe.timeout),
                    "periodSeconds": max(10, probe.period),
                }
            },
        ),
    )


def _program(command: tuple[str, ...]) -> str:
    """The heavy program that a command starts, alone or behind a shell."""
    words = " ".join(command).replace(";", " ").replace("&&", " ").split()
    names = [word.rpartition("/")[2] for word in words]
    if names and names[0] in ("sh", "bash", "ash"):
        return next((name for name in names if _HEAVY.fullmatch(name)), "")
    return names[0] if names and _HEAVY.fullmatch(names[0]) else ""
