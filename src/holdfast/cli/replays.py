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
from holdfast.fixes.proven import with_proof
from holdfast.kubelet.behaviour import NEWEST, Behaviour, behaviour_of
from holdfast.model.finding import TROUBLED, Diagnosis, Finding
from holdfast.model.node import parse_version
from holdfast.model.pod import Pod
from holdfast.model.snapshot import Snapshot
from holdfast.model.verdict import Mechanism
from holdfast.simulation.agree import agreements_of
from holdfast.simulation.try_patch import try_patch
from holdfast.simulation.workload import Workload

# Starting a process takes about as long as replaying this many findings.
_FEW = 3


class _Job(NamedTuple):
    """One finding to replay; `at` is when its pod was read, `measured` what its processes did."""

    finding: Finding
    pod: Pod
    at: float
    version: str
    measured: Workload | None = None


Step = Callable[[_Job], Finding]


def weigh(
    diagnosis: Diagnosis, snapshot: Snapshot, most: int, progress: Callable[[str], None]
) -> Iterator[Finding]:
    """Each finding, ranked anew with the replays of its claims where there can be any."""
    yield from _each(_weighed, diagnosis, snapshot, most, progress)


def prove_patches(
    diagnosis: Diagnosis,
    snapshot: Snapshot,
    most: int,
    progress: Callable[[str], None],
    measured: Workload | None = None,
) -> Iterator[Finding]:
    """Each finding with the proof of its patch, or why there is none."""
    yield from _each(_proven, diagnosis, snapshot, most, progress, measured)


def _each(
    step: Step,
    diagnosis: Diagnosis,
    snapshot: Snapshot,
    most: int,
    progress: Callable[[str], None],
    measured: Workload | None = None,
) -> Iterator[Finding]:
    jobs = _jobs(diagnosis, snapshot, most, measured)
    if step is _proven:
        jobs = [job for job in jobs if job.finding.patch is not None or _is_killed_for_memory(job)]
    if jobs:
        progress(f"replaying {len(jobs)} findings")
    keys = [id(job.finding) for job in jobs]
    done = dict(zip(keys, _in_parallel(step, jobs), strict=True))
    for finding in diagnosis.findings:
        yield done.get(id(finding), finding)


def _jobs(
    diagnosis: Diagnosis, snapshot: Snapshot, most: int, measured: Workload | None
) -> list[_Job]:
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
        found.append(_Job(finding, pod, float(snapshot.captured_at), version, measured))
    return found


def _in_parallel(step: Step, jobs: list[_Job]) -> Iterator[Finding]:
    if len(jobs) <= _FEW:
        yield from map(step, jobs)
        return
    # Not forked: a process of this one's threads (progress, time limits) would inherit their locks.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        yield from pool.map(step, jobs)


def _weighed(job: _Job) -> Finding:
    kubelet = _kubelet(job)
    return weigh_replays(job.finding, agreements_of(job.finding, job.pod, job.at, kubelet))


def _proven(job: _Job) -> Finding:
    kubelet = _kubelet(job)
    proven = try_patch(job.finding, job.pod, job.at, kubelet, job.measured)
    return with_proof(job.finding, proven, str(kubelet.version))


def _is_killed_for_memory(job: _Job) -> bool:
    """Whether a remedy that suggests itself can be tried where no patch is offered."""
    cause = job.finding.cause
    return cause is not None and cause.mechanism is Mechanism.MEMORY_KILL


def _kubelet(job: _Job) -> Behaviour:
    return behaviour_of(parse_version(job.version) or NEWEST)
