"""Whether the shell that an image starts with keeps SIGTERM from the program.

Rules: by what shells were measured to do (rules.md 9.1, 9.2). An init passes the signal to its
child, which is the shell: it ends at once, and the program is killed without a word.
"""

from holdfast.lint.start import Start
from holdfast.model.shell_call import Shell, form_of, stays, stays_everywhere, who_is


def what_swallows(start: Start) -> str:
    """What happens at a stop; "" where the program hears of it, or where that is not known."""
    body = start.body
    if body is None or start.init_signals_all or start.stage.for_windows:
        return ""
    form = form_of(body.text)
    if body.shell is Shell.NONE:
        return ""
    if body.shell is Shell.UNKNOWN:
        if not stays_everywhere(form):
            return ""
        who = f"{body.named} stays before the program, whichever shell it is ({form})"
    elif stays(body.shell, form):
        who = f"{who_is(body.named, body.shell)} stays before the program ({form})"
    else:
        return ""
    if start.init:
        return f"{who}: {start.init} gives SIGTERM to the shell, and the program is only killed"
    return f"{who}: SIGTERM ends nothing, and SIGKILL does when the grace period is over"
