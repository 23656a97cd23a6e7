"""A runtime that needs much CPU time to start has little of it.

What happens
------------
A limit of 100m gives 10 ms in each 100 ms. A start that takes 5 s of CPU time takes 50 s of real
time.

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
from holdfast.lint.runtime import Runtime, runtime_of
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF403",
    "a small CPU limit meets a slow start and a quick liveness probe",
    Severity.HIGH,
    Confidence.LIKELY,
    prevents=("C05", "C03"),
)


# rules.md HF403
_SMALL_MILLICORES = 200
# CPU seconds until a small service of each runtime listens (tuning.md on starts).
_START_CPU_SECONDS = {Runtime.JVM: 8, Runtime.NODE: 2, Runtime.PYTHON: 2, Runtime.RUBY: 4}


def check_container(container: ContainerSubject) -> Iterator[Problem]:
    """A quota under which the start outlasts liveness."""
    limit, probe = container.limit_millicores(), container.spec.liveness_probe
    if not limit or limit > _SMALL_MILLICORES or probe is None or not container.is_probed:
        return
    cpu_seconds = _START_CPU_SECONDS.get(runtime_of(container))
    if cpu_seconds is None or container.spec.startup_probe is not None:
        return
    start = cpu_seconds * 1000 / limit
    killed = probe.initial_delay + (probe.failures - 1) * probe.period
    if killed >= start:
        return
    yield container.problem(
        f"a start of {cpu_seconds} s of CPU time takes {start:.0f} s under a limit of {limit}m, "
        f"and liveness kills from {killed} s on",
        "resources",
        "limits",
        "cpu",
        fix=Fix(f"a larger CPU limit, or a startupProbe that allows {start * 1.5:.0f} s"),
        replay=Replay(
            f"a start needs {cpu_seconds} s of CPU time",
            {"start": {"cpu": f"{cpu_seconds}s"}},
        ),
    )
