"""Signals: their names, and what the supervisor does with each that it receives.

SIGTERM, SIGINT and the image's STOPSIGNAL begin the stop. SIGINT is never passed on as such:
uvicorn and the gunicorn family skip their clean-up on it (service.md 8.3). The others that ask a
program for something go to the command alone: a reload meant for gunicorn would end its workers.

Rules: `_signal` instead of `signal`, which imports enum and costs a third of the interpreter.
"""

import _signal  # type: ignore[import-not-found]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

SIGINT: "Final[int]" = _signal.SIGINT
SIGTERM: "Final[int]" = _signal.SIGTERM
SIGKILL: "Final[int]" = _signal.SIGKILL
SIGQUIT: "Final[int]" = _signal.SIGQUIT
SIGCONT: "Final[int]" = _signal.SIGCONT
SIGCHLD: "Final[int]" = _signal.SIGCHLD

STOPS: "Final[dict[int, str]]" = {
    getattr(_signal, name): name
    for name in ("SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH")
}
"""Signals that images name as STOPSIGNAL: nginx and php-fpm QUIT, PostgreSQL INT, HAProxy USR1,
Apache httpd WINCH."""

FORWARDED: "Final[tuple[int, ...]]" = tuple(
    getattr(_signal, name)
    for name in ("SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGWINCH", "SIGCONT")
)
"""Passed on to the command as they are."""
_NAMES = {
    number: name
    for name, number in sorted(vars(_signal).items())
    if name.startswith("SIG") and not name.startswith("SIG_") and isinstance(number, int)
}


def name_of(number: int) -> str:
    """SIGTERM for 15; "signal 63" for one without a name."""
    name: str = _NAMES.get(number, f"signal {number}")
    return name


def number_of(text: str) -> "int | None":
    """15 for TERM, SIGTERM, sigterm and 15, 0 for none; None for anything else."""
    word = text.upper()
    if word == "NONE":
        return 0
    if word.isascii() and word.isdecimal():
        return int(word) if int(word) in _NAMES else None
    name = word if word.startswith("SIG") else f"SIG{word}"
    number: int | None = getattr(_signal, name, None) if name in _NAMES.values() else None
    return number
