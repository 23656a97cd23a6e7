"""Where on this computer control groups can be made, and by which version of the interface.

Rules: nothing is made that cannot be removed; groups that a killed rehearsal left are removed
first. Root has a place at the root of the hierarchy, as a kubelet has; anybody else in a part that
was delegated to him (`systemd-run --user --scope`), found by walking up from his own group.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from holdfast.kubelet.behaviour import WeightFormula
from holdfast.kubelet.cgroups import CgroupValues, cpu_shares, cpu_weight
from holdfast.rehearsal.cgroups.group import Tree
from holdfast.rehearsal.cgroups.version1 import Tree1
from holdfast.rehearsal.cgroups.version2 import Tree2
from holdfast.rehearsal.runtime.sweep import sweep

_PREFIX = "holdfast-"
_NEEDED = {"memory", "cpu"}
# starttime, counted from the field after the program's name.
_START_TIME = 19
# The wall clock may have been set a little since then.
_CLOCKS_DIFFER_SECONDS = 2.0
# What cgroup.procs shows for a process of a PID namespace that is not ours (cgroups(7)).
_HIDDEN = "0"


class Found(NamedTuple):
    """A tree, or why there is none."""

    tree: Tree | None
    refusal: str = ""


class _Hierarchy(NamedTuple):
    """One mounted hierarchy: where it is mounted, what it controls, and where this process is."""

    mounted: Path
    controllers: frozenset[str]
    own: Path
    version: int


def find_cgroups(name: str, pod: CgroupValues) -> Found:
    """Make a pod's group. `name` tells it from those of other rehearsals of this process."""
    label = f"{_PREFIX}{os.getpid()}-{name}"
    # As all pods of a node together: the pod has the whole computer, beside what else runs here.
    shares = cpu_shares(1000 * (os.cpu_count() or 1))
    whole = CgroupValues(shares, cpu_weight(shares, WeightFormula.QUADRATIC))
    refusals: list[str] = []
    obstacles: list[str] = []
    for place in _places(_hierarchies(), obstacles):
        _remove_left_behind(place)
        try:
            if len(place) == 1:
                return Found(Tree2(place[0], label, whole, pod))
            return Found(Tree1((place[0], place[1], place[2]), label, whole, pod))
        except OSError as error:
            sweep([str(directory / label) for directory in place], "")
            refusals.append(f"{error.filename or place[0]}: {error.strerror}")
    reasons = [*refusals, *obstacles, "no hierarchy with the controllers memory and cpu is mounted"]
    return Found(None, reasons[0])


def _places(hierarchies: list[_Hierarchy], obstacles: list[str]) -> Iterator[tuple[Path, ...]]:
    """Parents of a pod's group, best first: one directory for version 2, three for version 1.

    Why a directory of version 2 is none goes to `obstacles`.
    """
    for hierarchy in hierarchies:
        if hierarchy.version == 2:
            for directory in (hierarchy.mounted, hierarchy.own, *hierarchy.own.parents):
                if not directory.is_relative_to(hierarchy.mounted):
                    break
                obstacle = _obstacle(directory)
                if obstacle:
                    obstacles.append(f"{directory}: {obstacle}")
                else:
                    yield (directory,)
    first = {c: h for h in hierarchies if h.version == 1 for c in sorted(h.controllers)}
    if first.keys() >= _NEEDED:
        chosen = [first["memory"], first["cpu"], first.get("cpuacct", first["cpu"])]
        yield tuple(hierarchy.mounted for hierarchy in chosen)
        yield tuple(hierarchy.own for hierarchy in chosen)


def _obstacle(directory: Path) -> str:
    """Why a group can have no children with limits, or "".

    Version 2 allows them to groups without processes, and to the root of the whole tree.
    """
    try:
        controllers = (directory / "cgroup.controllers").read_text(encoding="ascii").split()
        is_root = not (directory / "cgroup.type").exists()
        empty = is_root or not (directory / "cgroup.procs").read_text(encoding="ascii").strip()
    except OSError as error:
        return str(error.strerror)
    missing = sorted(_NEEDED - set(controllers))
    if missing:
        return f"without the controllers {' and '.join(missing)}"
    if not os.access(directory, os.W_OK):
        return "not writable"
    return "" if empty else "processes are in it, and version 2 wants them in its leaves"


def _hierarchies() -> list[_Hierarchy]:
    """Every mounted hierarchy, version 2 first."""
    own = dict(_own_groups())
    found = []
    for mount in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        left, _, right = mount.partition(" - ")
        root, mounted = left.split()[3:5]
        kind, _, options = right.split()[:3]
        if kind == "cgroup2":
            path = own.get("", "/")
            controllers, version = frozenset[str](), 2
        elif kind == "cgroup":
            controllers, version = frozenset(options.split(",")), 1
            path = next((own[c] for c in own if c in controllers), "/")
        else:
            continue
        place = Path(mounted) / os.path.relpath(path, root) if _below(path, root) else Path(mounted)
        # In a container, the path may be that of another root than what is mounted.
        existing = place if place.is_dir() else Path(mounted)
        found.append(_Hierarchy(Path(mounted), controllers, existing, version))
    return sorted(found, key=lambda hierarchy: -hierarchy.version)


def _own_groups() -> Iterator[tuple[str, str]]:
    """(controller, path) of this process's groups; "" stands for version 2."""
    for line in Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            yield controller, path


def _below(path: str, root: str) -> bool:
    return Path(path).is_relative_to(root)


def _remove_left_behind(place: tuple[Path, ...]) -> None:
    """Groups of a rehearsal that is dead and whose runtime was killed as well."""
    for directory in place:
        for left in directory.glob(f"{_PREFIX}*-*"):
            owner = left.name.removeprefix(_PREFIX).partition("-")[0]
            if owner.isdecimal() and not _has_made(int(owner), left) and not _is_foreign(left):
                sweep([str(left)], "")


def _has_made(process: int, group: Path) -> bool:
    """Whether it runs, and is not another one that got the same number later (proc_pid_stat(5))."""
    try:
        changed = group.stat().st_ctime
        text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
        since_boot = int(text.rpartition(")")[2].split()[_START_TIME]) / os.sysconf("SC_CLK_TCK")
        boot = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    except FileNotFoundError:
        return False
    except (OSError, ValueError, IndexError):
        return True
    return boot + since_boot <= changed + _CLOCKS_DIFFER_SECONDS


def _is_foreign(group: Path) -> bool:
    """Whether it has processes of another PID namespace, whose owner cannot be seen from here."""
    return any(_HIDDEN in _members(Path(folder)) for folder, _, _ in os.walk(group))


def _members(group: Path) -> list[str]:
    try:
        return (group / "cgroup.procs").read_text(encoding="ascii").split()
    except OSError:
        return []
