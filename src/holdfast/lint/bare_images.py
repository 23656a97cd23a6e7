"""Programs that an image without a shell does not hold.

Rules: a distroless image has the one program that it was made for. Debug variants hold a shell.
"""

import re

from holdfast.lint.pods import ContainerSubject
from holdfast.model.shell_call import Shell, shell_of_image

# gcr.io/distroless/base, cgr.dev/chainguard/static: no coreutils, no busybox.
_TOOLS = frozenset(
    {"sh", "bash", "ash", "sleep", "cat", "test", "[", "ls", "curl", "wget", "nc", "pgrep", "ps",
     "kill", "grep", "true", "echo", "touch", "stat", "find"}
)  # fmt: skip
_DEBUG = re.compile(r":\S*(?:debug|-dev)\b")


def missing_tool(container: ContainerSubject, command: tuple[str, ...] | None) -> str:
    """The program of a command that the container's image lacks, by all we know; else ""."""
    image = container.spec.image
    if not command or shell_of_image(image) is not Shell.NONE or _DEBUG.search(image):
        return ""
    program = command[0].rpartition("/")[2]
    return program if program in _TOOLS else ""
