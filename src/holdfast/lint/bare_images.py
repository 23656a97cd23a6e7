"""Programs that an image without a shell does not hold.

Rules: a distroless image has the one program that it was made for. Debug variants hold a shell.
"""

from holdfast.lint.images import ImageSubject
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.world import World
from holdfast.model.image import Fault
from holdfast.model.regex import regex
from holdfast.model.shell_call import Shell, shell_of_image

# gcr.io/distroless/base, cgr.dev/chainguard/static: no coreutils, no busybox.
_TOOLS = frozenset(
    {"sh", "bash", "ash", "sleep", "cat", "test", "[", "ls", "curl", "wget", "nc", "pgrep", "ps",
     "kill", "grep", "true", "echo", "touch", "stat", "find"}
)  # fmt: skip
_DEBUG = regex(r":\S*(?:debug|-dev)\b")


def missing_tool(container: ContainerSubject, command: tuple[str, ...] | None, world: World) -> str:
    """The program of a command that the container's image lacks, by all we know; else "".

    What an image that was read holds is known; of all others the name tells a little.
    """
    image = container.spec.image
    known = world.images.of(container) if command else None
    if command and known is not None:
        subject = ImageSubject(known, container)
        missing = subject.look_up(command[0]).fault is Fault.MISSING
        return command[0] if missing and not subject.is_covered(command[0]) else ""
    if not command or shell_of_image(image) is not Shell.NONE or _DEBUG.search(image):
        return ""
    program = command[0].rpartition("/")[2]
    return program if program in _TOOLS else ""
