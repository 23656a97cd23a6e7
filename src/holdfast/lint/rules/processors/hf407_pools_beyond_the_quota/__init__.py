"""Pools of threads are sized for a machine that the container is not.

What happens
------------
Threads that compute share one quota. Once it is used up, all of them stand still until the next 100
ms begin.

Why it hurts
------------
Answers come in bursts, latency is a multiple of the work, and probes fail under load.

How we know
-----------
Numbers of known options (OMP_NUM_THREADS and its kin, UV_THREADPOOL_SIZE, threads of Tomcat,
gunicorn --threads times workers) against the CPU limit.

What else it could be
---------------------
Threads that wait for others nearly all the time.

Fix
---
Numeric libraries: the limit rounded up. Pools that wait: a size from a measurement.

When the fix is wrong
---------------------
Where threads only wait, and were measured not to be throttled.

References
----------
docs/specs/rules.md HF407, docs/specs/causes.md C05.
"""

import math
from collections.abc import Iterator, Mapping

from holdfast.lint.options import variable_options
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import Variable
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF407",
    "far more threads than the CPU limit can run",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("C05",),
)


# One thread for each processor is what computes; the others wait now and then.
_COMPUTE = dict.fromkeys(
    ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS",
     "RAYON_NUM_THREADS"),
    2,
)  # fmt: skip
# Tomcat's own default is 200; libuv's is 4.
_WAIT = {
    "UV_THREADPOOL_SIZE": 32,
    "SERVER_TOMCAT_THREADS_MAX": 400,
    "SERVER_TOMCAT_MAX_THREADS": 400,
}
_MOST = {**_COMPUTE, **_WAIT}
_GUNICORN = regex(r"(?:^|\s)(--threads|--workers|-w)[= ](\d+)")
_GUNICORN_MOST = 64


def check_variables(
    container: ContainerSubject, variables: Mapping[str, Variable]
) -> Iterator[Problem]:
    """Sizes of pools against the limit."""
    limit = container.limit_millicores()
    if not limit:
        return
    processors = math.ceil(limit / 1000)
    for option in variable_options(variables, _MOST):
        if option.text.isdecimal() and int(option.text) > _MOST[option.name] * processors:
            yield container.problem(
                f"{option.name} {option.text} under a CPU limit of {limit}m",
                at=option.place,
                fix=Fix(f"{option.name} {processors}" if option.name in _COMPUTE else "fewer"),
            )


def check_command(container: ContainerSubject) -> Iterator[Problem]:
    """Threads of gunicorn against the limit."""
    limit = container.limit_millicores() if "gunicorn" in container.programs else None
    if not limit:
        return
    processors = math.ceil(limit / 1000)
    counts = dict(_GUNICORN.findall(" ".join(container.words)))
    threads = int(counts.get("--threads") or 1)
    workers = int(counts.get("--workers") or counts.get("-w") or 1)
    if threads * workers > _GUNICORN_MOST * processors:
        yield container.problem(
            f"{workers} workers x {threads} threads under a CPU limit of {limit}m",
            "command" if container.spec.command else "args",
            fix=Fix("fewer threads and more replicas"),
        )
