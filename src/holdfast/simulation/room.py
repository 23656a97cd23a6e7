"""What pods leave of their nodes before anything happens: requests, limits, and who asks for none.

Rules: one sentence each, for the notes of a report. Counted is what the scheduler counts.
"""

from collections.abc import Iterator
from fractions import Fraction

from holdfast.kubelet.qos import CPU, MEMORY
from holdfast.simulation.fit import NodeLoad, fit, unset_requests
from holdfast.simulation.scenario import Scenario

_RESOURCES = (CPU, MEMORY)


def room(scenario: Scenario) -> Iterator[str]:
    """Nothing for a scenario without nodes."""
    if not scenario.nodes:
        return
    pods = [
        subject.pod_named(f"{subject.pod.metadata.name}-{number}")
        for subject in (scenario.subject, *scenario.neighbours)
        for number in range(subject.replicas)
    ]
    for name, load in fit(pods, scenario.nodes, scenario.behaviour).loads.items():
        yield f"{name}: {_told(load)}"
    for subject in (scenario.subject, *scenario.neighbours):
        for resource, containers in unset_requests(subject.pod).items():
            yield (
                f"{subject.name} requests no {resource} for {', '.join(containers)}: no node "
                "keeps any for it"
            )


def _told(load: NodeLoad) -> str:
    parts = []
    for resource in _RESOURCES:
        whole = load.allocatable.get(resource)
        if whole:
            requested = load.requested.get(resource, Fraction(0)) / whole
            limits = load.overcommit(resource) or Fraction(0)
            parts.append(f"{resource} requests {_percent(requested)}, limits {_percent(limits)}")
    return "; ".join(parts)


def _percent(share: Fraction) -> str:
    return f"{float(share) * 100:.0f} %"
