"""The running pod differs from its owner's template: something changed it on the way.

What happens
------------
A mutating webhook, a LimitRange, a resize or a person changed limits, probes or variables of the
pod after the template was written.

Why it hurts
------------
Reading the template misleads: the limit that kills is not the one that was asked for.

How we know
-----------
The running container is compared with the container of the same name in the template: limits,
requests, probes, image and the names of variables.

What else it could be
---------------------
A template that has just been changed (F01): then the pod belongs to an older revision.

Fix
---
Correct the webhook or LimitRange, or state the value in the template so that no default is needed.

When the fix is wrong
---------------------
If the change is meant (a sidecar injector, the vertical autoscaler), adapt the program to it.

References
----------
docs/specs/causes.md 2.2 rule 8 and 8 (F16).
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.model.container import Container, Probe
from holdfast.model.evidence import Weight
from holdfast.model.quantity import Quantity, format_bytes, read_quantity
from holdfast.model.verdict import Role, Verdict
from holdfast.model.workload import Workload

CAUSE = Cause(
    id="F16",
    title="the running pod differs from its template",
    lookalikes=("D01", "F01", "F04"),
)

_PROBES = ("liveness_probe", "readiness_probe", "startup_probe")


def judge(case: Case) -> Verdict | None:
    """A container that ended and does not look like the one in its template."""
    if case.life is None or case.spec is None:
        return None
    owner = case.context.template_owner(case.pod)
    asked = _asked(case, owner)
    if owner is None or asked is None:
        return None
    claim = Claim(CAUSE)
    smaller = _weigh_memory(claim, case, asked)
    changed = _differences(case.spec, asked)
    if changed:
        text = f"it differs from the template in {', '.join(changed)}"
        claim.observed(text, Weight.MODERATE, case.spec_origin("containers"))
    if not claim.score:
        return None
    claim.would_decide(
        "who changes pods: kubectl get mutatingwebhookconfigurations,limitrange -A, and the pod's "
        "managedFields"
    )
    return claim.verdict(
        f"{case.kind} {case.name} does not run as {owner.kind} {owner.metadata.name} asks: "
        + ("a smaller memory limit" if smaller else ", ".join(changed)),
        Role.CAUSE if smaller and case.life.reason == "OOMKilled" else Role.CONTRIBUTING,
    )


def _asked(case: Case, owner: Workload | None) -> Container | None:
    """The container of the same name in the template of the pod's own revision."""
    if owner is None or case.spec is None:
        return None
    own = case.pod.metadata.controller
    direct = (
        case.context.workload(own.kind, case.pod.key.namespace, own.name)
        if own is not None
        else None
    )
    source = direct if direct is not None and direct.spec.template is not None else owner
    template = source.spec.template
    if template is None:
        return None
    every = (*(template.spec.init_containers or ()), *template.spec.containers)
    return next((c for c in every if c.name == case.spec.name), None)


def _weigh_memory(claim: Claim, case: Case, asked: Container) -> bool:
    """Whether the running memory limit is smaller than asked, which an OOM kill makes the cause."""
    running = read_quantity(case.spec.limit("memory")) if case.spec else None
    wanted = read_quantity(asked.limit("memory"))
    if running is None or (wanted is not None and running >= wanted):
        return False
    text = f"its memory limit is {format_bytes(running.bytes)}, the template asks for "
    text += format_bytes(wanted.bytes) if wanted is not None else "none"
    killed = case.life is not None and case.life.reason == "OOMKilled"
    weight = Weight.CONCLUSIVE if killed else Weight.MODERATE
    claim.observed(text, weight, case.spec_origin("resources.limits.memory"))
    if killed and case.life is not None:
        claim.observed("it was killed for memory", Weight.MODERATE, case.life.origin)
    claim.with_parameter("limit_bytes", float(running.bytes))
    if wanted is not None:
        claim.with_parameter("template_limit_bytes", float(wanted.bytes))
    return True


def _differences(running: Container, asked: Container) -> list[str]:
    """Names of what differs; never a value, which may be a secret."""
    found = []
    for resource in ("cpu", "memory"):
        limits = (running.limit(resource), asked.limit(resource))
        requests = (running.request(resource), asked.request(resource) or asked.limit(resource))
        found += [f"limits.{resource}"] if _differ(*limits) else []
        found += [f"requests.{resource}"] if _differ(*requests) else []
    for name in _PROBES:
        if _numbers(getattr(running, name)) != _numbers(getattr(asked, name)):
            found.append(name.replace("_probe", "Probe"))
    if running.image != asked.image:
        found.append("image")
    names = {e.name for e in running.env or ()} ^ {e.name for e in asked.env or ()}
    found.extend(f"variable {name}" for name in sorted(names)[:3])
    return found


def _differ(running: str | float | None, asked: str | float | None) -> bool:
    one, other = read_quantity(running), read_quantity(asked)
    if one is None or other is None:
        return (one or Quantity.parse("0")) != (other or Quantity.parse("0"))
    return one != other


def _numbers(probe: Probe | None) -> tuple[object, ...] | None:
    if probe is None:
        return None
    return (
        probe.handler,
        probe.port,
        probe.initial_delay,
        probe.period,
        probe.timeout,
        probe.failures,
        probe.termination_grace_period_seconds,
    )
