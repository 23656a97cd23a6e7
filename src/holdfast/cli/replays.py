"""Replays of findings, side by side in processes: the slow and separate part of `why`.

Rules: the worst findings come first, and only so many are replayed; which were not is said. Few of
them are replayed in this process, because a process pool takes longer to start than they do.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

from holdfast.diagnosis.weigh import weigh_replays
from holdfast.kubelet.behaviour import NEWEST, behaviour_of
from holdfast.model.finding import TROUBLED, Diagnosis, Finding
from holdfast.model.node import parse_version
from holdfast.model.pod import Pod
from holdfast.model.snapshot import Snapshot
from holdfast.simulation.agree import agreements_of

# Starting a process takes about as long as replaying this many findings.
_FEW = 3


class _Job(NamedTuple):
    """One finding to replay; `at` is when its pod was read."""

    finding: Finding
    pod: Pod
    at: float
    version: str


def weigh(
    diagnosis: Diagnosis, snapshot: Snapshot, most: int, progress: Callable[[str], None]
) -> Iterator[Finding]:
    """Each finding, ranked anew with the replays of its claims where there can be any."""
    jobs = {id(job.finding): job for job in _jobs(diagnosis, snapshot, most)}
    if jobs:
        progress(f"replaying {len(jobs)} findings")
    weighed = dict(zip(jobs, _in_parallel(list(jobs.values())), strict=True))
    for finding in diagnosis.findings:
        yield weighed.get(id(finding), finding)


def _jobs(diagnosis: Diagnosis, snapshot: Snapshot, most: int) -> list[_Job]:
    if snapshot.captured_at is None:
        return []
    pods = {(*pod.key, pod.metadata.uid): pod for pod in snapshot.pods}
    versions = {n.metadata.name: n.status.node_info.kubelet_version for n in snapshot.nodes}
    found: list[_Job] = []
    for finding in diagnosis.findings:
        subject = finding.subject
        pod = pods.get((subject.namespace, subject.pod, subject.uid))
        if pod is None or finding.state not in TROUBLED or not finding.verdicts:
            continue
        if len(found) == most:
            break
        version = versions.get(subject.node, "")
        found.append(_Job(finding, pod, float(snapshot.captured_at), version))
    return found


def _in_parallel(jobs: list[_Job]) -> Iterator[Finding]:
    if len(jobs) <= _FEW:
        yield from map(_replayed, jobs)
        return
    # Not forked: a process of this one's threads (progress, time limits) would inherit their locks.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        yield from pool.map(_replayed, jobs)


def _replayed(job: _Job) -> Finding:
    kubelet = behaviour_of(parse_version(job.version) or NEWEST)
    return weigh_replays(job.finding, agreements_of(job.finding, job.pod, job.at, kubelet))
