"""A runtime that needs much CPU time to start has little of it.

What happens
------------
A limit of 100m gives 10 ms in each 100 ms: what takes 1 s of CPU time takes 10 s of real time.

Why it hurts
------------
The liveness probe kills it in the middle of its start, every time.

How we know
-----------
The CPU limit, the runtime, and a liveness probe without a startupProbe before it.

What else it could be
---------------------
A runtime that starts within a second of CPU time.

Fix
---
No CPU limit or a larger one; or a startupProbe whose budget is the start's CPU time divided by the
limit.

When the fix is wrong
---------------------
Where the start was measured under this limit.

References
----------
docs/specs/rules.md HF403, docs/specs/kubelet.md 7.4; docs/specs/tuning.md on CPU limits.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem, Replay
from holdfast.lint.values import earliest_kill
from holdfast.model.container import Probe
from holdfast.model.rule import Confidence, Rule, Severity
from holdfast.model.runtime import Runtime

RULE = Rule(
    "HF403",
    "a small CPU limit meets a slow start and a quick liveness probe",
    Severity.HIGH,
    Confidence.LIKELY,
    prevents=("C05", "C03"),
)


# rules.md HF403
_SMALL_MILLICORES = 200
_SLOW = (Runtime.JVM, Runtime.NODE, Runtime.PYTHON, Runtime.RUBY)
# rules.md HF103: starts that take this long are ordinary, also without a quota.
_ORDINARY_START_SECONDS = 30


def check_liveness(container: ContainerSubject, probe: Probe) -> Iterator[Problem]:
    """A quota that leaves a start little CPU time before liveness kills."""
    limit = container.limit_millicores()
    if not limit or limit > _SMALL_MILLICORES or container.spec.startup_probe is not None:
        return
    if container.runtime not in _SLOW:
        return
    killed = earliest_kill(probe)
    if killed >= _ORDINARY_START_SECONDS:
        return
    allowed = killed * limit / 1000
    yield container.problem(
        f"a start may use {allowed:g} s of CPU time: liveness kills from {killed} s on, and the "
        f"limit of {limit}m gives a tenth of a second {limit / 10:g} ms",
        "resources",
        "limits",
        "cpu",
        fix=Fix("a larger CPU limit, or a startupProbe that fits a measured start under this one"),
        replay=Replay(
            f"a start needs {2 * allowed:g} s of CPU time, twice as much",
            {"start": {"cpu": f"{2 * allowed:g}s"}},
        ),
    )
