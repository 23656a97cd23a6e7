"""A stop signal that ends the program at once.

What happens
------------
The runtime sends STOPSIGNAL of the image instead of SIGTERM. SIGKILL leaves no time for anything.
For some programs SIGTERM is the fast shutdown, and another signal the graceful one: nginx and
php-fpm SIGQUIT, Apache SIGWINCH, HAProxy SIGUSR1. PostgreSQL waits at SIGTERM until its last client
has gone, and ends at SIGINT.

Why it hurts
------------
Requests in flight are cut off at every rollout; after SIGKILL data has to be recovered.

How we know
-----------
STOPSIGNAL and the program that the image starts. Official images set the right one themselves; on
an image of an operating system it has to be written. Of an image that was read, its configuration,
which then holds that of its base as well.

What else it could be
---------------------
`lifecycle.stopSignal` of a manifest (Kubernetes 1.33), which goes before the image's.

Fix
---
STOPSIGNAL with the signal at which the program finishes its work.

When the fix is wrong
---------------------
Where clients never let go, a graceful stop takes the whole grace period.

References
----------
docs/specs/rules.md HF813, HF216; docs/specs/causes.md G06; nginx.org/en/docs/control.html.
"""

from collections.abc import Iterator

from holdfast.lint.default_commands import is_operating_system
from holdfast.lint.images import ImageSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.start import Start
from holdfast.lint.start_fix import line_before
from holdfast.model.edit import Edit, Safety
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF813",
    "the stop signal ends the program instead of asking it to finish",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("G06",),
)


# nginx(8), httpd(8), php-fpm(8), haproxy management guide 4, PostgreSQL "Shutting Down the Server".
_GRACEFUL = {
    "nginx": "SIGQUIT", "openresty": "SIGQUIT", "php-fpm": "SIGQUIT", "httpd": "SIGWINCH",
    "apache2": "SIGWINCH", "apachectl": "SIGWINCH", "apache2ctl": "SIGWINCH",
    "apache2-foreground": "SIGWINCH", "httpd-foreground": "SIGWINCH", "haproxy": "SIGUSR1",
    "postgres": "SIGINT",
}  # fmt: skip
_NUMBERS = {
    "3": "SIGQUIT", "9": "SIGKILL", "2": "SIGINT", "10": "SIGUSR1", "15": "SIGTERM",
    "19": "SIGSTOP", "28": "SIGWINCH",
}  # fmt: skip
_NO_STOP = frozenset({"SIGKILL", "SIGSTOP", "SIGCONT"})


def check_start(start: Start) -> Iterator[Problem]:
    """STOPSIGNAL, or its absence, beside the program."""
    stage = start.stage
    program = next((line.program for line in start.lines), "")
    graceful = _graceful(program)
    written = stage.last("STOPSIGNAL")
    if written is not None:
        signal = _named(stage.value_of(written.text))
        wanted = graceful or "SIGTERM"
        if signal in _NO_STOP or (signal and graceful and signal != graceful):
            why = "leaves no time to finish" if signal in _NO_STOP else _effect(program)
            edit = Edit(stage.dockerfile.parsed.file, written.text_span, wanted)
            safety = Safety.SAFE if signal in _NO_STOP and not graceful else Safety.REVIEW
            fix = Fix(f"STOPSIGNAL {wanted}", safety, edits=(edit,))
            yield stage.dockerfile.problem(f"{signal} {why}", written, fix=fix)
    elif graceful and start.instruction is not None and is_operating_system(stage.base or ""):
        message = f"without STOPSIGNAL it is SIGTERM that is sent, which {_effect(program)}"
        line = f"STOPSIGNAL {graceful}"
        fix = Fix(line, Safety.REVIEW, edits=(line_before(start, start.instruction, line),))
        yield stage.dockerfile.problem(message, start.instruction, fix=fix)


def check_image(image: ImageSubject) -> Iterator[Problem]:
    """The signal of an image that was read, beside its program."""
    program = image.program
    graceful = _graceful(program)
    signal = _named(image.image.config.stop_signal or "SIGTERM")
    if image.started is None or not signal:
        return
    if signal in _NO_STOP:
        fix = Fix(f"STOPSIGNAL {graceful or 'SIGTERM'}")
        yield image.problem(f"{signal} leaves no time to finish", fix=fix)
    elif graceful and signal != graceful:
        yield image.problem(f"{signal} {_effect(program)}", fix=Fix(f"STOPSIGNAL {graceful}"))


def _graceful(program: str) -> str:
    """The signal that asks a program to finish; "" where SIGTERM does, or it is not known."""
    name, fpm, _ = program.partition("-fpm")
    return _GRACEFUL.get(f"{name}{fpm}", "")


def _effect(program: str) -> str:
    if program == "postgres":
        return "makes postgres wait for its last client until SIGKILL comes"
    return f"ends {program} at once, with the requests that it works on"


def _named(signal: str | None) -> str:
    """A signal by its name; "" where it is not known."""
    text = (signal or "").upper()
    text = _NUMBERS.get(text, text)
    if not text or text.isdigit():
        return ""
    return text if text.startswith("SIG") else f"SIG{text}"
