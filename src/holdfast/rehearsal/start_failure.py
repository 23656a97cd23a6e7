"""Why a program did not start, in the words of the container runtimes.

Source: opencontainers/runc libcontainer (exec errors), containerd internal/cri; the recordings hold
`stat` and `executable file not found`.
"""

import errno

from holdfast.kubelet.wording import quoted
from holdfast.rehearsal.runtime.wire import Failure

_CREATE = (
    "failed to create containerd task: failed to create shim task: OCI runtime create failed: "
    "runc create failed: unable to start container process: {}: unknown"
)
_EXEC = (
    "rpc error: code = Unknown desc = failed to exec in container: failed to start exec: OCI "
    "runtime exec failed: exec failed: unable to start container process: {}: unknown"
)
# The exit code of runc when the kernel refuses the format of a program at the very last step.
FORMAT_EXIT_CODE = 255


def start_refusal(failure: Failure) -> str:
    """The message of RunContainerError."""
    return _CREATE.format(_reason(failure))


def exec_refusal(failure: Failure) -> str:
    """The error of a command that could not be started in a container."""
    return _EXEC.format(_reason(failure))


def wrong_format(failure: Failure) -> bool:
    """Whether a runtime would have started it, and the kernel then refused the file."""
    return failure.step == "exec" and failure.errno == errno.ENOEXEC


def _reason(failure: Failure) -> str:
    program = failure.subject
    if failure.step == "exec":
        named = f"exec: {quoted(program)}"
        if failure.errno == errno.ENOENT and "/" not in program:
            return f"{named}: executable file not found in $PATH"
        if failure.errno in (errno.ENOENT, errno.ENOTDIR):
            return f"{named}: stat {program}: {_text(failure.errno)}"
        return f"{named}: {_text(failure.errno)}"
    if failure.step == "directory":
        return f"chdir to cwd ({quoted(program)}) set in config.json failed: {_text(failure.errno)}"
    return f"{failure.step} {program}: {_text(failure.errno)}"


def _text(number: int) -> str:
    import os

    return os.strerror(number).lower()
