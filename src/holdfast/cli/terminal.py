"""What the terminal can do: width and colour, by the conventions of NO_COLOR and FORCE_COLOR.

Source: https://no-color.org and https://force-color.org.
"""

import os
import sys

_NARROWEST = 60
_PIPE_WIDTH = 100


def wants_color(choice: str) -> bool:
    """Whether to colour standard output. `choice` is auto, always or never."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Columns to use: the terminal's, or a fixed number in a pipe so that output is stable."""
    if not sys.stdout.isatty():
        return _PIPE_WIDTH
    import shutil

    return max(_NARROWEST, shutil.get_terminal_size().columns)
