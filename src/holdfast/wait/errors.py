"""The exit codes of a wait; those of its command line are in holdfast.arguments.errors."""

READY = 0
PERMANENT = 3
TIMED_OUT = 124
"""0, 3 and 124 are those of every holdfast command (docs/architecture.md)."""
