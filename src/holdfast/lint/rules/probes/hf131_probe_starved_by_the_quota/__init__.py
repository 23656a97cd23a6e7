"""An exec probe starts an interpreter under a CPU limit that makes the start alone too slow.

What happens
------------
The command runs within the quota of its container. Under 50m an interpreter of Python was measured
to take 0.9 s before it does anything, a JVM 1.3 s, with nothing else running.

Why it hurts
------------
The probe fails again and again although the program is well; liveness and startup then kill it in a
loop.

How we know
-----------
The CPU time of the start, measured for such commands, divided by the limit, against half of
timeoutSeconds: the program itself uses the other half.

What else it could be
---------------------
A wrapper of that name which is light.

Fix
---
httpGet, tcpSocket or grpc; or a timeoutSeconds of twice what the start takes, and a larger CPU
limit.

When the fix is wrong
---------------------
Where the server has no port to ask, and the limit cannot be raised.

References
----------
docs/specs/tuning.md 9.3, docs/specs/causes.md C05.
"""

import math
from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem, Replay
from holdfast.lint.runtime import programs_of
from holdfast.model.container import Probe
from holdfast.model.edit import Safety
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF131",
    "the command of a probe does not finish within its timeout under the CPU limit",
    Severity.HIGH,
    Confidence.LIKELY,
    prevents=(
        "C05",
        "C09",
    ),
)


# tuning.md 9.3, the row of 50m: wall time x 0.05, with nothing else running.
_CPU_MILLISECONDS = {"python": 43, "python3": 43, "java": 66, "jcmd": 66, "curl": 8}
# tuning.md 9.3: cpu / limit >= 0.5 x timeout.
_SHARE = 0.5


def check_probe(container: ContainerSubject, field: str, probe: Probe) -> Iterator[Problem]:
    """An exec probe whose start takes half of its timeout or longer."""
    command = probe.exec.command if probe.exec is not None else None
    program = next((p for p in programs_of(command or ()) if p in _CPU_MILLISECONDS), "")
    limit = container.limit_millicores() if program else None
    if not limit:
        return
    milliseconds = _CPU_MILLISECONDS[program] * 1000 // limit
    if milliseconds < _SHARE * probe.timeout * 1000:
        return
    timeout = math.ceil(2 * milliseconds / 1000)
    kills = field != "readinessProbe" and milliseconds > probe.timeout * 1000
    yield container.problem(
        f"{program} needs {_CPU_MILLISECONDS[program]} ms of CPU time to start, which are "
        f"{milliseconds} ms under a limit of {limit}m, and timeoutSeconds is {probe.timeout}",
        field,
        "exec",
        fix=Fix(
            f"a port instead of a command, or timeoutSeconds {timeout}",
            Safety.REVIEW,
            {field: {"timeoutSeconds": timeout, "periodSeconds": max(timeout, probe.period)}},
        ),
        replay=Replay(
            f"the command takes {milliseconds} ms",
            {"exec": {"*": [{"takes": f"{milliseconds}ms"}]}},
        )
        if kills
        else None,
    )
