"""Memory head-room below the tightest limit of the container's cgroup, version 1 or 2.

Source: Linux Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst. What counts is the
working set, usage without inactive file pages, as for the kubelet (docs/specs/kubelet.md): the
kernel gives those back before it kills.
"""

from pathlib import Path

from holdfast.dependencies.check import Check
from holdfast.dependencies.system.marks import check_marks, judge_used
from holdfast.dependencies.verdict import UP, Verdict

_WARN_USED = 0.90
_FAIL_USED = 0.98
# cgroup v1 writes "no limit" as the largest multiple of a page in 63 bits.
_UNLIMITED_BYTES = 1 << 60


def memory(
    *,
    warn: float = _WARN_USED,
    fail: float = _FAIL_USED,
    timeout: float = 1.0,
    name: str = "memory",
    root: str = "/sys/fs/cgroup",
    membership: str = "/proc/self/cgroup",
) -> Check:
    """`warn` and `fail` are used fractions of the limit, 0 to 1. Without a limit it is up."""
    check_marks(name, warn, fail)
    paths = Path(root), Path(membership)
    return Check(name, "system", timeout, ask_blocking=lambda: _measure(*paths, warn, fail))


def _measure(root: Path, membership: Path, warn: float, fail: float) -> Verdict:
    tightest: tuple[float, int, int] | None = None
    for directory, version in _cgroups(root, membership):
        numbers = _read(directory, version)
        if numbers is not None:
            used, limit = numbers
            if tightest is None or used / limit > tightest[0]:
                tightest = used / limit, used, limit
    if tightest is None:
        return Verdict(UP, "no memory limit")
    share, used, limit = tightest
    mebibyte = 1 << 20
    detail = f"{used // mebibyte} of {limit // mebibyte} MiB used ({share:.0%})"
    return judge_used(share, warn, fail, detail)


def _cgroups(root: Path, membership: Path) -> list[tuple[Path, int]]:
    """The own cgroup and those above it, up to the root that the container sees."""
    found: list[tuple[Path, int]] = []
    try:
        lines = membership.read_text().splitlines()
    except OSError:
        lines = ["0::/"]
    for line in lines:
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        top, version = (root, 2) if not controllers else (root / "memory", 1)
        if version == 1 and "memory" not in controllers.split(","):
            continue
        own = top / path.lstrip("/")
        while own.is_relative_to(top):
            found.append((own, version))
            own = own.parent
    return found


def _read(directory: Path, version: int) -> tuple[int, int] | None:
    """Working set and limit in bytes, or None where there is no limit."""
    if version == 1:
        limit_file, used_file, inactive = "limit_in_bytes", "usage_in_bytes", "total_inactive_file"
    else:
        limit_file, used_file, inactive = "max", "current", "inactive_file"
    try:
        limit = int((directory / f"memory.{limit_file}").read_text())
        used = int((directory / f"memory.{used_file}").read_text())
        statistics = (directory / "memory.stat").read_text().splitlines()
    except (OSError, ValueError):
        # "max", or a level that the container does not see.
        return None
    if not 0 < limit < _UNLIMITED_BYTES:
        return None
    pages = dict(line.partition(" ")[::2] for line in statistics)
    return max(0, used - int(pages.get(inactive, 0))), limit
