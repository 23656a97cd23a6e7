"""A container that a shell starts: `sh -c BODY`, and where the body stands, in command or args."""

import msgspec

from holdfast.images.first_process import shell_of
from holdfast.lint.images import ImageSubject
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix
from holdfast.lint.world import World
from holdfast.model.edit import Json, Safety
from holdfast.model.shell_call import Form, ShellCall, form_of, shell_call, with_exec

_WORDS = "exec before the last command"


class ShellStart(msgspec.Struct, frozen=True):
    """The shell and its body; `field` and `at` are the body's place in the container.

    `form` is how the body ends.
    """

    call: ShellCall
    field: str
    at: int
    form: Form


def shell_start(container: ContainerSubject, world: World | None = None) -> ShellStart | None:
    """How a shell starts the container; None where its own command starts none.

    The family of the shell is that in the image, where the world has read it, else its name tells.
    """
    command = container.spec.command
    call = shell_call(container.words, container.spec.image) if command else None
    if call is None or command is None:
        return None
    known = world.images.of(container) if world is not None else None
    if known is not None:
        found = ImageSubject(known, container).look_up(container.words[0])
        call = msgspec.structs.replace(call, shell=shell_of(found.node))
    inside = call.at < len(command)
    index = call.at if inside else call.at - len(command)
    return ShellStart(call, "command" if inside else "args", index, form_of(call.body))


def exec_fix(container: ContainerSubject, start: ShellStart) -> Fix:
    """`exec` before the last command: an edit where the body is plain enough, else advice."""
    body = with_exec(start.call.body)
    if body is None:
        return Fix(_WORDS)
    words: list[Json] = list(getattr(container.spec, start.field) or ())
    words[start.at] = body
    return Fix(_WORDS, Safety.SAFE, {start.field: words})
