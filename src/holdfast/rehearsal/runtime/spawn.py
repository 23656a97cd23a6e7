"""Starts one program: as PID 1 of new namespaces, beside another one, or plainly.

How. A process cannot move itself into a new PID namespace, only its next child. So the runtime
forks a middleman, which makes (or joins) the namespaces, forks the program and ends at once. The
program is then adopted by the runtime (`kernel.adopt_orphans`), which gets its true exit status,
and no process of ours stays between the two. The program goes on only when the runtime has waited
for the middleman: it asks to die with its parent, and that must be the runtime by then.

Rules: between fork and exec nothing returns into the runtime; every failure goes through a pipe
that exec closes. What comes first in `_become` is what must happen before it, as the comments say.
"""

import contextlib
import json
import os
import signal
from pathlib import Path
from typing import NamedTuple, NoReturn

from holdfast.rehearsal.runtime import kernel
from holdfast.rehearsal.runtime.wire import Failure, Mount, Program

_FAILED = 127
_FIRST_SIGNALS = range(1, signal.NSIG)
_LAST_CAPABILITY = Path("/proc/sys/kernel/cap_last_cap")
_DEVICES = Path("/dev")
# tty1, ttyS0, vcs1 and so on; /dev/tty itself is the terminal of whoever opens it.
_WRITTEN_TO = ("shm", "mqueue")
_CONSOLES = (*(f"tty{digit}" for digit in range(10)), "ttyS", "vcs")
_JOINED = ("mnt", "uts", "ipc", "net")
_NAMESPACES = kernel.NEW_PIDS | kernel.NEW_MOUNTS | kernel.NEW_HOSTNAME | kernel.NEW_IPC


class _Ends(NamedTuple):
    """Open files of a program in the making: its output, its network, and three pipes."""

    output: int
    network: int | None
    report: int
    """Takes why it failed; exec closes it."""
    identity: int
    """Takes its process id, as the runtime knows it."""
    permission: int
    """Gives leave to go on; its end means that the runtime is gone."""


def spawn(program: Program, output: int, network: int | None, *, own_proc: bool) -> int | Failure:
    """The process id of the program, which now runs, or why it does not."""
    report_end, report = os.pipe()
    identity_end, identity = os.pipe()
    permission_end, permission = os.pipe()
    middleman = os.fork()
    if middleman == 0:
        for descriptor in (report_end, identity_end, permission):
            os.close(descriptor)
        ends = _Ends(output, network, report, identity, permission_end)
        _middleman(program, ends, own_proc=own_proc)
    for descriptor in (report, identity, permission_end):
        os.close(descriptor)
    os.waitpid(middleman, 0)
    identified = _read_all(identity_end)
    os.write(permission, b".")
    os.close(permission)
    failed = _read_all(report_end)
    if failed:
        if identified:
            os.waitpid(int(identified), 0)
        step, number, subject = json.loads(failed)
        return Failure(step, number, subject)
    if not identified:
        return Failure("fork", 0)
    return int(identified)


def _middleman(program: Program, ends: _Ends, *, own_proc: bool) -> NoReturn:
    step = "cgroup"
    try:
        # These files lie outside of what a container sees, and its user may not write to them. In
        # its own mounts they would be open for writing, and these can then not be made read-only.
        groups = [os.open(file, os.O_WRONLY | os.O_CLOEXEC) for file in program.cgroup_files]
        step = "namespaces"
        joined = _namespaces_of(program.beside)
        if "pid" in joined:
            kernel.join_namespace(joined["pid"], kernel.NEW_PIDS)
        elif program.isolated:
            kernel.unshare(_NAMESPACES)
        step = "fork"
        child = os.fork()
        if child == 0:
            os.close(ends.identity)
            _become(program, ends, joined, groups, own_proc=own_proc)
        os.write(ends.identity, str(child).encode())
    except OSError as error:
        _report(ends.report, step, error, error.filename or "")
    os._exit(0)


def _namespaces_of(process: int | None) -> dict[str, int]:
    """The namespaces of a process that differ from ours, as open files."""
    opened = {}
    for name in (*_JOINED, "pid") if process is not None else ():
        theirs = Path(f"/proc/{process}/ns/{name}")
        if theirs.readlink() != Path(f"/proc/self/ns/{name}").readlink():
            opened[name] = os.open(theirs, os.O_RDONLY | os.O_CLOEXEC)
    return opened


def _become(
    program: Program, ends: _Ends, joined: dict[str, int], groups: list[int], *, own_proc: bool
) -> NoReturn:
    step, subject = "die with parent", ""
    try:
        if not os.read(ends.permission, 1):
            # The runtime is gone.
            os._exit(_FAILED)
        kernel.die_with_parent(signal.SIGKILL)
        os.setsid()
        if program.oom_score is not None:
            step, subject = "oom score", str(program.oom_score)
            _raise_oom_score(program.oom_score)
        step, subject = "network", ""
        if ends.network is not None:
            kernel.join_namespace(ends.network, kernel.NEW_NETWORK)
        step = "namespaces"
        for name in _JOINED:
            if name in joined:
                kernel.join_namespace(joined[name])
        if program.isolated and program.beside is None:
            step = "mount"
            _arrange_files(program, own_proc=own_proc)
        step, subject = "output", ""
        _connect(ends.output)
        step, subject = "directory", program.directory
        os.chdir(program.directory)
        step, subject = "capabilities", ""
        _take_rights(program)
        step, subject = "user", str(program.user)
        _take_identity(program)
        _reset_signals()
        # Last, so that a small limit slows down and charges the program only.
        step, subject = "cgroup", ""
        for group in groups:
            os.write(group, b"0")
        step, subject = "exec", program.arguments[0]
        os.execvpe(  # noqa: S606 - this is what a runtime is for
            program.arguments[0], program.arguments, program.environment
        )
    except OSError as error:
        _report(ends.report, step, error, subject)
    except (ValueError, TypeError) as error:
        # An argument or a variable that holds a NUL byte.
        _report(ends.report, step, OSError(22, str(error)), subject)
    os._exit(_FAILED)


def _arrange_files(program: Program, *, own_proc: bool) -> None:
    # Opened first: a volume at /tmp hides the directories in which the others lie.
    sources = [os.open(each.source, os.O_PATH | os.O_CLOEXEC) for each in program.mounts]
    # Nothing that is mounted here shows outside; what is mounted outside later stays there.
    kernel.mount("none", "/", flags=kernel.RECURSIVE | kernel.PRIVATE)
    if program.read_only_files:
        kernel.set_writable("/", writable=False, below=True)
    if own_proc:
        flags = kernel.NO_SUID | kernel.NO_DEVICES | kernel.NO_EXEC
        kernel.mount("proc", "/proc", "proc", flags)
    if program.read_only_files or any(_is_new_device(each.target) for each in program.mounts):
        _own_devices(program)
    for each, source in zip(program.mounts, sources, strict=True):
        if _is_new_device(each.target):
            Path(each.target).touch()
        _bind(each, source)
        if program.read_only_files and not each.read_only:
            kernel.set_writable(each.target, writable=True)
    if program.hostname:
        kernel.set_hostname(program.hostname)


def _is_new_device(target: str) -> bool:
    """A file that a runtime puts into a container's /dev, such as /dev/termination-log."""
    return Path(target).parent == _DEVICES and not Path(target).exists()


def _own_devices(program: Program) -> None:
    """A directory /dev of its own: this computer's without its disks and consoles.

    Containers have neither, and every mount takes its time.
    """
    before = os.open(_DEVICES, os.O_PATH | os.O_CLOEXEC)
    kernel.mount("devices", str(_DEVICES), "tmpfs", kernel.NO_SUID, "mode=755")
    for source in Path(f"/proc/self/fd/{before}").iterdir():
        target = _DEVICES / source.name
        if source.is_symlink():
            target.symlink_to(source.readlink())
            continue
        if source.name.startswith(_CONSOLES) or source.is_block_device():
            continue
        if source.is_dir():
            target.mkdir()
        else:
            target.touch()
        kernel.mount(str(source), str(target), flags=kernel.BIND | kernel.RECURSIVE)
        if program.read_only_files and source.name in _WRITTEN_TO:
            kernel.set_writable(str(target), writable=True)


def _bind(wanted: Mount, source: int) -> None:
    """`source` is what it shows, opened."""
    flags = kernel.BIND | kernel.RECURSIVE
    kernel.mount(f"/proc/self/fd/{source}", wanted.target, flags=flags)
    if wanted.read_only:
        flags = kernel.BIND | kernel.REMOUNT | kernel.READ_ONLY
        kernel.mount("none", wanted.target, flags=flags)


def _connect(output: int) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)


def _take_rights(program: Program) -> None:
    if program.gains_no_rights:
        kernel.gain_no_rights()
    if program.capabilities is None:
        return
    last = int(_LAST_CAPABILITY.read_text(encoding="ascii"))
    # Without the right to drop them there are none to drop.
    with contextlib.suppress(PermissionError):
        for number in range(last + 1):
            if number not in program.capabilities:
                kernel.drop_capability(number)


def _take_identity(program: Program) -> None:
    if program.group is not None or program.user is not None:
        group = program.group if program.group is not None else 0
        if os.geteuid() == 0:
            os.setgroups([group])
        os.setgid(group)
    if program.user is not None:
        os.setuid(program.user)
        # A change of identity takes the wish back (prctl(2)).
        kernel.die_with_parent(signal.SIGKILL)


def _raise_oom_score(wanted: int) -> None:
    """Only as far as the kernel lets us: lowering it needs a right that a laptop may not give."""
    with contextlib.suppress(PermissionError):
        _write("/proc/self/oom_score_adj", str(wanted))


def _reset_signals() -> None:
    """As a container begins: nothing ignored, nothing blocked."""
    for number in _FIRST_SIGNALS:
        try:
            signal.signal(number, signal.SIG_DFL)
        except (OSError, ValueError):
            continue
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _write(file: str, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def _report(report: int, step: str, error: OSError, subject: str = "") -> None:
    text = subject or str(error.strerror)
    os.write(report, json.dumps([step, error.errno or 0, text]).encode())


def _read_all(descriptor: int) -> bytes:
    parts = []
    while part := os.read(descriptor, 4096):
        parts.append(part)
    os.close(descriptor)
    return b"".join(parts)
