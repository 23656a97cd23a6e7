"""Passing over stretches in which nothing changes, for all pods of a world at once.

Rules: pods meet in the world only (an owner replaces one that has ended, a node evicts one), and
every such meeting begins with something that a pod does. So nobody is taken beyond the first moment
at which any pod does something that cannot be passed over.
"""

from collections.abc import Collection

from holdfast.kubelet.skipping import find_stretch, pass_stretch, skip
from holdfast.simulation.pod_run import PodRun


def skip_pods(run: PodRun, pods: Collection[PodRun], until: float, now: float) -> list[PodRun]:
    """Take pods as far as possible, at most until a moment; returns those that were taken on.

    `run` is the one that has just settled.
    """
    run.now = now
    others = []
    if len(pods) > 1:
        others = [pod for pod in pods if pod is not run and not pod.machine.state.finished]
    if not others:
        return [run] if skip(run.machine.state, until, run, run.draw) else []
    found = []
    for pod in (run, *others):
        pod.now = now
        stretch = find_stretch(pod.machine.state, until, pod, alone=False)
        if stretch is not None:
            until = min(until, stretch.end)
            found.append((pod, stretch))
            continue
        if pod is run:
            return []
        deadline = pod.machine.next_deadline()
        if deadline is not None:
            until = min(until, deadline)
    return [
        pod
        for pod, stretch in found
        if pass_stretch(pod.machine.state, stretch, until, pod, pod.draw)
    ]
