"""Local storage limits: ephemeral storage and emptyDir sizes (A21, D07, E03).

Rules: a limit grows with the assumption stated, it is never removed. A memory-backed volume gets a
limit, because what it holds counts as memory of the container (tuning.md 5.1).
"""

from holdfast.fixes.facts import Facts
from holdfast.fixes.proposal import Proposal
from holdfast.model.edit import Change, Json, Safety
from holdfast.model.pod import Volume
from holdfast.model.quantity import Quantity, read_quantity

CAUSES = ("A21", "D07", "E03")

_MIB = 2**20
# Nobody has measured how much is needed beyond the limit: twice is an assumption.
_FACTOR = 2
# The default of container runtimes for /dev/shm (causes.md 8, A21), and a size that browsers and
# PostgreSQL ask for in their manuals.
_SHARED_MEMORY = "256Mi"
_SHM = "/dev/shm"  # noqa: S108  # a path inside the container
_SHORT = rf"{_SHM}|shared memory segment"


def propose(facts: Facts) -> Proposal | None:
    """One rule per cause."""
    rules = {"A21": _shared_memory, "D07": _memory_volume, "E03": _exceeded}
    return rules[facts.verdict.cause](facts)


def _exceeded(facts: Facts) -> Proposal | None:
    volume, old = facts.text("volume"), read_quantity(facts.text("limit") or None)
    if old is None or old.bytes <= 0:
        return None
    if volume:
        change = Change(("volumes", volume, "emptyDir", "sizeLimit"), _twice(old))
        what = f"sizeLimit of volume {volume}"
    elif facts.container is not None:
        change = facts.set("resources", "limits", "ephemeral-storage", _twice(old))
        what = f"ephemeral-storage limit of {facts.name}"
    else:
        return None
    explanation = (
        f"the {what} from {facts.text('limit')} to {_twice(old)}: more than the limit was written, "
        "how much more is not known, twice is assumed. Right if what is written there is bounded; "
        "logs and caches that only grow have to be rotated"
    )
    caveats = ("the node needs that much free disk",)
    return Proposal(Safety.REVIEW, explanation, (change,), caveats)


def _memory_volume(facts: Facts) -> Proposal | None:
    named = facts.text("volume")
    volumes = [
        volume
        for volume in facts.pod.spec.volumes or ()
        if _is_unbounded(volume) and named in ("", volume.name)
    ]
    limit = facts.limit("memory")
    if len(volumes) != 1 or limit is None:
        return None
    size = f"{max(1, limit.bytes // 4 // _MIB)}Mi"
    explanation = (
        f"volume {volumes[0].name} is in memory and has no sizeLimit: what it holds counts against "
        f"the limit of {facts.name}. {size} is a quarter of that limit and stands for what you "
        "need; a volume on disk (no medium) does not count at all"
    )
    change = Change(("volumes", volumes[0].name, "emptyDir", "sizeLimit"), size)
    return Proposal(Safety.SKETCH, explanation, (change,))


def _shared_memory(facts: Facts) -> Proposal | None:
    mounts = (facts.container.volume_mounts or ()) if facts.container else ()
    taken = any(mount.mount_path == _SHM for mount in mounts)
    if facts.container is None or taken or not facts.said(_SHORT):
        return None
    volume: dict[str, Json] = {"emptyDir": {"medium": "Memory", "sizeLimit": _SHARED_MEMORY}}
    explanation = (
        f"{_SHM} has 64 MiB unless a volume is mounted there; {_SHARED_MEMORY} stands for the size "
        "that the program's manual asks for. It counts against the memory limit"
    )
    changes = (
        Change(("volumes", "shared-memory"), volume),
        facts.set("volumeMounts", _SHM, {"name": "shared-memory"}),
    )
    return Proposal(Safety.SKETCH, explanation, changes)


def _is_unbounded(volume: Volume) -> bool:
    directory = volume.empty_dir
    return directory is not None and directory.medium == "Memory" and directory.size_limit is None


def _twice(old: Quantity) -> str:
    count = old.bytes * _FACTOR
    for suffix, size in (("Gi", 2**30), ("Mi", _MIB), ("Ki", 2**10)):
        if count % size == 0:
            return f"{count // size}{suffix}"
    return str(count)
