"""Runs a command from a process that is as small as Python can be, and prints what it cost.

Called as `python -I -S launch.py COMMAND...`: prints CPU seconds and peak KiB as the kernel counted
them. A child's peak counts from that of its parent (the kernel takes over its high-water mark), so
what needs less memory than a bare interpreter shows as one.
"""

import posix
import sys

_NULL_FILES = [
    (posix.POSIX_SPAWN_OPEN, 1, "/dev/null", posix.O_WRONLY, 0),
    (posix.POSIX_SPAWN_OPEN, 2, "/dev/null", posix.O_WRONLY, 0),
]

if __name__ == "__main__":
    environment = posix.environ
    pid = posix.posix_spawn(sys.argv[1], sys.argv[1:], environment, file_actions=_NULL_FILES)
    _, status, usage = posix.wait4(pid, 0)
    sys.stdout.write(f"{status} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss}\n")
