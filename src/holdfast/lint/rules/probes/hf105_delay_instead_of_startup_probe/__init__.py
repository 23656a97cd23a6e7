"""A liveness probe waits a minute or longer before it looks for the first time.

What happens
------------
Nothing looks at the container during `initialDelaySeconds`, after every start, however fast it was;
and a start that takes longer is killed all the same.

Why it hurts
------------
A container that hangs right after its start stays so for the whole delay. A start that takes a
little longer than the delay is cut off.

How we know
-----------
The field says so: initialDelaySeconds of 60 or more without a startupProbe.

What else it could be
---------------------
A process that must not be asked while it warms up.

Fix
---
A startupProbe whose budget is at least the old delay, and a liveness probe without delay.

When the fix is wrong
---------------------
Where being asked during the start does harm by itself.

References
----------
docs/specs/rules.md HF105, docs/specs/tuning.md on startup probes.
"""

import math
from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.questions import hangs
from holdfast.lint.values import handler_of
from holdfast.model.container import Probe
from holdfast.model.edit import Safety
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF105",
    "a long initialDelaySeconds stands for a startupProbe",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("C03",),
)


# rules.md HF105
_LONG_DELAY_SECONDS = 60
_HANG_SECONDS = 5


def check_liveness(container: ContainerSubject, probe: Probe) -> Iterator[Problem]:
    """A liveness probe with a delay of a minute, and no startupProbe."""
    if container.spec.startup_probe is not None or probe.initial_delay < _LONG_DELAY_SECONDS:
        return
    # Every start that survives without it survives with it.
    threshold = 1 + probe.failures + math.ceil(probe.initial_delay / probe.period)
    # After the first answer to a startupProbe, and long before the end of the delay.
    hang = 2 * probe.period + _HANG_SECONDS
    startup = {
        **handler_of(probe),
        "periodSeconds": probe.period,
        "timeoutSeconds": probe.timeout,
        "failureThreshold": threshold,
    }
    yield container.problem(
        f"nothing looks at it for {probe.initial_delay} s after each start, and a start that takes "
        "longer is killed",
        "livenessProbe",
        "initialDelaySeconds",
        fix=Fix(
            f"a startupProbe that allows {(threshold - 1) * probe.period} s, and liveness without "
            "delay",
            Safety.REVIEW,
            {"startupProbe": startup, "livenessProbe": {"initialDelaySeconds": 0}},
        ),
        replay=hangs(container, probe, hang) if hang < probe.initial_delay else None,
    )
