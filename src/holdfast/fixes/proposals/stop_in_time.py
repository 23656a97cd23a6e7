"""A process that ends when it is asked to: exec form, another PID 1 (C14, G01, G02).

Rules: an ignored SIGTERM is no reason for a longer grace (causes.md 11). A script is changed only
where its last command is plain; loops, pipes and background jobs stay untouched.
"""

from holdfast.fixes.facts import Facts
from holdfast.fixes.proposal import Proposal
from holdfast.model.container import Container
from holdfast.model.edit import Change, Json, Safety
from holdfast.model.measurement import Disposition
from holdfast.model.shell_call import shell_call, with_exec

CAUSES = ("C14", "G01", "G02")


def propose(facts: Facts) -> Proposal | None:
    """`exec` before the last command of a shell; else a PID 1 that leaves the default action."""
    container = facts.container
    if container is None:
        return None
    found = _script(container)
    if found is not None:
        return _exec_form(facts, *found)
    if facts.verdict.cause == "G01":
        return None
    return _other_pid_1(facts)


def _script(container: Container) -> tuple[str, list[str], int] | None:
    """The field that holds a shell's script, its words, and the index of the script."""
    command, args = list(container.command or ()), list(container.args or ())
    call = shell_call((*command, *args), container.image)
    if call is None:
        return None
    if call.at < len(command):
        return "command", command, call.at
    return "args", args, call.at - len(command)


def _exec_form(facts: Facts, field: str, words: list[str], index: int) -> Proposal | None:
    script = with_exec(words[index])
    if script is None:
        return None
    changed: Json = [*words[:index], script, *words[index + 1 :]]
    explanation = (
        "the shell is PID 1 and does not pass SIGTERM on; with `exec` before its last command the "
        "program takes its place and gets the signal itself. Right if that command is the service "
        "and the program ends on SIGTERM"
    )
    return Proposal(Safety.REVIEW, explanation, (facts.set(field, changed),))


def _other_pid_1(facts: Facts) -> Proposal | None:
    # The default action helps only a program that has said nothing of the signal.
    said = facts.verdict.parameters.get("on_sigterm", Disposition.DEFAULT)
    if facts.pod.spec.share_process_namespace or said != Disposition.DEFAULT:
        return None
    explanation = (
        "PID 1 ignores signals without a handler; with shareProcessNamespace the pause process is "
        "PID 1, and SIGTERM ends the program at once instead of after the grace. Right if it may "
        "end without cleaning up; a SIGTERM handler, or an init such as tini, is better"
    )
    caveats = ("the containers of the pod see each other's processes and files below /proc",)
    change = Change(("shareProcessNamespace",), value=True)
    return Proposal(Safety.REVIEW, explanation, (change,), caveats)
