"""The command behind "--": found before anything begins, and put in the place of this process.

Rules: what Python changed about signals is put back first.
"""

import os
import sys
from _signal import (  # type: ignore[import-not-found]  # `signal` imports enum
    SIG_DFL,
    SIGPIPE,
    SIGXFSZ,
    signal,
)

from holdfast.arguments.errors import NOT_EXECUTABLE, NOT_FOUND, CommandLineError


def find_command(name: str) -> str:
    """The path that will be executed. Raises CommandLineError with 126 or 127, as sh(1) would."""
    places = os.environ.get("PATH", os.defpath).split(os.pathsep)
    candidates = [name] if "/" in name else [f"{place or '.'}/{name}" for place in places]
    found = [path for path in candidates if os.path.isfile(path)]
    for path in found:
        if os.access(path, os.X_OK):
            return path
    if found:
        raise _error(
            NOT_EXECUTABLE, found[0], "a file without permission to execute", "chmod +x it"
        )
    raise _error(NOT_FOUND, name, "no such command in PATH", "check the image and the spelling")


def execute(path: str, command: "list[str]") -> None:
    """Become the command, which then receives SIGTERM itself. Does not return.

    Raises CommandLineError where the system refuses.
    """
    for number in (SIGPIPE, SIGXFSZ):
        # Python ignores them, and what is ignored stays so in the command (execve(2)).
        signal(number, SIG_DFL)
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        os.execv(path, command)  # noqa: S606 - the command that the user gave
    except OSError as error:
        raise _error(
            NOT_EXECUTABLE,
            path,
            f"it cannot be executed: {os.strerror(error.errno or 0).lower()}",
            "check its first line (#!) and that it was built for this machine",
        ) from None


def _error(code: int, where: str, found: str, next_step: str) -> CommandLineError:
    return CommandLineError(code, "looking for the command behind --", where, found, next_step)
