"""System calls of Linux that Python 3.11 does not offer, through the C library.

Rules: every failure is an OSError that names the call. Source of the numbers: linux/sched.h,
linux/mount.h, linux/prctl.h, which never change for an architecture.
"""

import ctypes
import os

NEW_MOUNTS = 0x0002_0000
NEW_HOSTNAME = 0x0400_0000
NEW_IPC = 0x0800_0000
NEW_USERS = 0x1000_0000
NEW_PIDS = 0x2000_0000
NEW_NETWORK = 0x4000_0000

READ_ONLY, NO_SUID, NO_DEVICES, NO_EXEC = 0x1, 0x2, 0x4, 0x8
REMOUNT, BIND, RECURSIVE, PRIVATE = 0x20, 0x1000, 0x4000, 0x4_0000

# The number is the same for all architectures; linux/fcntl.h, linux/mount.h.
_MOUNT_SETATTR = 442
_AT_PRESENT_DIRECTORY, _AT_RECURSIVE = -100, 0x8000
_ATTRIBUTE_READ_ONLY = 0x1

_PARENT_DEATH_SIGNAL = 1
_DROP_FROM_BOUND = 24
_CHILD_SUBREAPER = 36
_NO_NEW_PRIVILEGES = 38

_libc = ctypes.CDLL(None, use_errno=True)


def unshare(flags: int) -> None:
    """Leave the shared namespaces of these kinds for new ones (unshare(2))."""
    _check(_libc.unshare(flags), "unshare")


def join_namespace(descriptor: int, kind: int = 0) -> None:
    """Enter the namespace behind an open file of /proc/PID/ns (setns(2))."""
    _check(_libc.setns(descriptor, kind), "setns")


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """mount(2)."""
    _check(
        _libc.mount(
            source.encode(),
            os.fsencode(target),
            kind.encode() or None,
            ctypes.c_ulong(flags),
            options.encode() or None,
        ),
        f"mount {target}",
    )


def set_writable(target: str, *, writable: bool, below: bool = False) -> None:
    """Allow or forbid writing to a mount, and to all `below` it (mount_setattr(2), Linux 5.12)."""
    flag = ctypes.c_uint64(_ATTRIBUTE_READ_ONLY)
    none = ctypes.c_uint64(0)
    # struct mount_attr: what is set, what is cleared, propagation, a user namespace.
    attributes = (ctypes.c_uint64 * 4)(*(none, flag) if writable else (flag, none))
    result = _libc.syscall(
        _MOUNT_SETATTR,
        _AT_PRESENT_DIRECTORY,
        os.fsencode(target),
        _AT_RECURSIVE if below else 0,
        ctypes.byref(attributes),
        ctypes.c_size_t(ctypes.sizeof(attributes)),
    )
    _check(result, f"mount_setattr {target}")


def set_hostname(name: str) -> None:
    """sethostname(2), of the present UTS namespace."""
    data = name.encode()
    _check(_libc.sethostname(data, ctypes.c_size_t(len(data))), "sethostname")


def die_with_parent(signal_number: int) -> None:
    """Get this signal when the parent ends (PR_SET_PDEATHSIG)."""
    _check(_libc.prctl(_PARENT_DEATH_SIGNAL, signal_number, 0, 0, 0), "prctl")


def drop_capability(number: int) -> None:
    """Nobody gains it again by executing a program (PR_CAPBSET_DROP)."""
    _check(_libc.prctl(_DROP_FROM_BOUND, number, 0, 0, 0), "prctl")


def gain_no_rights() -> None:
    """Programs with a setuid bit or file capabilities gain nothing (PR_SET_NO_NEW_PRIVS)."""
    _check(_libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0), "prctl")


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends (PR_SET_CHILD_SUBREAPER)."""
    _check(_libc.prctl(_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl")


def _check(result: int, call: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")
