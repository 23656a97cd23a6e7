"""The memory limit is too small to create the container's first process.

What happens
------------
The runtime sets the limit before it starts the program, and its own helper is killed for memory, or
the kernel refuses the limit.

Why it hurts
------------
The program never runs, and nothing in its own log tells why.

How we know
-----------
The runtime says "container init was OOM-killed (memory limit too low?)", or that the limit is below
the minimum.

What else it could be
---------------------
A program that starts and is killed afterwards is D01, in an init container D11.

Fix
---
Set a realistic limit. Mostly it is a slip of the unit: `m` is a thousandth of a byte, `400m` is
less than one byte; `400` without a unit is 400 bytes.

When the fix is wrong
---------------------
If the pod as a whole is limited, or a quota sets the limit, correct it there.

References
----------
docs/specs/causes.md 8 (B09).
"""

import re

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.start_failure import pod_claim, start_claim
from holdfast.model.container import Container
from holdfast.model.evidence import Weight
from holdfast.model.quantity import format_bytes, read_quantity
from holdfast.model.regex import regex
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="B09",
    title="its memory limit is too small to create a process",
    lookalikes=("D01", "D11", "B10"),
)

# opencontainers/runc libcontainer/process_linux.go; docker daemon; containers/crun.
_TOO_SMALL = regex(
    r"container init was OOM-killed|memory limit too low|minimum memory limit allowed"
    r"|unable to set memory limit to|OOM-?killed while starting"
    r"|memory\.(?:max|limit_in_bytes): (?:device or resource busy|invalid argument)",
    re.IGNORECASE,
)
# The helper process died; with a tiny limit this is the same thing in older words of runc.
_HELPER_DIED = regex(
    r"read init-p: connection reset|container init exited prematurely|init process is not running",
    re.IGNORECASE,
)
# docker refuses less than 6 MiB; runc's own helper needs about that much
# (moby daemon/daemon_unix.go linuxMinMemory).
_SMALLEST_BYTES = 6 * 2**20


def judge(case: Case) -> Verdict | None:
    """A start that fails for the memory limit, told of the container or of its sandbox."""
    limits = _limits(case)
    tiny = bool(limits) and min(limits.values()) < _SMALLEST_BYTES
    claim = _claim(case, tiny)
    if claim is None:
        return None
    if not limits:
        return claim.verdict(f"{_who(case)} cannot start: a memory limit is too small for it")
    name, limit_bytes = min(limits.items(), key=lambda item: item[1])
    text = f"the memory limit of {name} is {format_bytes(limit_bytes)}"
    if tiny:
        claim.observed(text, Weight.MODERATE, case.spec_origin("resources.limits.memory"))
    claim.with_parameter("limit_bytes", float(limit_bytes)).with_parameter("container", name)
    return claim.verdict(
        f"{_who(case)} cannot start: {text}, too small to create a process (a slip of the unit?)"
    )


def _claim(case: Case, tiny: bool) -> Claim | None:
    found = start_claim(CAUSE, case, _TOO_SMALL)
    if found is None and tiny:
        found = start_claim(CAUSE, case, _HELPER_DIED)
    if found is not None:
        return found[0]
    events = tuple(
        event
        for event in case.events.of("FailedCreatePodSandBox", "Failed")
        if _TOO_SMALL.search(event.message) or (tiny and _HELPER_DIED.search(event.message))
    )
    pod = pod_claim(CAUSE, case, events, Weight.CONCLUSIVE)
    return pod[0] if pod else None


def _limits(case: Case) -> dict[str, int]:
    """Bytes by name of the container; for a whole pod, of all its containers."""
    specs: tuple[Container, ...] = (case.spec,) if case.spec else ()
    if case.member is None:
        specs = (*(case.pod.spec.init_containers or ()), *case.pod.spec.containers)
    found = {}
    for spec in specs:
        quantity = read_quantity(spec.limit("memory"))
        if quantity is not None:
            found[spec.name] = quantity.bytes
    return found


def _who(case: Case) -> str:
    return f"{case.kind} {case.name}" if case.name else f"pod {case.pod.key.name}"
