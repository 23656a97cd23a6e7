"""The fix for a shell that stays: `exec` before the last command of its body."""

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix
from holdfast.model.edit import Safety
from holdfast.model.shell_call import ShellCall, with_exec

_WORDS = "exec before the last command"


def exec_fix(container: ContainerSubject, call: ShellCall) -> Fix:
    """An edit where the body is plain enough, else advice."""
    body = with_exec(call.body)
    if body is None:
        return Fix(_WORDS)
    words = list(container.spec.command or ())
    words[call.at] = body
    return Fix(_WORDS, Safety.SAFE, {"command": words})
