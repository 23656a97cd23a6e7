"""What the kernel gives PID 1 by itself, and another process has to ask for.

Rules: only where the supervisor is not PID 1 (shareProcessNamespace, a laptop): ctypes costs a
megabyte. Source: prctl(2), linux/prctl.h.
"""

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> bool:
    """Become the parent of every orphan below this process; false where the kernel refuses."""
    return _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(signal_number: int) -> bool:
    """Have this process sent a signal when its parent ends, killed for instance."""
    return _prctl(_PR_SET_PDEATHSIG, signal_number)


def _prctl(option: int, value: int) -> bool:
    try:
        import ctypes

        return bool(ctypes.CDLL(None).prctl(option, value, 0, 0, 0) == 0)
    except (ImportError, AttributeError, OSError):
        return False
