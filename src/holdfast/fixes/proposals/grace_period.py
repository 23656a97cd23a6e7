"""Enough time to stop: the grace of the pod or of a probe, and the hook inside it.

C15, G03, G04, G06, G08. Rules: the grace grows only where the process is seen to use it; preStop
and the program's own stop share one grace (kubelet.md 2.3).
"""

from holdfast.fixes.facts import Facts
from holdfast.fixes.proposal import Proposal
from holdfast.model.edit import Change, Safety
from holdfast.model.pod import DEFAULT_GRACE_SECONDS

CAUSES = ("C15", "G03", "G04", "G06", "G08")

_GRACE = ("terminationGracePeriodSeconds",)
# How long endpoints and proxies need to forget a pod (kubelet.md 5.5): seconds, as a rule below 5.
_ENDPOINT_SECONDS = 5
# Image name -> the signal on which the program drains (its own manual).
_DRAIN_SIGNALS = {"nginx": "SIGQUIT", "httpd": "SIGWINCH", "php": "SIGQUIT", "postgres": "SIGINT"}


def propose(facts: Facts) -> Proposal | None:
    """One rule per cause."""
    rules = {"C15": _probe_grace, "G03": _hook, "G04": _drain, "G06": _signal, "G08": _delay}
    return rules[facts.verdict.cause](facts)


def _probe_grace(facts: Facts) -> Proposal | None:
    probe = facts.probe(facts.killer) if facts.killer else None
    grace = probe.termination_grace_period_seconds if probe else None
    pod_grace = facts.pod.spec.grace_seconds
    if grace is None or grace >= pod_grace:
        return None
    explanation = (
        f"the {facts.killer} probe's own grace of {grace} s cuts the stop off; {pod_grace} s is "
        "what the pod gives every other stop. Right if the process ends by itself within that time"
    )
    change = facts.set_probe(facts.killer, "terminationGracePeriodSeconds", pod_grace)
    return Proposal(Safety.REVIEW, explanation, (change,))


def _hook(facts: Facts) -> Proposal | None:
    hook = facts.number("hook_seconds")
    grace = facts.pod.spec.grace_seconds
    if hook is None or hook < grace:
        return None
    seconds = int(hook) + DEFAULT_GRACE_SECONDS
    explanation = (
        f"the preStop hook takes {hook:.0f} s of the grace of {grace} s; {seconds} s leaves the "
        f"program the default of {DEFAULT_GRACE_SECONDS} s after it. Right if the hook really "
        "needs its time; else shorten the hook"
    )
    return Proposal(Safety.REVIEW, explanation, (Change(_GRACE, seconds),), _SLOWER)


def _drain(facts: Facts) -> Proposal | None:
    needed = facts.number("needed_seconds") or facts.number("drain_seconds")
    grace = facts.pod.spec.grace_seconds
    if needed is not None and needed >= grace:
        seconds = int(needed * 1.5)
        why = f"the drain was measured with {needed:.0f} s, and half as much again is margin"
    else:
        seconds, why = (
            2 * grace,
            "nobody has measured the drain, so twice the present one is assumed",
        )
    explanation = (
        f"terminationGracePeriodSeconds from {grace} to {seconds}: the log shows a drain that the "
        f"grace cuts off; {why}. Right if the drain comes to an end"
    )
    return Proposal(Safety.REVIEW, explanation, (Change(_GRACE, seconds),), _SLOWER)


_SLOWER = ("rollouts and drains of nodes may take that much longer for each pod",)


def _signal(facts: Facts) -> Proposal | None:
    container = facts.container
    image = container.image.rpartition("/")[2] if container else ""
    signal = next((s for name, s in _DRAIN_SIGNALS.items() if image.startswith(name)), "")
    lifecycle = container.lifecycle if container else None
    if not signal or (lifecycle is not None and lifecycle.stop_signal is not None):
        return None
    explanation = (
        f"{image} drains on {signal}, not on SIGTERM; lifecycle.stopSignal makes the runtime send "
        "that. STOPSIGNAL in the image does the same on every version"
    )
    changes = (facts.set("lifecycle", "stopSignal", signal), Change(("os", "name"), "linux"))
    caveats = ("stopSignal needs the feature gate ContainerStopSignals and spec.os.name",)
    return Proposal(Safety.SKETCH, explanation, changes, caveats)


def _delay(facts: Facts) -> Proposal | None:
    container = facts.container
    lifecycle = container.lifecycle if container else None
    hooked = lifecycle is not None and lifecycle.pre_stop is not None
    if container is None or hooked or facts.pod.spec.grace_seconds <= _ENDPOINT_SECONDS:
        return None
    explanation = (
        f"a preStop sleep of {_ENDPOINT_SECONDS} s keeps the service answering while endpoints and "
        f"proxies forget the pod; it is part of the grace of {facts.pod.spec.grace_seconds} s"
    )
    change = facts.set("lifecycle", "preStop", "sleep", {"seconds": _ENDPOINT_SECONDS})
    caveats = ("the sleep action needs Kubernetes 1.30; before that, run `sleep` with exec",)
    return Proposal(Safety.REVIEW, explanation, (change,), caveats)
