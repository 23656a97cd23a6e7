"""Free room of the file system that holds a path: bytes and inodes, as a volume sees them.

Source of the marks: the kubelet evicts at nodefs.available < 10 % and inodesFree < 5 % (Kubernetes
documentation, "Node-pressure Eviction"); a volume of the pod's own warns and fails at the same.
"""

import os

from holdfast.dependencies.check import Check
from holdfast.dependencies.failures import judge_number
from holdfast.dependencies.system.marks import check_marks, judge_left
from holdfast.dependencies.verdict import Verdict

_WARN_FREE = 0.10
_FAIL_FREE = 0.05


def disk(
    path: str,
    *,
    warn: float = _WARN_FREE,
    fail: float = _FAIL_FREE,
    timeout: float = 1.0,
    name: str = "disk",
) -> Check:
    """`warn` and `fail` are free fractions, 0 to 1; what is scarcer counts, bytes or inodes."""
    check_marks(name, warn, fail, falling=True)
    return Check(name, "system", timeout, ask_blocking=lambda: _measure(path, warn, fail))


def _measure(path: str, warn: float, fail: float) -> Verdict:
    try:
        volume = os.statvfs(path)
    except OSError as error:
        return judge_number(error.errno or 0, "the volume")
    # What an unprivileged process may use (f_bavail), of what it could ever use (df does so too).
    usable = volume.f_blocks - volume.f_bfree + volume.f_bavail
    room = volume.f_bavail / usable if usable else 1.0
    inodes = volume.f_favail / volume.f_files if volume.f_files else 1.0
    detail = f"{room:.0%} of the room and {inodes:.0%} of the inodes are free"
    return judge_left(min(room, inodes), warn, fail, detail)
