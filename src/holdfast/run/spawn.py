"""Starts the command, in a process group of its own.

Rules: the command finds signals as if there were no supervisor: nothing blocked, nothing ignored
but what was ignored before. A terminal belongs to it, so that Ctrl-C and Ctrl-Z reach it.
"""

import _signal  # type: ignore[import-not-found]
import os
import sys

from holdfast.arguments.errors import CommandLineError
from holdfast.arguments.execute import execute
from holdfast.run.kernel import die_with_parent
from holdfast.run.signals import SIGTERM

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_INIT = 1


def spawn(path: str, command: "list[str]", unblock: "Iterable[int]") -> int:
    """The process id of the command. `unblock`: what the supervisor has blocked."""
    has_terminal = _owns_terminal()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _become(path, command, unblock, parent, has_terminal=has_terminal)
    try:
        # Also here: a signal to the group must not come before the group.
        os.setpgid(pid, pid)
    except (PermissionError, ProcessLookupError):
        # It has executed the command, or even ended, and has done this itself.
        return pid
    return pid


def _become(
    path: str, command: "list[str]", unblock: "Iterable[int]", parent: int, *, has_terminal: bool
) -> None:
    """The child: does not return."""
    try:
        os.setpgid(0, 0)
        if has_terminal:
            # From a group in the background this sends SIGTTOU, which is ignored here.
            os.tcsetpgrp(0, os.getpid())
        if parent != _INIT:
            die_with_parent(SIGTERM)
        _signal.signal(_signal.SIGTTIN, _signal.SIG_DFL)
        _signal.signal(_signal.SIGTTOU, _signal.SIG_DFL)
        _signal.pthread_sigmask(_signal.SIG_UNBLOCK, unblock)
        execute(path, command)
    except CommandLineError as error:
        sys.stderr.write(f"holdfast run: {error}\n")
        sys.stderr.flush()
        os._exit(error.code)
    finally:
        # Whatever goes wrong here, this process must not go on as a second supervisor.
        os._exit(1)


def _owns_terminal() -> bool:
    try:
        return os.isatty(0) and os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False
