"""Finds out by trying what this computer allows: namespaces, a /proc of one's own, a network.

Rules: everything is tried in a child that ends, so that trying changes nothing; the runtime enters
a user namespace itself only where there is no other way.
"""

import os
from collections.abc import Callable

from holdfast.rehearsal.runtime import kernel
from holdfast.rehearsal.runtime.wire import Abilities

_OWN = kernel.NEW_PIDS | kernel.NEW_MOUNTS | kernel.NEW_HOSTNAME | kernel.NEW_IPC


def find_abilities() -> Abilities:
    """What works here; after it, the process may live in a user namespace of its own."""
    refused = _attempt(lambda: kernel.unshare(_OWN))
    within = False
    if refused:
        if _attempt(_enter_user_namespace):
            return Abilities(refusal=refused)
        _enter_user_namespace()
        within = True
        refused = _attempt(lambda: kernel.unshare(_OWN))
        if refused:
            return Abilities(refusal=refused)
    return Abilities(
        pid_namespace=True,
        own_proc=not _attempt(_mount_proc),
        read_only_files=not _attempt(_forbid_writing),
        user_namespace=within,
        # A network of a user namespace cannot be tied to that of this computer.
        network_namespace=not within and not _attempt(lambda: kernel.unshare(kernel.NEW_NETWORK)),
    )


def _enter_user_namespace() -> None:
    """A new user namespace in which this user is who he was, with all rights over what is in it."""
    user, group = os.geteuid(), os.getegid()
    kernel.unshare(kernel.NEW_USERS)
    for file, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        descriptor = os.open(f"/proc/self/{file}", os.O_WRONLY)
        try:
            os.write(descriptor, text.encode())
        finally:
            os.close(descriptor)


def _forbid_writing() -> None:
    kernel.unshare(_OWN)
    kernel.mount("none", "/", flags=kernel.RECURSIVE | kernel.PRIVATE)
    kernel.set_writable("/", writable=False, below=True)


def _mount_proc() -> None:
    kernel.unshare(_OWN)
    child = os.fork()
    if child == 0:
        try:
            kernel.mount("none", "/", flags=kernel.RECURSIVE | kernel.PRIVATE)
            kernel.mount("proc", "/proc", "proc")
        except OSError as error:
            os._exit(error.errno or 1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status:
        raise PermissionError(os.waitstatus_to_exitcode(status), "mounting /proc")


def _attempt(action: Callable[[], None]) -> str:
    """Try something in a child; the kernel's words where it fails, or ""."""
    answer_end, answer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            action()
        except OSError as error:
            os.write(answer, str(error.strerror).encode())
        os._exit(0)
    os.close(answer)
    text = os.read(answer_end, 4096).decode()
    os.close(answer_end)
    os.waitpid(child, 0)
    return text
