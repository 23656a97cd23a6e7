"""Files on a memory-backed volume use up the memory limit.

What happens
------------
An emptyDir with `medium: Memory` (often mounted as /dev/shm) keeps its files in memory. They are
charged to the container that wrote them, and outlive its restart as a charge of the pod.

Why it hurts
------------
The kernel kills a process that itself needs little, and the restarted one starts with the limit
already half used. It looks like a leak that no heap profile shows.

How we know
-----------
The kill for memory is certain; the volume is a circumstance. A kernel line decides: the victim's
own memory (anon-rss) is far below the usage at the kill.

What else it could be
---------------------
Growth of the process itself is D02; another container that uses up the pod's limit is D10.

Fix
---
Set `sizeLimit` well below the memory limit, or put the files on disk.

When the fix is wrong
---------------------
Shared memory of a database or browser needs its size: then raise the limit by that much.

References
----------
docs/specs/causes.md 8 (D07); docs/specs/tuning.md 3 (7), 5.1 and 5.2.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.memory_kill import (
    last_kill,
    limit_text,
    memory_claim,
    memory_limit_bytes,
    series_text,
)
from holdfast.model.evidence import Weight
from holdfast.model.pod import Volume
from holdfast.model.quantity import format_bytes, read_quantity
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="D07",
    title="files on a memory-backed volume use up its memory limit",
    lookalikes=("D02", "D10", "A21"),
)

# Half: a victim that held less than that did not fill the limit by itself (tuning.md 5.1: 1 MiB of
# 64 MiB, and 14.8 MiB of 64 MiB).
_SMALL_SHARE = 0.5


def judge(case: Case) -> Verdict | None:
    """A kill for memory in a container that mounts a volume kept in memory."""
    volumes = _memory_volumes(case)
    if not volumes:
        return None
    claim = memory_claim(CAUSE, case)
    if claim is None:
        return None
    name, mount_path, volume = volumes[0]
    size = read_quantity(volume.empty_dir.size_limit) if volume.empty_dir else None
    limit = memory_limit_bytes(case)
    sized = "no sizeLimit" if size is None else f"sizeLimit {format_bytes(size.bytes)}"
    text = f"it mounts {name} at {mount_path}, which is kept in memory, with {sized}"
    large = size is None or (limit is not None and size.bytes >= _SMALL_SHARE * limit)
    weight = Weight.MODERATE if large else Weight.WEAK
    claim.suggested(text, weight, case.spec_origin("volumeMounts"))
    claim.with_parameter("volume", name).with_parameter("mount_path", mount_path)
    if size is not None:
        claim.with_parameter("size_bytes", float(size.bytes))
    _weigh_victim(claim, case)
    claim.would_decide(
        f"what lies there: kubectl exec -n {case.pod.key.namespace} {case.pod.key.name} "
        f"-c {case.name} -- df -h {mount_path}",
        series_text(case),
    )
    return claim.verdict(
        f"files on memory-backed volume {name} ({mount_path}) count towards {limit_text(case)}, "
        f"and the kernel killed {case.kind} {case.name}"
    )


def _memory_volumes(case: Case) -> list[tuple[str, str, Volume]]:
    """(name, mount path, volume) of the emptyDirs in memory that the container mounts."""
    if case.spec is None:
        return []
    by_name = {volume.name: volume for volume in case.pod.spec.volumes or ()}
    return [
        (mount.name, mount.mount_path, volume)
        for mount in case.spec.volume_mounts or ()
        if (volume := by_name.get(mount.name)) is not None
        and volume.empty_dir is not None
        and volume.empty_dir.medium == "Memory"
    ]


def _weigh_victim(claim: Claim, case: Case) -> None:
    kill = last_kill(case)
    if kill is None or kill.anon_bytes is None:
        return
    full = kill.usage_bytes or kill.limit_bytes or memory_limit_bytes(case)
    if full is None:
        return
    text = f"the victim held {format_bytes(kill.anon_bytes)} of its own, of {format_bytes(full)}"
    if kill.anon_bytes < _SMALL_SHARE * full:
        claim.read(text, Weight.STRONG, kill.origin)
    else:
        claim.against(text, Weight.STRONG, kill.origin)
