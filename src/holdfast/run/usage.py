"""The help of `holdfast run`, written from the table of its flags."""

from holdfast.arguments import usage as arguments
from holdfast.run.flags import FLAGS

SUMMARY = "Run a command as PID 1 of a container, and stop it without losing a request."

_DETAILS = """
  SIGTERM begins the stop: CMD serves on for the drain window, while everybody forgets its address;
  then its process group receives one SIGTERM. A second SIGTERM ends the window, a third forces. At
  the end of the budget the rest is killed. Orphans are reaped.

  A service that uses holdfast.life answers 503 on its readiness and says Connection: close on each
  response during the window. Other programs read the first byte of the file $HOLDFAST_PAGE: 0
  serving, 1 draining, 2 closing.
"""
EXIT_CODES = (
    "Exit codes: 0 a clean stop; else that of CMD, 128+n when signal n ended it (137: killed at "
    "the end of the budget), 2 usage or a budget that cannot hold, 126 CMD cannot be executed, 127 "
    "CMD not found."
)


def usage() -> str:
    """The whole text."""
    synopsis = "holdfast run [OPTIONS] -- CMD [ARGUMENT]..."
    return arguments.usage(synopsis, SUMMARY, _DETAILS, FLAGS, EXIT_CODES)
