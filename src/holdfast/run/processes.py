"""What /proc tells about the processes below the supervisor.

Rules: read only, and a process may be gone at any moment. Where /proc is absent or belongs to
another PID namespace, the answer is None: not known. Arguments and environments are never read:
they hold secrets.
"""

import os

from holdfast.run.signals import name_of

_PROC = "/proc"
_MOST_DESCRIBED = 20


def descendants(pid: int) -> "list[int] | None":
    """Children of `pid`, their children and so on, parents first; None where it is not known."""
    if not _is_ours():
        return None
    children: dict[int, list[int]] = {}
    for name in os.listdir(_PROC):
        if name.isdecimal():
            fields = _stat(int(name))
            if fields:
                children.setdefault(int(fields[1]), []).append(int(name))
    found = list(children.get(pid, ()))
    for parent in found:
        found += children.get(parent, ())
    return found


def describe(pids: "list[int]") -> "list[str]":
    """A line for each process: its name, state, what it waits for, and how many threads it has."""
    lines = []
    for pid in pids[:_MOST_DESCRIBED]:
        fields = _stat(pid)
        if fields and fields[0] != "Z":
            waits = _read(f"{pid}/wchan").strip("0\n")
            state = _state(fields[0]) + (f", waits in {waits}" if waits else "")
            lines.append(f"process {pid} ({name(pid)}): {state}, {fields[17]} threads")
    if len(pids) > _MOST_DESCRIBED:
        lines.append(f"and {len(pids) - _MOST_DESCRIBED} more processes")
    return lines


def name(pid: int) -> str:
    """The name of the program, as ps(1) shows it; "?" for a process that is gone."""
    text = _read(f"{pid}/comm").strip() or "?"
    return "".join(c if c.isprintable() else "?" for c in text)


def handles(pid: int, number: int) -> bool:
    """Whether the process has a handler for this signal."""
    for line in _read(f"{pid}/status").splitlines():
        if line.startswith("SigCgt:"):
            return bool(int(line.split()[1], 16) >> (number - 1) & 1)
    return False


def sender(pid: int, number: int) -> str:
    """Who sent a signal, as text."""
    # The kernel writes 0 for a sender outside of the PID namespace: the container runtime.
    where = "from outside of the container" if pid == 0 else f"from process {pid} ({name(pid)})"
    return f"{name_of(number)} {where}"


def _is_ours() -> bool:
    try:
        return os.readlink(f"{_PROC}/self") == str(os.getpid())
    except OSError:
        return False


def _stat(pid: int) -> "list[str]":
    """The fields behind the name: state, parent, process group and so on (proc_pid_stat(5))."""
    # A name may hold spaces and brackets.
    return _read(f"{pid}/stat").rpartition(")")[2].split()


def _state(letter: str) -> str:
    words = {"R": "running", "S": "sleeping", "D": "in an uninterruptible wait", "T": "stopped"}
    return words.get(letter, f"state {letter}")


def _read(path: str) -> str:
    try:
        with open(f"{_PROC}/{path}", encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
