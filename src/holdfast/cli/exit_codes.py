"""Exit codes, the same for every command (docs/architecture.md)."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a calling script can rely on."""

    CLEAN = 0
    """Examined, and nothing at or above --fail-on."""
    FINDINGS = 1
    """Findings at or above --fail-on."""
    USAGE = 2
    """Wrong flags, or a configuration that cannot be used."""
    NOTHING_EXAMINED = 3
    """Nothing could be read, or nothing matched: never to be taken for "healthy"."""
    TIMED_OUT = 124
    """--timeout was over before the answer."""
    INTERRUPTED = 130
    """Ctrl-C."""
