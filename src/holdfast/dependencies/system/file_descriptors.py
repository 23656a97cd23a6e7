"""Open file descriptors against the process's own limit (RLIMIT_NOFILE)."""

import os
import resource

from holdfast.dependencies.check import Check
from holdfast.dependencies.failures import judge_number
from holdfast.dependencies.system.marks import check_marks, judge_used
from holdfast.dependencies.verdict import UP, Verdict

_WARN_USED = 0.80
_FAIL_USED = 0.95
# Linux has it in /proc; macOS and the BSDs in /dev/fd.
_DIRECTORIES = ("/proc/self/fd", "/dev/fd")


def file_descriptors(
    *,
    warn: float = _WARN_USED,
    fail: float = _FAIL_USED,
    timeout: float = 1.0,
    name: str = "file descriptors",
) -> Check:
    """`warn` and `fail` are used fractions of the limit, 0 to 1."""
    check_marks(name, warn, fail)
    return Check(name, "system", timeout, ask_blocking=lambda: _measure(warn, fail))


def _measure(warn: float, fail: float) -> Verdict:
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == resource.RLIM_INFINITY:
        return Verdict(UP, "no limit of open files")
    directory = next(filter(os.path.isdir, _DIRECTORIES), _DIRECTORIES[0])
    try:
        # Reading the directory opens one of its own.
        used = len(os.listdir(directory)) - 1  # noqa: PTH208 - called with nothing left to open
    except OSError as error:
        return judge_number(error.errno or 0, "open files")
    return judge_used(
        used / limit, warn, fail, f"{used} of {limit} open files ({used / limit:.0%})"
    )
