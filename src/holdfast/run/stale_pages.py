"""Pages of supervisors that were killed: nobody else removes them, and memory holds them.

/dev/shm belongs to the pod and outlives a container, so a crash loop would fill it. A supervisor
holds a lock on its page for as long as it lives; the kernel lets it go with the process.
"""

import fcntl
import os
from time import time

# A page of another container of the pod that has been created and is not locked yet.
_FRESH_SECONDS = 60.0
_PREFIX = "holdfast-"


def lock(path: str) -> int:
    """Hold the page for the life of this process; answers the descriptor that does it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return descriptor


def remove_stale(directory: str) -> int:
    """Remove pages that nobody holds; answers how many."""
    removed = 0
    for name in os.listdir(directory):
        if name.startswith(_PREFIX):
            removed += _remove(f"{directory}/{name}")
    return removed


def _remove(path: str) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        if time() - os.fstat(descriptor).st_mtime < _FRESH_SECONDS:
            return False
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.unlink(path)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
