"""How often the kernel killed a process of this container for its memory.

A child that is killed leaves PID 1 alive, and Kubernetes then says nothing of memory. The counter
of the cgroup does. Source: Documentation/admin-guide/cgroup-v2.rst (memory.events) and
cgroup-v1/memory.rst (memory.oom_control) of the kernel.
"""

_FILES = ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")


def memory_kills() -> "int | None":
    """The count so far; None where there is no counter, as without a cgroup namespace."""
    for path in _FILES:
        try:
            with open(path, encoding="ascii") as file:
                fields = dict(line.split() for line in file.read().splitlines())
        except (OSError, ValueError):
            continue
        if "oom_kill" in fields:
            return int(fields["oom_kill"])
    return None
